"""``python -m batonpass.evals.crash``: kill -9 the server between a message and its reply, again and again.

After each restart the message must be there once and be answered once.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

from websockets.sync.client import connect

LIMIT = 60.0
"""Seconds to wait for a server to come up or an answer to come."""


def main() -> int:
    """Run the kills; exit 0 when all of them were survived."""
    parser = argparse.ArgumentParser(prog="python -m batonpass.evals.crash", description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    right = 0
    with tempfile.TemporaryDirectory(prefix="batonpass-crash-") as folder:
        data, port = Path(folder), _free_port()
        server = _start(data, port)
        for number in range(given.times):
            cookie = _session(port)  # a conversation each: the same question thrice would call a person
            text = f"배송비 얼마예요? {number}번째로 여쭤봐요"
            delay = rng.uniform(0, 0.5)  # the settle time and a turn: before, during and behind the reply
            _send_and_kill(port, cookie, text, delay, server)
            server = _start(data, port)
            stored, answers = _wait_for_answer(data, text)
            good = stored == 1 and answers == 1
            right += good
            print(
                f"{number + 1:3d}  killed after {delay * 1000:4.0f} ms: stored {stored}, answered {answers}"
                f"{'' if good else '   WRONG'}",
                file=sys.stderr,
            )
        server.kill()
        server.wait()
    print(json.dumps({"kills": given.times, "stored_and_answered_once": right}))
    return 0 if right == given.times else 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start(data: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "batonpass", "serve", "--data", str(data), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return server
        except OSError:
            if server.poll() is not None:
                raise SystemExit(f"the server ended with {server.returncode}") from None
            time.sleep(0.1)
    raise SystemExit("the server did not come up")


def _session(port: int) -> str:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/chat/session", b"{}", {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        return response.headers["set-cookie"].split(";")[0]


def _send_and_kill(port: int, cookie: str, text: str, delay: float, server: subprocess.Popen[bytes]) -> None:
    """Send until acknowledged (as the page does), then kill after the delay."""
    with connect(f"ws://127.0.0.1:{port}/ws/chat", additional_headers={"Cookie": cookie}) as chat:
        chat.send(json.dumps({"type": "send", "id": str(uuid.uuid4()), "text": text}))
        while json.loads(chat.recv(timeout=LIMIT))["type"] != "ack":
            pass
        time.sleep(delay)
        server.send_signal(signal.SIGKILL)
        server.wait()


def _wait_for_answer(data: Path, text: str) -> tuple[int, int]:
    """How often the message is stored, and how many replies stand behind it; a while after the first reply."""
    deadline, seen = time.monotonic() + LIMIT, None
    stored = answers = 0
    while time.monotonic() < deadline:
        with sqlite3.connect(f"file:{data / 'batonpass.sqlite'}?mode=ro", uri=True) as database:
            same = "conversation_id in (select conversation_id from messages where text = ?)"
            query = f"select author, text from messages where {same}"  # noqa: S608 - our own words
            rows = database.execute(query, (text,)).fetchall()
        stored = sum(row == ("customer", text) for row in rows)
        answers = sum(author == "bot" for author, _ in rows)
        if answers and seen is None:
            seen = time.monotonic()
        if seen and time.monotonic() - seen > 1.5:  # a second answer would come within this
            break
        time.sleep(0.05)
    return stored, answers


if __name__ == "__main__":
    sys.exit(main())
