"""Writes the packet that goes with a hand-off: everything an agent needs so that nobody repeats themselves.

Deterministic: every line is copied from the transcript, the customer record or the knowledge base, and points
to the message it came from. Nothing here is generated.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from ..knowledge import KnowledgeBase, detect_language
from .advice import Advice, advise
from .closed_matters import left_behind
from .conversation import Author, Message
from .customers import Customer
from .facts import find_facts, house_of, known_names, named_orders
from .frustration import frustration
from .heads import TOPICS
from .intents import intent
from .masking import SENSITIVE, mask
from .packet import Attempt, Handoff, Line, NextStep, SummaryLine
from .promises import promises
from .question import open_question, open_questions
from .summary import LANGUAGES, next_step, summarise
from .verdict import Evidence, Reason, Verdict

__all__ = [
    "Attempt",
    "Handoff",
    "Line",
    "NextStep",
    "SummaryLine",
    "bare_handoff",
    "build_handoff",
    "open_question",
    "refresh_handoff",
]

log = logging.getLogger(__name__)

CURVE = 40
"""Customer messages whose mood is told."""
TREND = 6
"""Customer messages over which the mood's direction is read."""


def build_handoff(
    messages: Sequence[Message],
    verdict: Verdict,
    *,
    lang: str,
    customer: Customer | None = None,
    knowledge: KnowledgeBase | None = None,
    zone: tzinfo | None = None,
) -> Handoff:
    """Write the packet from the transcript.

    Args:
        messages: The whole transcript, oldest first.
        verdict: Why a person was called.
        lang: The conversation's language.
        customer: The record, where the customer is known.
        knowledge: Where a suggested reply may come from (agents' articles included).
        zone: Where "today" is (default: the machine's own).
    """
    visible = _visible(messages)
    own = [m for m in visible if m.author is Author.CUSTOMER]
    question, also = open_questions(own, left_behind(visible))
    levels = _levels(visible)
    evidence = tuple(e.model_copy(update={"text": mask(e.text)[0]}) for e in verdict.evidence)
    return _finish(
        visible,
        Handoff(
            customer=customer,
            verified=bool(customer and customer.verified),
            lang=lang,
            reasons=evidence or tuple(Evidence(reason=reason) for reason in verdict.reasons),
            question=question,
            also=also,
            intent=str(verdict.signals.get("topic") or "other"),
            facts=(),
            tried=tuple(_attempts(visible)),
            frustration=max((verdict.frustration, *levels[-TREND:])),
            trend=levels,
            summary=(),
            priority=verdict.priority,
            queue=verdict.queue,
            skill=verdict.skill,
            created_at=datetime.now(UTC),
        ),
        advise(question.text if question else None, knowledge),
        knowledge,
        zone,
    )


def refresh_handoff(
    packet: Handoff,
    messages: Sequence[Message],
    *,
    waiting: bool = True,
    knowledge: KnowledgeBase | None = None,
    zone: tzinfo | None = None,
) -> Handoff | None:
    """The packet with what the customer wrote since, while they waited or on the receipt.

    Why a person was called, and what was tried until then, stays.

    Args:
        packet: The newest packet of the conversation.
        messages: The whole transcript, oldest first.
        waiting: Nobody has claimed it yet: the question may still become another.
        knowledge: For names of products; searched only where the question is another than before.

    Returns:
        None where nothing is new.
    """
    visible = _visible(messages)
    own = [m for m in visible if m.author is Author.CUSTOMER]
    question, also, advice = packet.question, packet.also, None
    corrected = _receipt_question(own)
    if corrected:
        question = corrected
    elif waiting or question is None:
        # Called early, they often say what it is about only now; to an agent they go on as the talk goes.
        question, also = open_questions(own, left_behind(visible))
    if question != packet.question:
        advice = advise(question.text if question else None, knowledge)
    moved = packet.model_copy(
        update={
            "question": question,
            "also": tuple(line for line in also if line != question),
            "trend": _levels(visible),
        }
    )
    fresh = _finish(visible, moved, advice, knowledge, zone)
    same = (fresh.facts, fresh.question, fresh.added) == (packet.facts, packet.question, packet.added)
    return None if same else fresh


def _intent(packet: Handoff) -> str:
    """The topic that the guard heard, where it is why a person was called; else what the question says."""
    if packet.intent in TOPICS and any(each.reason is Reason.SENSITIVE_TOPIC for each in packet.reasons):
        return packet.intent
    return intent(packet.question.text) if packet.question else "other"


def _finish(
    visible: Sequence[Message],
    packet: Handoff,
    advice: Advice | None,
    knowledge: KnowledgeBase | None,
    zone: tzinfo | None,
) -> Handoff:
    """Fill in what follows from the transcript: facts, orders, promises, the lines for the agent."""
    own = [m for m in visible if m.author is Author.CUSTOMER]
    record = packet.customer.record if packet.customer else {}
    known, house = known_names(record, knowledge), house_of(record, knowledge)
    facts = find_facts(visible, known=known, zone=zone, house=house)
    written = _language(own, packet.lang)
    made = packet.model_copy(
        update={
            "lang_supported": written in LANGUAGES,
            "lang": written,
            "facts": facts,
            "orders": named_orders(facts, packet.customer),
            "added": tuple(
                Line(text=m.text, seq=m.seq) for m in own if m.meta.get("receipt", {}).get("op") == "add"
            ),
            "intent": _intent(packet),
            "mood": _direction(packet.trend),
            "promises": promises(visible),
            "masked": tuple(sorted({f.slot for f in facts} & SENSITIVE)),
        }
    )
    if advice is not None:
        made = made.model_copy(update={"suggested_reply": advice.reply, "suggested_source": advice.source})
        guide, internal = advice.guide, advice.internal
    else:
        guide = packet.next_step.source if packet.next_step else None
        internal = packet.next_step.internal if packet.next_step else False
    shown = made.lang if made.lang in LANGUAGES else "en"
    steps = {each: next_step(made, guide, each) for each in LANGUAGES}
    made = made.model_copy(
        update={"next_step": NextStep(text=steps[shown], texts=steps, source=guide, internal=internal)}
    )
    summaries = {each: summarise(made, each) for each in LANGUAGES}
    return made.model_copy(
        update={"summaries": summaries, "summary": tuple(line.text for line in summaries[shown]), "wording": {}}
    )


