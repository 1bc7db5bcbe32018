"""The guard's learned heads: what one message says and how upset it sounds, as calibrated probabilities.

Where things live:

- ``features``   what is seen of a message; ``artefact`` the weights (``heads.npz``) as plain arrays
- ``model``      ``Heads`` and their ``Reading``; ``spans`` which words made the difference
- ``explicit``   does the customer ask for a person: phrase rules and head together
- ``training``   how the weights are learned and measured; docs/guard.md is the model card

At run time it is numpy alone, about 3 ms a message.
"""

from .artefact import HeadsError
from .explicit import asks_for_person
from .model import ACTS, HEADS, TOPICS, Heads, Reading

__all__ = ["ACTS", "HEADS", "TOPICS", "Heads", "HeadsError", "Reading", "asks_for_person"]
