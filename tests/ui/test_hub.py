"""The hub: nothing lost when reading fails, nothing kept when clients go, the loop never blocked."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from batonpass.escalation import (
    Accounts,
    Action,
    Author,
    Desk,
    FileCustomerDirectory,
    HumanAgent,
    NewMessage,
    NotFound,
    SQLStore,
)
from batonpass.ui.hub import ChatConnection, DeskConnection, Hub
from starlette.websockets import WebSocketState

ANN = HumanAgent(id="ann", name="Ann")


class Parts:
    """What the hub uses of a Batonpass."""

    def __init__(self) -> None:
        self.store = SQLStore()
        self.directory = FileCustomerDirectory()
        self.accounts = Accounts(self.store.engine)
        self.desk = Desk(self.store, self.directory)


class Socket:
    """A WebSocket that keeps what it is sent; may be told to hang or to break."""

    def __init__(self) -> None:
        self.application_state = WebSocketState.CONNECTED
        self.sent: list[dict[str, Any]] = []
        self.closed: int | None = None
        self.go = asyncio.Event()
        self.go.set()
        self.broken = False

    async def send_json(self, frame: dict[str, Any]) -> None:
        await self.go.wait()
        if self.broken:
            raise RuntimeError("gone")
        self.sent.append(frame)

    async def close(self, code: int) -> None:
        self.closed = code
        self.application_state = WebSocketState.DISCONNECTED


@pytest.fixture
def hub() -> Any:
    return Hub(Parts())  # type: ignore[arg-type]


def conversation(hub: Hub, *texts: str) -> str:
    made = hub.parts.store.create(lang="en").id
    for text in texts:
        tell(hub, made, text)
    return made


def tell(hub: Hub, conversation_id: str, text: str) -> None:
    hub.parts.store.apply(conversation_id, Action.RECEIVE, [NewMessage(Author.CUSTOMER, text)])


def chat(hub: Hub, conversation_id: str, after: int = 0) -> tuple[ChatConnection, Socket]:
    socket = Socket()
    made = ChatConnection(hub, socket, conversation_id, after)  # type: ignore[arg-type]
    hub.add(made)
    return made, socket


def desk(hub: Hub, session=lambda: ANN) -> tuple[DeskConnection, Socket]:
    socket = Socket()
    made = DeskConnection(hub, socket, ANN, session)  # type: ignore[arg-type]
    hub.add(made)
    return made, socket


async def until(check) -> None:
    """Let everything run until the check holds."""
    async with asyncio.timeout(60):
        while not check():
            await asyncio.sleep(0.005)


def texts(socket: Socket) -> list[str]:
    return [item["text"] for frame in socket.sent for item in frame.get("items", ()) if item["kind"] == "message"]


async def test_each_item_is_sent_once_in_order_however_often_it_is_poked(hub):
    made = conversation(hub, "0")
    connection, socket = chat(hub, made)
    hub.start()
    pump = asyncio.create_task(connection.pump())

    def write() -> None:
        for n in range(1, 40):
            tell(hub, made, str(n))
            hub.parts.store.bus.publish(made, 1)  # doubled and late notifications

    await asyncio.gather(*[asyncio.to_thread(write)])
    await until(lambda: len(texts(socket)) >= 40)
    pump.cancel()
    assert texts(socket) == [str(n) for n in range(40)]
    hub.stop()


async def test_a_lost_notification_costs_time_and_no_data(hub):
    made = conversation(hub, "one")
    connection, socket = chat(hub, made)
    await connection.flush()
    tell(hub, made, "two")  # nobody was told
    tell(hub, made, "three")
    await connection.flush()
    assert texts(socket) == ["one", "two", "three"]
    await connection.flush()
    assert len(socket.sent) == 2, "nothing new, nothing sent"


@pytest.mark.parametrize(("after", "seen"), [(0, 3), (1, 2), (3, 0), (4, 3), (999_999_999, 3)])
async def test_after(hub, after, seen):
    made = conversation(hub, "one", "two", "three")
    connection, socket = chat(hub, made, after)
    await connection.flush()
    assert len(texts(socket)) == seen
    tell(hub, made, "four")
    await connection.flush()
    assert texts(socket)[-1] == "four"


async def test_a_reading_that_fails_is_tried_again_and_nothing_is_forgotten(hub, monkeypatch):
    monkeypatch.setattr("batonpass.ui.hub.asyncio.sleep", lambda seconds: original(0))
    made = conversation(hub, "one")
    connection, socket = desk(hub)
    real_queue, real_row = hub.queue, hub.row
    failing = {"queue": 2, "row": 2}

    def queue():
        if failing["queue"]:
            failing["queue"] -= 1
            raise OSError("database is locked")
        return real_queue()

    def row(conversation_id):
        if failing["row"]:
            failing["row"] -= 1
            raise OSError("database is locked")
        return real_row(conversation_id)

    monkeypatch.setattr(hub, "queue", queue)
    monkeypatch.setattr(hub, "row", row)
    pump = asyncio.create_task(connection.pump())
    await until(lambda: socket.sent)
    assert socket.sent[0]["type"] == "hello", "the greeting comes in spite of the failures"
    hub.poke(made)
    await until(lambda: len(socket.sent) > 1)
    pump.cancel()
    assert failing == {"queue": 0, "row": 0}
    assert [row["id"] for row in socket.sent[1]["rows"]] == [made]


original = asyncio.sleep


async def test_a_conversation_that_is_gone_ends_its_connection(hub, monkeypatch):
    # Tried again every second for ever, each vanished conversation would fill the log.
    made = conversation(hub, "one")
    connection, socket = chat(hub, made)

    def gone(*args: Any) -> None:
        raise NotFound("gone")

    monkeypatch.setattr(hub, "read", gone)
    await asyncio.wait_for(connection.pump(), 60)
    assert socket.closed == 4401
    assert hub.chats == {}


async def test_an_ended_session_shows_nothing_and_ends_the_connection(hub):
    made = conversation(hub, "one")
    logged_in = True
    connection, socket = desk(hub, lambda: ANN if logged_in else None)
    await connection.flush()
    assert [frame["type"] for frame in socket.sent] == ["hello"]
    connection.watch(made, 0)
    await connection.flush()
    logged_in = False
    tell(hub, made, "two")
    hub.poke(made)
    await asyncio.wait_for(connection.pump(), 60)
    assert socket.closed == 4401
    assert "two" not in texts(socket)
    assert hub.desks == set()


async def test_a_session_that_ends_while_it_is_read_shows_nothing(hub, monkeypatch):
    made = conversation(hub, "one")
    logged_in = True
    connection, socket = desk(hub, lambda: ANN if logged_in else None)
    await connection.flush()
    real = hub.row

    def row(conversation_id: str) -> Any:
        nonlocal logged_in
        logged_in = False
        return real(conversation_id)

    monkeypatch.setattr(hub, "row", row)
    hub.poke(made)
    await asyncio.wait_for(connection.pump(), 60)
    assert [frame["type"] for frame in socket.sent] == ["hello"]


async def test_a_broken_socket_is_forgotten(hub):
    made = conversation(hub, "one")
    connection, socket = chat(hub, made)
    socket.broken = True
    await connection.send({"type": "pong"})
    assert hub.chats == {}
    hub.remove(connection)
    other, quiet = desk(hub)
    quiet.broken = True
    await other.send({"type": "pong"})
    assert hub.desks == set()


async def test_a_slow_socket_holds_nobody_up(hub):
    made = conversation(hub, "one")
    slow, stuck = chat(hub, made)
    fast, quick = chat(hub, made)
    stuck.go.clear()
    hub.start()
    pumps = [asyncio.create_task(connection.pump()) for connection in (slow, fast)]
    await asyncio.to_thread(tell, hub, made, "two")
    await until(lambda: "two" in texts(quick))
    hub.progress(made, "searching")
    await until(lambda: {"type": "progress", "stage": "searching"} in quick.sent)
    assert stuck.sent == []
    stuck.go.set()
    await until(lambda: "two" in texts(stuck))
    for pump in pumps:
        pump.cancel()
    hub.stop()


async def test_the_database_is_never_read_in_the_event_loops_thread(hub):
    made = conversation(hub, "one")
    hub.parts.accounts.create("ann", "long enough", name="Ann")
    hub.parts.desk.claim(made, ANN)
    loop, readers = threading.get_ident(), set()
    store, accounts = hub.parts.store, hub.parts.accounts
    for owner, name in ((store, "get"), (store, "items"), (store, "list"), (accounts, "get")):
        real = getattr(owner, name)

        def watched(*args: Any, real=real, **more: Any) -> Any:
            readers.add(threading.get_ident())
            return real(*args, **more)

        setattr(owner, name, watched)
    connection, socket = chat(hub, made)
    await connection.flush()
    assert socket.sent[0]["conversation"]["agent"] == {"name": "Ann"}
    watching, _ = desk(hub)
    watching.watch(made, 0)
    hub.poke(made)
    await watching.flush()
    assert readers
    assert loop not in readers


async def test_typing_is_thinned_out(hub, monkeypatch):
    now = 1000.0
    monkeypatch.setattr("batonpass.ui.hub.time", SimpleNamespace(monotonic=lambda: now))
    made = conversation(hub, "one")
    _, socket = chat(hub, made)
    for _ in range(5):
        hub.typing(made, "Ann")
    await until(lambda: socket.sent)
    assert socket.sent == [{"type": "typing", "name": "Ann"}]
    now += 1.1
    hub.typing(made, "Ann")
    await until(lambda: len(socket.sent) == 2)


async def test_an_agent_by_the_name_of_none_is_not_the_customer(hub):
    made = conversation(hub, "one")
    connection, at_desk = desk(hub)
    connection.open = made
    _, socket = chat(hub, made)
    hub.typing(made, "None")
    hub.typing(made, None)
    await until(lambda: socket.sent and at_desk.sent)


async def test_memory_stays_bounded(hub, monkeypatch):
    for n in range(10_050):
        hub.typing(f"c{n}", "Ann")
    assert len(hub._typed) <= 10_001
    assert hub.chats == {}, "looking for tabs makes none"
    monkeypatch.setattr(hub.parts.desk, "row", lambda head: head)
    monkeypatch.setattr("batonpass.ui.hub.desk_row", lambda row: {"id": row.id})
    made = hub.parts.store.get(conversation(hub, "one"))
    monkeypatch.setattr(
        hub.parts.store, "get", lambda conversation_id: made.model_copy(update={"id": conversation_id})
    )
    for n in range(2100):
        hub.row(f"c{n}")
    assert len(hub._rows) == 2000


async def test_a_row_is_worked_out_once_a_version(hub, monkeypatch):
    made = conversation(hub, "one")
    counted = []
    real = hub.parts.desk.row
    monkeypatch.setattr(hub.parts.desk, "row", lambda head: counted.append(head.version) or real(head))
    for _ in range(3):
        hub.row(made)
    tell(hub, made, "two")
    assert hub.row(made)["preview"] == "two"
    assert counted == [1, 2]
    assert hub.row("nothing") is None


async def test_a_bus_that_calls_after_the_end_does_no_harm(hub):
    made = conversation(hub, "one")
    connection, _ = chat(hub, made)
    hub.start()
    hub.stop()
    connection.poked.clear()
    tell(hub, made, "two")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not connection.poked.is_set()


async def test_opening_again_while_items_are_being_read_is_answered(hub, monkeypatch):
    # The reading under way took the wish to see everything for its own, and the second "open" got no answer.
    made = conversation(hub, "one")
    connection, socket = desk(hub)
    connection.watch(made, 0)
    await connection.flush()
    reading, go_on = threading.Event(), threading.Event()
    real = hub.desk_frame

    def slow(*args: Any) -> Any:
        reading.set()
        assert go_on.wait(60)
        return real(*args)

    monkeypatch.setattr(hub, "desk_frame", slow)
    tell(hub, made, "two")
    hub.poke(made)
    pump = asyncio.create_task(connection.pump())
    await asyncio.to_thread(reading.wait, 60)
    connection.watch(made, 0)
    go_on.set()
    await until(lambda: [frame["type"] for frame in socket.sent].count("conversation") == 2)
    pump.cancel()
    assert [item["text"] for item in socket.sent[-1]["items"]] == ["one", "two"]
