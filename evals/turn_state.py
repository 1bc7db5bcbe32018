"""Turn state of any tokenised dialogue: who says what again, how long, how far in, what the other side just said.

The public sets are in a language that the guard's heads do not read, some of them as word ids only, so that what
``escalation.state`` reads from Korean and English is measured here by overlap of tokens alone. A turn sees itself
and what was said before it, never what follows: the guard decides live.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

CUSTOMER, AGENT = "customer", "agent"
REPEATED = 0.6
"""Overlap from which a turn counts as said again; half of the words swapped still repeats a short answer."""
_NEVER = 30.0  # a distance in turns for what has not been said before


@dataclass(frozen=True, slots=True)
class Said:
    """One turn.

    Attributes:
        role: ``customer`` or ``agent`` (a bot too).
        tokens: Words, word ids or characters, in order.
    """

    role: str
    tokens: tuple[str, ...]


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard overlap of two sets of tokens, 0..1; 0 where one is empty."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def pairs(said: Said) -> frozenset[str]:
    """A turn's tokens and neighbouring pairs: what two turns must share to say the same."""
    tokens = said.tokens
    return frozenset(tokens) | frozenset(" ".join(two) for two in pairwise(tokens))


def ngrams(said: Said, prefix: str, longest: int) -> Iterator[str]:
    """Names of a turn's token n-grams, its ends marked.

    Args:
        prefix: What the names begin with, so that turns in different places are told apart.
        longest: The greatest n.
    """
    framed = ("^", *said.tokens, "$")
    for size in range(1, longest + 1):
        for at in range(len(framed) - size + 1):
            yield f"{prefix}{size}:" + " ".join(framed[at : at + size])


def turn_state(dialogue: Sequence[Said]) -> list[dict[str, float]]:
    """What the turns before it make of each turn.

    Args:
        dialogue: Turns in order.

    Returns:
        One mapping a turn, with the same names in each:

        - ``by_agent``, ``position``, ``own_position``, ``in_a_row`` (turns of this side without an answer);
        - ``length`` and its ``slope`` against the mean of this side's earlier turns, both of log(1 + tokens);
        - ``again``: greatest overlap with an earlier turn of this side, ``again_last`` with the one before,
          ``again_count`` and ``again_exact`` how many said the same, ``again_distance`` turns since the nearest;
        - ``echo`` and ``echo_last``: overlap with the other side's turns, greatest and last;
        - ``other_length``, ``other_again``, ``other_again_count``: the same of what the other side just said;
        - ``customer_repeats``, ``agent_repeats``: repeated turns so far; ``failed_in_a_row``: the agent's last
          turns that repeated themselves, without a break; ``new``: share of tokens that nobody used before.
    """
    found: list[dict[str, float]] = []
    shapes = [pairs(said) for said in dialogue]
    repeats = Counter({CUSTOMER: 0, AGENT: 0})
    heard: set[str] = set()
    failed = 0
    for at, said in enumerate(dialogue):
        own = [place for place in range(at) if dialogue[place].role == said.role]
        others = [place for place in range(at) if dialogue[place].role != said.role]
        likeness = [overlap(shapes[at], shapes[place]) for place in own]
        same = [place for place, value in zip(own, likeness, strict=True) if value >= REPEATED]
        echoes = [overlap(shapes[at], shapes[place]) for place in others]
        length = float(np.log1p(len(said.tokens)))
        before = found[others[-1]] if others else None
        repeats[said.role] += bool(same)
        if said.role == AGENT:
            failed = failed + 1 if same else 0
        found.append(
            {
                "by_agent": float(said.role == AGENT),
                "position": float(at),
                "own_position": float(len(own)),
                "in_a_row": float(at - others[-1] if others else at + 1),
                "length": length,
                "slope": length - float(np.mean([found[place]["length"] for place in own])) if own else 0.0,
                "again": max(likeness, default=0.0),
                "again_last": likeness[-1] if likeness else 0.0,
                "again_count": float(len(same)),
                "again_exact": float(sum(dialogue[place].tokens == said.tokens for place in own)),
                "again_distance": float(at - same[-1]) if same else _NEVER,
                "echo": max(echoes, default=0.0),
                "echo_last": echoes[-1] if echoes else 0.0,
                "other_length": before["length"] if before else 0.0,
                "other_again": before["again"] if before else 0.0,
                "other_again_count": before["again_count"] if before else 0.0,
                "customer_repeats": float(repeats[CUSTOMER]),
                "agent_repeats": float(repeats[AGENT]),
                "failed_in_a_row": float(failed),
                "new": float(np.mean([token not in heard for token in said.tokens])) if said.tokens else 0.0,
            }
        )
        heard.update(said.tokens)
    return found
