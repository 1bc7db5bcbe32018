"""A small sentence encoder for Korean and English, learned from the utterance bank.

Where things live:

- ``features``   what it sees of a text; ``model`` the artefact (``encoder.npz``) and the sum that makes a vector
- ``embedder``   the encoder as the knowledge base's default embedder
- ``training``   bank, priors, fitting (needs the extra ``train``); docs/knowledge.md is its model card

At run time it is numpy alone: a look-up and a sum.
"""

from .embedder import LearnedEmbedder, load
from .model import Encoder, Table, read_table, write_table

__all__ = ["Encoder", "LearnedEmbedder", "Table", "load", "read_table", "write_table"]
