"""What a fact is."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Origin(StrEnum):
    """Where a fact comes from: what the customer wrote in the chat, or their correction of the receipt."""

    CHAT = "chat"
    RECEIPT = "receipt"


class Fact(BaseModel):
    """A copied span.

    Attributes:
        slot: What it is, such as ``order_number`` or ``date``.
        value: The customer's own characters; of a sensitive number what its mask leaves.
        seq: The message it was copied from.
        normalised: The value as a machine reads it (an ISO date, E.164, ``KRW 35000``); None where that is open.
        superseded: A later message corrected it.
        origin: How the customer told it.
    """

    model_config = ConfigDict(frozen=True)

    slot: str
    value: str
    seq: int
    normalised: str | None = None
    superseded: bool = False
    origin: Origin = Origin.CHAT
