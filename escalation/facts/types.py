"""What a fact is."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

NUMBERS = (
    "order_number", "booking_number", "policy_number", "contract_number", "claim_number", "case_number", "tracking_number",
    "patient_number", "member_number", "receipt_number", "reference_number", "serial_number", "model_number",
    "flight_number", "vehicle_number", "bank_account",
)  # fmt: skip
"""Slots of numbers with which a firm, or the customer's own thing, is told apart."""

SLOTS = (
    *NUMBERS, "name", "birth_date", "phone", "email", "card", "resident_number", "social_security_number",
    "business_number", "product", "device", "quantity", "amount", "date", "time", "period", "address", "attachment",
)  # fmt: skip
"""Every slot, in the order in which a packet lists them."""


LIMIT = 20_000
"""Characters of a message that are read."""


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
