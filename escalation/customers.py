"""Who the customer is: the seam to the operator's records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, ValidationError


class Customer(BaseModel):
    """A customer record; keys beyond these (orders, grade, ...) are kept in ``model_extra``."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    name: str = ""
    tier: str = "standard"
    verified: bool = False
    lang: str | None = None

    @property
    def record(self) -> dict[str, Any]:
        """The operator's own fields."""
        return dict(self.model_extra or {})


@runtime_checkable
class CustomerDirectory(Protocol):
    """Looks customers up by id. Every implementation passes tests/escalation/test_customers.py's contract."""

    def get(self, customer_id: str) -> Customer | None:
        """The record, or None where there is none."""
        ...


class CustomerFileError(ValueError):
    """A customers file that cannot be read; names file and line."""


class FileCustomerDirectory:
    """Customers from a JSONL file, one record a line.

    Raises:
        CustomerFileError: the file cannot be read, or a line is not a customer record.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._customers: dict[str, Customer] = {}
        if path is None:
            return
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise CustomerFileError(f"{path}: {reason}") from None
        # Not splitlines: a name may hold U+2028, which ends no JSON line.
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                customer = Customer.model_validate(json.loads(line))
            except (ValueError, ValidationError) as error:
                first = str(error).splitlines()[0]
                raise CustomerFileError(f"{path}:{number}: not a customer record: {first}") from None
            self._customers[customer.id] = customer

    def get(self, customer_id: str) -> Customer | None:
        """The record, or None where there is none."""
        return self._customers.get(customer_id)

    def __iter__(self):
        return iter(self._customers.values())