def _visible(messages: Iterable[Message]) -> list[Message]:
    """What the customer sees too, masked: transcripts from elsewhere may not be."""
    return [m.model_copy(update={"text": mask(m.text)[0]}) for m in messages if not m.internal]


def _receipt_question(own: Sequence[Message]) -> Line | None:
    for message in reversed(own):
        receipt = message.meta.get("receipt") or {}
        if receipt.get("op") == "correct" and receipt.get("line") == "question":
            text = mask(str(receipt.get("value", "")))[0]
            return Line(text=text, seq=message.seq) if text and text in message.text else None
    return None


def _levels(visible: Sequence[Message]) -> tuple[int, ...]:
    """How upset each of the customer's messages sounds, the newest ``CURVE``, each with those it follows on."""
    try:
        return _read_levels(visible)
    except Exception:  # heads that fail may be why a person is called: the rest of the packet does without
        log.exception("no mood for a packet")
        return ()


def _read_levels(visible: Sequence[Message]) -> tuple[int, ...]:
    levels: list[int] = []
    before: list[str] = []
    newest = [m for m in visible if m.author is Author.CUSTOMER][-CURVE:]
    start = newest[0].seq if newest else 0
    for message in visible:
        if message.seq < start:
            continue
        if message.author is Author.CUSTOMER:
            levels.append(0 if message.meta.get("receipt") else frustration(message.text, tuple(before)))
            before.append(message.text)
        else:
            before = []
    return tuple(levels)


def bare_handoff(verdict: Verdict, *, lang: str, customer: Customer | None = None) -> Handoff:
    """The least that a person needs, for when no packet can be written: the transfer never depends on one."""
    return Handoff(
        customer=customer,
        verified=bool(customer and customer.verified),
        lang=lang,
        reasons=verdict.evidence,
        question=None,
        facts=(),
        tried=(),
        frustration=verdict.frustration,
        trend=(),
        summary=(),
        priority=verdict.priority,
        queue=verdict.queue,
        skill=verdict.skill,
        created_at=datetime.now(UTC),
    )


def _attempts(visible: Iterable[Message]) -> Iterable[Attempt]:
    asked: list[Message] = []
    for message in visible:
        if message.author is Author.CUSTOMER:
            asked.append(message)
        elif message.author is Author.BOT:
            if asked and message.citations:
                text = " / ".join(m.text for m in asked)
                yield Attempt(text=text[:300], seq=message.seq, citations=message.citations)
            asked = []


_LATIN = {
    "fr": "bonjour je vous est une les des pas ne ma mon commande avec pour que dans où merci",
    "de": "ich ist nicht der die das und ein eine mein meine bestellung bitte wo habe wie danke guten",
    "es": "hola el los las una mi pedido por para que está donde dónde cuándo gracias ha todavía llegado quiero",
    "it": "ciao il che non per una ho mio dove quando grazie ordine sono vorrei",
    "pt": "olá meu minha pedido não uma para onde quando obrigado você está ainda chegou",
    "vi": "tôi không là của đơn hàng cho đã chưa bao giờ",
    "id": "saya tidak pesanan belum yang dan di mana kapan terima kasih",
}
_LATIN_WORDS = {lang: frozenset(words.split()) for lang, words in _LATIN.items()}
"""Words that tell apart languages which share English's letters, as ``detect_language`` does not."""


def _told(text: str, lang: str) -> str:
    found = detect_language(text, default=lang)
    if found != "en":
        return found
    words = re.findall(r"[^\W\d_]+", text.lower())
    hits = {code: sum(word in known for word in words) for code, known in _LATIN_WORDS.items()}
    best = max(hits, key=lambda code: hits[code])
    english = sum(word in _ENGLISH for word in words)
    return best if hits[best] >= 2 and hits[best] > english else found


_ENGLISH = frozenset(
    [
        "the",
        "a",
        "is",
        "it",
        "my",
        "i",
        "you",
        "to",
        "and",
        "of",
        "in",
        "on",
        "not",
        "have",
        "has",
        "for",
        "was",
        "please",
        "where",
        "when",
        "how",
        "what",
        "can",
        "do",
    ]
)


def _language(own: Sequence[Message], lang: str) -> str:
    """What the customer mostly writes: the conversation's own language unless most messages are in another."""
    # The button's words are the page's, not theirs.
    typed = [m.text for m in own[-20:] if m.meta.get("intent") != "human" and sum(map(str.isalpha, m.text)) >= 4]
    told = Counter(_told(text, lang) for text in typed)
    if not told:
        return lang
    found, times = told.most_common(1)[0]
    return found if times * 2 > told.total() and not (found in LANGUAGES and lang in LANGUAGES) else lang


def _direction(trend: Sequence[int]) -> str:
    """Which way the mood went: the newest three messages against those before, over the last six."""
    recent = list(trend[-TREND:])
    if len(recent) < 2:
        return "steady"
    half = max(1, len(recent) // 2)
    before, after = recent[:-half], recent[-half:]
    change = sum(after) / len(after) - sum(before) / len(before)
    return "rising" if change >= 0.5 else "falling" if change <= -0.5 else "steady"
