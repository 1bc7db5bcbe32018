"""Business hours: when people are there, in the time zone of the place they work at."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-4]):([0-5]\d)")
_YEARLY = re.compile(r"(\d\d)-(\d\d)")

Minutes = tuple[int, int]


def minutes(text: str) -> Minutes:
    """From when until when, in minutes after midnight; an end past 24:00 lies on the next day.

    Raises:
        ValueError: it is not written like ``09:00-18:00``, or both times are the same.
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not written like 09:00-18:00")
    hours = [int(part) for part in found.groups()]
    opens, closes = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if opens >= 1440 or closes > 1440:
        raise ValueError(f"{text!r}: a day ends at 24:00")
    if opens == closes:
        raise ValueError(f"{text!r} opens and closes at the same time (all day is 00:00-24:00)")
    return opens, closes if closes > opens else closes + 1440


def _listed(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return () if value is None else (value,)
    if not isinstance(value, list | tuple) or not all(isinstance(span, str) for span in value):
        raise ValueError("not written like 09:00-18:00")  # YAML takes 18:00 for the number 1080
    return value


def _spans(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        minutes(text)
    return value


def _day(value: Any) -> Any:
    return value.isoformat() if type(value) is date else value  # as YAML reads 2026-12-25


def _holiday(text: str) -> str:
    try:
        yearly = _YEARLY.fullmatch(text)
        date(2024 if yearly else int(text[:4]), *(int(part) for part in text[-5:].split("-")))
        if yearly or date.fromisoformat(text):
            return text
    except (ValueError, TypeError):
        pass
    raise ValueError(f"{text!r} is no day (write 2026-12-25, or 12-25 for every year)")


Spans = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Holiday = Annotated[str, BeforeValidator(_day)]


class BusinessHours(BaseModel):
    """When people are there.

    Attributes:
        timezone: IANA name, such as ``Asia/Seoul``.
        mon: ``09:00-18:00``, or a list of such spans (a lunch break between them); ``22:00-02:00`` runs into the
            next day. A day that is left out is closed. Likewise ``tue`` to ``sun``.
        holidays: Days that are closed, ``2026-12-25``, or ``12-25`` for every year.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: str
    mon: Spans = ()
    tue: Spans = ()
    wed: Spans = ()
    thu: Spans = ()
    fri: Spans = ()
    sat: Spans = ()
    sun: Spans = ()
    holidays: tuple[Holiday, ...] = Field(default=(), max_length=1000)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone (such as Asia/Seoul or Europe/London)") from None
        return name

    @field_validator(*DAYS)
    @classmethod
    def _written_as_spans(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _spans(value)

    @field_validator("holidays")
    @classmethod
    def _days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_holiday(text) for text in value)

    def inside(self, now: datetime) -> bool:
        """Whether people are there.

        Args:
            now: With its time zone, whichever it is.

        Raises:
            ValueError: ``now`` has no time zone, so that nobody knows when it is.
        """
        if now.tzinfo is None:
            raise ValueError("a time without its time zone")
        here = now.astimezone(ZoneInfo(self.timezone))
        at = here.hour * 60 + here.minute
        # A night shift belongs to the day it began on, so yesterday's may still run.
        return self._open(here.date(), at) or self._open(here.date() - timedelta(days=1), at + 1440)

    def _open(self, day: date, at: int) -> bool:
        if day.isoformat() in self.holidays or f"{day:%m-%d}" in self.holidays:
            return False
        return any(opens <= at < closes for opens, closes in map(minutes, getattr(self, DAYS[day.weekday()])))
