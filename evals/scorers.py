"""What every reply is held to, whatever its question: sources, language, tone, leaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..agent.middleware import Outcome
from ..knowledge import Audience, Document, DocumentStatus, KnowledgeBase, detect_language
from .scoring import flat

COVERED = 0.8
"""Share of a sentence's character pairs that must stand in the cited passage."""

_MARKS = re.compile(r"(?:\s?\[\d{1,3}\])+")
_END = re.compile(r"(?<=[.!?。])\s+|\n+")
_NUMBER = re.compile(r"\d[\d,.:~-]*\d|\d")

BLAME = re.compile(
    r"고객님(?:의|이)?\s?(?:잘못|실수|과실|탓|부주의)|이미\s?(?:말씀|안내)드렸(?:잖|는데)|그러게\s?왜|제대로\s?(?:읽|확인)(?:하지|지)\s?않으"
    r"|\byour\s(?:own\s)?(?:fault|mistake)\b|\byou\s(?:should\shave|failed\sto|didn'?t\sbother)\b|\bas\si\s(?:already|just)\s(?:said|told)\b",
    re.I,
)
SORRY = re.compile(r"죄송|미안|사과드|\b(?:sorry|apologi[sz]e|apologies)\b", re.I)


class ReplyChecks:
    """Checks replies against the knowledge base they were made from.

    Args:
        knowledge: Where cited passages are looked up.
        documents: All of it, internal and outdated ones among them.
    """

    def __init__(self, knowledge: KnowledgeBase, documents: Sequence[Document]) -> None:
        self._knowledge = knowledge
        shown = [d for d in documents if d.audience is Audience.PUBLIC and d.status is DocumentStatus.CURRENT]
        public = flat("\n".join(document.text for document in shown))
        hidden = [document for document in documents if document not in shown]
        self._hidden = {
            flat(sentence): document.id
            for document in hidden
            for sentence in sentences(document.text)
            if len(flat(sentence)) >= 20 and flat(sentence) not in public
        }

    def of(self, question: str, outcome: Outcome, before: str = "") -> dict[str, Any]:
        """Check one reply.

        Args:
            question: What was asked.
            outcome: What came of it.
            before: The reply before.

        Returns:
            ``supported`` (each sourced sentence: whether its passage holds it), ``language`` (that of the
            question; None where it cannot be told), ``tone`` and ``leaks`` (faults found).
        """
        passages: dict[int, str] = {}
        for citation in outcome.citations:
            found = self._knowledge.passage(citation.chunk_id)
            passages[citation.n] = found.chunk.text if found else citation.quote
        draft = outcome.draft.text if outcome.draft and outcome.citations else ""
        return {
            "supported": [
                supported(claim, [passages.get(n, "") for n in marks]) for claim, marks in claims(draft)
            ],
            "language": same_language(question, outcome.text),
            "tone": tone_faults(outcome.text, before, helped=bool(outcome.citations or outcome.choices)),
            "leaks": self.leaked(outcome.text),
        }

    def leaked(self, reply: str) -> list[str]:
        """Ids of internal or outdated articles that a reply quotes."""
        said = flat(reply)
        return sorted({document for sentence, document in self._hidden.items() if sentence in said})


def sentences(text: str) -> list[str]:
    """A text's sentences, roughly: by end marks and lines."""
    return [part.strip() for part in _END.split(text) if part.strip(" #|-*\t")]


def claims(text: str) -> list[tuple[str, list[int]]]:
    """The sentences before each source mark, with the numbers of the marks; what has none is left out."""
    found: list[tuple[str, list[int]]] = []
    start = 0
    for match in _MARKS.finditer(text):
        numbers = [int(n) for n in re.findall(r"\d+", match[0])]
        found += [(sentence, numbers) for sentence in sentences(text[start : match.start()]) if flat(sentence)]
        start = match.end()
    return found


def supported(claim: str, passages: Iterable[str]) -> bool:
    """Whether a sentence's numbers and nearly all of its words stand in the passages it names.

    Lexical entailment by coverage of character pairs, so that it works on both languages without their endings.
    """
    source = flat(" ".join(passages))
    if any(flat(number) not in source for number in _NUMBER.findall(claim)):
        return False
    said = re.sub(r"[\W_]", "", flat(claim))
    heard = re.sub(r"[\W_]", "", source)
    pairs = [said[n : n + 2] for n in range(len(said) - 1)]
    known = {heard[n : n + 2] for n in range(len(heard) - 1)}
    if not pairs:
        return said in heard
    return sum(pair in known for pair in pairs) >= COVERED * len(pairs)


def same_language(question: str, reply: str) -> bool | None:
    """Whether a reply is in the question's language; None where one of them is too short to tell."""
    if min(sum(char.isalpha() for char in text) for text in (question, reply)) < 6:
        return None
    return detect_language(question) == detect_language(reply)


def tone_faults(reply: str, before: str, *, helped: bool) -> list[str]:
    """What is wrong with a reply's tone: ``blame``, or ``apology_loop`` (twice nothing but sorry).

    Args:
        helped: The reply holds a source or a choice.
    """
    faults = ["blame"] if BLAME.search(reply) else []
    if SORRY.search(reply) and SORRY.search(before) and not helped and flat(reply) == flat(before):
        faults.append("apology_loop")
    return faults
