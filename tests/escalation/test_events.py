from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from batonpass.escalation import EventBus, LocalBus


def test_every_listener_hears_everything() -> None:
    bus = LocalBus()
    assert isinstance(bus, EventBus)
    one: list[tuple[str, int]] = []
    two: list[tuple[str, int]] = []
    bus.subscribe(lambda *heard: one.append(heard))
    bus.subscribe(lambda *heard: two.append(heard))
    bus.publish("c", 1)
    bus.publish("d", 7)
    assert one == two == [("c", 1), ("d", 7)]


def test_a_failing_listener_keeps_nobody_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    bus = LocalBus()
    heard: list[int] = []

    def broken(conversation_id: str, seq: int) -> None:
        raise RuntimeError("broken listener")

    bus.subscribe(broken)
    bus.subscribe(lambda _, seq: heard.append(seq))
    with caplog.at_level(logging.ERROR):
        bus.publish("c", 3)
    assert heard == [3]
    assert "broken listener" in caplog.text


def test_unsubscribing_twice_is_harmless() -> None:
    bus = LocalBus()
    heard: list[int] = []
    stop = bus.subscribe(lambda _, seq: heard.append(seq))
    stop()
    stop()
    bus.publish("c", 1)
    assert heard == []


def test_a_listener_may_leave_while_it_is_called() -> None:
    bus = LocalBus()
    heard: list[str] = []

    def once(conversation_id: str, seq: int) -> None:
        heard.append("once")
        stop()

    stop = bus.subscribe(once)
    bus.subscribe(lambda *_: heard.append("always"))
    bus.publish("c", 1)
    bus.publish("c", 2)
    assert heard == ["once", "always", "always"]


def test_nothing_is_missed_by_threads() -> None:
    bus = LocalBus()
    heard: list[int] = []
    bus.subscribe(lambda _, seq: heard.append(seq))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: bus.publish("c", n), range(200)))
    assert sorted(heard) == list(range(200))
