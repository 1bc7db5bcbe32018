"""Is everything in a packet somewhere in the transcript, the record or the knowledge base?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..knowledge import Audience, KnowledgeBase
from .scoring import flat


def unsupported_facts(packet: dict[str, Any], said: Sequence[str], knowledge: KnowledgeBase) -> list[str]:
    """What a packet claims without a source.

    Args:
        packet: As stored with the hand-off.
        said: The customer's messages.
        knowledge: Where the suggested reply must stand, word for word.

    Returns:
        Values of facts that the customer did not write, numbers of the summary that stand nowhere, and a
        suggested reply that is no passage's text.
    """
    heard = flat(" ".join(said))
    missing = [fact["value"] for fact in packet["facts"] if flat(fact["value"]) not in heard]
    record = flat(str(packet["customer"] or ""))
    titles = flat(" ".join(c["title"] for a in packet["tried"] for c in a["citations"]))
    # The day that "yesterday" was is worked out, from the message's own date.
    days = flat(" ".join(fact.get("normalised") or "" for fact in packet["facts"] if fact["slot"] == "date"))
    sources = heard + record + titles + days + str(len(packet["tried"]))
    for line in packet["summary"]:
        missing += [number for number in re.findall(r"\d[\d,.-]*\d|\d", line) if flat(number) not in sources]
    reply, source = packet["suggested_reply"], packet.get("suggested_source")
    if reply:
        passage = knowledge.passage(source["chunk_id"], audience=Audience.AGENT) if source else None
        if passage is None or flat(reply) not in flat(passage.chunk.text):
            missing.append(reply)
    return missing
