"""The servers that ``batonpass bench --load`` loads: ``python -m batonpass.ui.load_target SIDE PORT FOLDER``.

``ours`` is ``batonpass serve`` over the sample shop; ``stock`` is LangChain's chain over the same articles in a
``gr.ChatInterface``, launched with Gradio's defaults. Both end when their stdin does.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from .console import talk


def ours(port: int, folder: Path) -> None:
    """Serve the sample shop; each simulated customer comes with an address of their own."""
    from ..agent import Settings
    from .server import run

    proxies = ("127.0.0.1",)
    run(Settings(data=folder, kb=None, model="", embeddings="builtin", port=port, trusted_proxies=proxies), talk)


def stock(port: int, folder: Path) -> None:
    """Serve a chat as Gradio's guide to ChatInterface has it."""
    import gradio as gr

    from ..evals import stock as built
    from ..evals.bench_corpus import pairs, shop

    chain = built.chain(built.retriever(pairs(shop()), folder))

    def chat(message: str, history: list) -> str:
        return chain.invoke(message)

    gr.ChatInterface(chat).launch(server_name="127.0.0.1", server_port=port, quiet=True)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    {"ours": ours, "stock": stock}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
