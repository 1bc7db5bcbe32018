"""What was promised to the customer, word for word, so that the next person keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from .conversation import Author, Message
from .masking import mask

_PROMISES = re.compile(
    r"(?:드릴게요|드리겠습니다|드릴\s?예정입니다|하겠습니다|할게요|연락\s?(?:드|갈)|보내\s?드|약속드)"
    r"|\b(?:i'?ll|i\swill|we'?ll|we\swill|i\spromise|we\spromise|you'?ll\s(?:get|receive|hear)|you\swill\s(?:get|receive|hear))\b",
    re.I,
)
_EMPTY = re.compile(
    r"^\W*(?:확인|잠시|조금|바로\s?확인|도와|안내)\S*\s?(?:해\s?)?(?:드리겠습니다|드릴게요)\W*$|\b(?:be\shappy\sto|take\sa\slook|check\sthat\sfor\syou)\b",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?。\n]+[.!?。]*")


class Promise(BaseModel):
    """A sentence in which something was promised.

    Attributes:
        by: ``bot`` or ``agent``.
        name: The agent's name.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    seq: int
    by: str
    name: str | None = None


def promises(visible: Iterable[Message], limit: int = 6) -> tuple[Promise, ...]:
    """Promises of agents and of the assistant, the newest ``limit``, in order.

    What the assistant quotes from an article binds the company anyway and is no promise of its own; questions
    ("연결해 드릴까요?") promise nothing.
    """
    found: list[Promise] = []
    for message in visible:
        if message.author not in (Author.AGENT, Author.BOT) or (
            message.author is Author.BOT and message.citations
        ):
            continue
        for sentence in _SENTENCE.findall(mask(message.text[:4_000])[0]):
            if _PROMISES.search(sentence) and not sentence.rstrip().endswith("?") and not _EMPTY.search(sentence):
                by = str(message.author)
                found.append(
                    Promise(text=sentence.strip()[:300], seq=message.seq, by=by, name=message.author_name)
                )
    return tuple(found[-limit:])
