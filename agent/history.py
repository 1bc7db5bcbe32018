"""The transcript as a model reads it, and the query that a follow-up needs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from ..escalation.conversation import Author, Message
from ..escalation.facts import without_identifiers
from ..escalation.smalltalk import small_talk
from ..escalation.verdict import Turn
from .followups import Leaning, leaning
from .tokens import count_tokens

BUDGET = 3000
"""Tokens of history that go into a prompt; the newest messages fill it."""

SHORT, SHORT_WORDS = 80, 16
"""Characters and words up to which a question may need what came before it."""

CHAIN, LONGEST_BEFORE = 3, 300
"""Messages that go before a follow-up at most ("얼마예요?" after "그럼 제주도는요?"), and characters of each."""

_FOLLOW_UP = re.compile(
    r"^\W*(?:그럼|그러면|그런데|근데|그건|그거|이건|이거|저건|거기|그때|혹시\s그|그리고|또|and\b|what\sabout|how\sabout|then\b|but\b|so\b|is\sit|does\sit|can\sit|that\sone|it\b|also\b)",
    re.I,
)


def to_langchain(turn: Turn, budget: int = BUDGET) -> list[BaseMessage]:
    """The turn's transcript as LangChain messages, its unanswered question last.

    Human agents' words come as the assistant side with a name; internal notes stay out.

    Args:
        turn: The turn.
        budget: Tokens at most for what came before the question.
    """
    earlier = [m for m in turn.messages if not m.internal]
    while earlier and earlier[-1].author is Author.CUSTOMER:
        earlier.pop()
    kept: list[BaseMessage] = []
    for message in reversed(earlier):
        budget -= count_tokens(message.text)[0] + 4
        if budget < 0:
            break
        if message.author is Author.CUSTOMER:
            kept.append(HumanMessage(message.text))
        elif message.author in (Author.BOT, Author.AGENT):
            kept.append(AIMessage(message.text, name=str(message.author)))
    return [*reversed(kept), HumanMessage(turn.question)]


def retrieval_query(turn: Turn) -> str:
    """What to search for: the question, with the one before it where it only makes sense with that.

    "그럼 제주도는요?" or "얼마나 걸려요?" after "배송비 얼마예요?" searches for both. Order numbers and the like
    are left out.
    """
    return follow_up_query(turn.question, [m for m in turn.messages if m.author is Author.CUSTOMER])


def query_in_context(turn: Turn) -> str | None:
    """The question behind the one before it, for one that is incomplete by itself (see ``followups``).

    "돈 내야 하나요?" says nothing alone; whether it needs what came before shows when it is searched for.

    Returns:
        None where it is long or can be understood alone, or where nothing was asked before.
    """
    question = without_identifiers(turn.question)
    if len(question) > SHORT or len(question.split()) > SHORT_WORDS:
        return None
    if not leaning(question, _last_said(turn)):
        return None
    own = [m for m in turn.messages if m.author is Author.CUSTOMER]
    before = _before(question, own)
    return f"{before}\n{question}" if before else None


def _last_said(turn: Turn) -> str:
    """The question before this one, and the reply to it."""
    said = [m for m in turn.messages if not m.internal and m.author is not Author.SYSTEM]
    while said and said[-1].author is Author.CUSTOMER:
        said.pop()
    place = next((n for n in range(len(said) - 1, -1, -1) if said[n].author is Author.CUSTOMER), len(said))
    return "\n".join(m.text for m in said[place:])


def _before(question: str, own: Sequence[Message]) -> str | None:
    """The newest message before the question that is more than small talk, and those that it leans on itself."""
    found: list[str] = []
    for message in reversed(own):
        if without_identifiers(message.text) in question or small_talk(message.text):
            continue
        said = without_identifiers(message.text[:LONGEST_BEFORE])
        found.append(said)
        if len(found) == CHAIN or not leaning(said):
            break
    return "\n".join(reversed(found)) or None


def follow_up_query(question: str, own: Sequence[Message]) -> str:
    """See ``retrieval_query``; ``own`` are the customer's messages up to and with the question's."""
    question = without_identifiers(question)
    leans = leaning(question) if len(question) <= SHORT else Leaning.NONE
    lone = len(question.split()) <= 5 and len(question) <= 40 and _FOLLOW_UP.search(question)
    if leans is not Leaning.WHOLLY and not (leans and lone):
        return question
    before = _before(question, own)
    return f"{before}\n{question}" if before else question
