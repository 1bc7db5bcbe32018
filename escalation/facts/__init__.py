"""Facts a customer named: numbers, amounts, dates, contacts, goods, each copied with the message it stands in.

- ``types``         what a fact is
- ``identifiers``   contacts and official numbers, held against validators (python-stdnum, phonenumbers)
- ``numbers``       order, policy, booking and other numbers of any firm, by the words about them (``number_words``);
                    ``codes``: where they stand
- ``house``         what the firm's records and articles tell of its numbers
- ``amounts``, ``dates``, ``names``, ``places``, ``goods``, ``smaller``   what else is found, and what it comes to
- ``find``          all of them over a transcript, later corrections winning (``corrections``)
- ``record``        order numbers held against the customer's record
"""

from .find import IDENTIFIERS, find_facts, without_identifiers
from .goods import known_names
from .house import house_of
from .numbers import House
from .record import NamedOrder, named_orders
from .types import SLOTS, Fact, Origin

__all__ = [
    "IDENTIFIERS",
    "SLOTS",
    "Fact",
    "House",
    "NamedOrder",
    "Origin",
    "find_facts",
    "house_of",
    "known_names",
    "named_orders",
    "without_identifiers",
]
