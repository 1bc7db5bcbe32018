"""What the knowledge base advises: a passage that may be sent, and one that only guides the agent."""

from __future__ import annotations

from dataclasses import dataclass

from ..knowledge import Citation, KnowledgeBase, Passage
from ..knowledge.types import Audience

CONFIDENT = 0.5
"""Confidence of a search from which its passages are worth an agent's look."""
_NEAR = 0.6
"""Part of the best passage's score that another must reach to be advice at all."""
_LOOKED_AT = 6


@dataclass(frozen=True, slots=True)
class Advice:
    """The best passages for agents.

    Attributes:
        reply: A public passage, verbatim, and its source.
        guide: The article that says what to do: an agents' one where one is near, else the reply's.
    """

    reply: str | None = None
    source: Citation | None = None
    guide: Citation | None = None
    internal: bool = False


def advise(question: str | None, knowledge: KnowledgeBase | None) -> Advice:
    """Search for a question as an agent would; nothing where the search is unsure."""
    if not question or knowledge is None:
        return Advice()
    found = knowledge.search(question, limit=_LOOKED_AT, audience=Audience.AGENT)
    if not found.passages or found.confidence < CONFIDENT:
        return Advice()
    near = [p for p in found.passages if p.score >= _NEAR * found.passages[0].score] or list(found.passages[:1])
    # An agents' article is for reading, not for sending.
    public = next((p for p in near if p.document.audience is Audience.PUBLIC), None)
    agents = next((p for p in near if p.document.audience is not Audience.PUBLIC), None)
    best = agents or public
    return Advice(
        reply=public.chunk.text if public else None,
        source=_citation(public or near[0]),
        guide=_citation(best) if best else None,
        internal=agents is not None,
    )


def _citation(passage: Passage) -> Citation:
    chunk = passage.chunk
    return Citation(
        n=1,
        document_id=chunk.document_id,
        chunk_id=chunk.id,
        title=passage.document.title,
        heading_path=chunk.heading_path,
        quote=chunk.text,
        start=chunk.start,
        end=chunk.end,
    )
