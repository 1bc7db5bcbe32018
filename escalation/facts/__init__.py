"""Facts a customer named: numbers, amounts, dates, contacts, goods, each copied with the message it stands in.

- ``types``         what a fact is
- ``identifiers``   numbers and addresses, held against validators (python-stdnum, phonenumbers)
- ``amounts``, ``dates``, ``names``, ``places``, ``goods``   what else is found, and what it comes to
- ``find``          all of them over a transcript, later corrections winning
- ``record``        order numbers held against the customer's record
"""

from .find import IDENTIFIERS, SLOTS, find_facts, without_identifiers
from .goods import known_names
from .record import NamedOrder, named_orders
from .types import Fact, Origin

__all__ = [
    "IDENTIFIERS",
    "SLOTS",
    "Fact",
    "NamedOrder",
    "Origin",
    "find_facts",
    "known_names",
    "named_orders",
    "without_identifiers",
]
