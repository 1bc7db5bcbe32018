"""When people are there."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from batonpass.escalation.hours import BusinessHours, minutes
from pydantic import ValidationError

SEOUL = ZoneInfo("Asia/Seoul")
OPEN = BusinessHours(
    timezone="Asia/Seoul",
    mon=("09:00-12:00", "13:00-18:00"),
    fri=("22:00-02:00",),
    sat=("00:00-24:00",),
    holidays=("2026-11-30", "12-25"),
)


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-11-23 08:59", False),  # a Monday
        ("2026-11-23 09:00", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 17:59", True),
        ("2026-11-23 18:00", False),
        ("2026-11-24 10:00", False),  # no hours on Tuesdays
        ("2026-11-30 10:00", False),  # a holiday of this year
        ("2026-11-28 23:59", True),
        ("2026-11-29 00:30", False),
        ("2026-11-27 23:00", True),
        ("2026-12-25 23:00", False),  # a Friday, and a holiday of every year
        ("2026-12-26 01:00", True),
    ],
)
def test_open_or_closed(at: str, inside: bool) -> None:
    assert OPEN.inside(datetime.fromisoformat(at).replace(tzinfo=SEOUL)) is inside


def test_a_night_shift_runs_into_the_next_day_unless_its_own_day_is_off() -> None:
    night = BusinessHours(timezone="UTC", thu=("22:00-02:00",), holidays=("12-24",))
    assert night.inside(datetime(2026, 12, 18, 1, 59, tzinfo=UTC))
    assert not night.inside(datetime(2026, 12, 18, 2, 0, tzinfo=UTC))
    assert not night.inside(datetime(2026, 12, 25, 1, 0, tzinfo=UTC))


def test_the_place_of_work_counts_not_where_the_clock_is_read() -> None:
    assert OPEN.inside(datetime(2026, 11, 23, 0, 30, tzinfo=UTC))
    assert not OPEN.inside(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    london = BusinessHours(timezone="Europe/London", mon=("09:00-10:00",))
    assert london.inside(datetime(2026, 7, 6, 8, 30, tzinfo=UTC))  # summer time
    assert not london.inside(datetime(2026, 12, 7, 8, 30, tzinfo=UTC))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        OPEN.inside(datetime(2026, 11, 23, 9, 0))


@pytest.mark.parametrize("text", ["9-18", "09:00", "25:00-26:00", "09:00-24:30", "10:00-10:00", "24:00-02:00", ""])
def test_a_span_is_written_as_two_times(text: str) -> None:
    with pytest.raises(ValueError, match=r"09:00-18:00|24:00|same time"):
        minutes(text)


def test_spans_in_minutes() -> None:
    assert minutes("9:00 - 18:30") == (540, 1110)
    assert minutes("22:00~02:00") == (1320, 1560)


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("timezone", "Asia/Soul", "no time zone"),
        ("timezone", "../../etc/passwd", "no time zone"),
        ("mon", 1080, "09:00-18:00"),
        ("holidays", ["02-30"], "no day"),
        ("holidays", ["Christmas"], "no day"),
    ],
)
def test_what_is_wrong_is_said(key: str, value: object, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        BusinessHours.model_validate({"timezone": "Asia/Seoul", key: value})
