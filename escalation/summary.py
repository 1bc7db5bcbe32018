"""The summary: three to six short lines as a good colleague would write them, in the agent's language.

Sentences come from ``summary_words``, everything in them from the packet. A model may reword them (``rewording``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..knowledge import Citation
from .facts import Fact, NamedOrder
from .heads import TOPICS
from .packet import Handoff, SummaryLine
from .summary_words import INTENTS, REASONS, SLOTS, STATUSES, STEPS, WORDS

LANGUAGES = ("ko", "en")
"""Languages that the summary is written in; the guard's word rules read the same."""
QUOTED = 180
"""Characters of the question that a line of the summary quotes."""
_NAMED = 6
_FAILED = frozenset({"frustration", "repetition", "low_confidence", "failed_attempts", "abuse"})


def summarise(packet: Handoff, lang: str) -> tuple[SummaryLine, ...]:
    """Three to six lines: who, their matter, facts, what was tried, why and in what mood, promises, next step.

    Args:
        packet: All but its summary is read.
        lang: The agent's language; English where it is not one of ``LANGUAGES``.
    """
    lang = lang if lang in WORDS else "en"
    words = WORDS[lang]
    lines = [_who(packet, lang), _wants(packet, lang)]
    if named := _facts(packet, lang):
        lines.append(named)
    if packet.added:
        added = packet.added[-1]
        stop = "" if lines[-1].text.endswith((".", "!", "?", "”")) else "."
        lines[-1] = SummaryLine(
            text=f"{lines[-1].text}{stop} {words['added'].format(text=_cut(added.text))}",
            seq=lines[-1].seq or added.seq,
        )
    lines.append(_tried(packet, lang))
    if packet.promises:
        last = packet.promises[-1]
        who = last.name or words["promised_by"][last.by]
        lines.append(SummaryLine(text=words["promise"].format(who=who, text=_cut(last.text)), seq=last.seq))
    if packet.next_step:
        text = next_step(packet, packet.next_step.source, lang)
        lines.append(SummaryLine(text=words["next"].format(text=text)))
    return tuple(lines)


def next_step(packet: Handoff, guide: Citation | None, lang: str) -> str:
    """What to do next, in one or two sentences: what cannot wait, else the article that says how, else the order.

    Args:
        guide: The article that advice found.
    """
    steps = STEPS[lang if lang in STEPS else "en"]
    reasons = {str(evidence.reason) for evidence in packet.reasons}
    urgent = packet.intent if packet.intent in TOPICS else None
    given = {citation.document_id for attempt in packet.tried for citation in attempt.citations}
    own = next((order for order in packet.orders if order.own), None)
    said: list[str] = []
    if urgent:
        said.append(steps[urgent])
    elif "tool_failure" in reasons:
        said.append(steps["tool_failure"])
    elif any(order.own is False for order in packet.orders):
        said.append(steps["not_own"])
    if guide is not None:
        internal = packet.next_step.internal if packet.next_step else guide.chunk_id != _reply_chunk(packet)
        if internal:
            said.append(steps["guide_internal"].format(title=guide.title))
        elif not urgent:  # what everybody may read seldom settles what cannot wait
            said.append(steps["guide_tried" if guide.document_id in given else "guide"].format(title=guide.title))
    elif own and not said:
        said.append(steps["order"].format(number=own.number))
    elif packet.question is None and not said:
        said.append(steps["ask"])
    if not said:
        said.append(steps["plain"])
    if packet.customer and not packet.verified and urgent not in ("fraud", "privacy") and len(said) < 2:
        said.append(steps["verify"])
    return " ".join(said[:2])


def _reply_chunk(packet: Handoff) -> str | None:
    return packet.suggested_source.chunk_id if packet.suggested_reply and packet.suggested_source else None


def _who(packet: Handoff, lang: str) -> SummaryLine:
    words, customer = WORDS[lang], packet.customer
    seq = None
    if customer:
        tier = words["tiers"].get(customer.tier, customer.tier)
        shape = words["who"] if customer.name else words["nameless"]
        text = shape.format(
            name=customer.name, id=customer.id, tier=tier, verified=words["verified"][packet.verified]
        )
    elif name := next((f for f in packet.facts if f.slot == "name" and not f.superseded), None):
        text, seq = words["called"].format(name=name.value), name.seq
    else:
        text = words["guest"]
    if not packet.lang_supported:
        text = f"{text}. {words['foreign'].format(lang=packet.lang)}"
    elif packet.lang != lang:
        text = f"{text}, {words['other_lang'][packet.lang]}"
    return SummaryLine(text=text, seq=seq)


def _wants(packet: Handoff, lang: str) -> SummaryLine:
    words = WORDS[lang]
    if packet.question is None:
        return SummaryLine(text=words["none"])
    text = words["asks"].format(intent=INTENTS[lang][packet.intent], text=_cut(packet.question.text))
    if packet.also:
        text += words["also"].format(text=_cut(packet.also[0].text, 90))
    return SummaryLine(text=text, seq=packet.question.seq)


def _facts(packet: Handoff, lang: str) -> SummaryLine | None:
    words, told = WORDS[lang], []
    orders = {order.number: order for order in packet.orders}
    shown: dict[str, int] = {}
    first: int | None = None
    for fact in packet.facts:
        if fact.superseded or (fact.slot == "name" and packet.customer is None):
            continue
        shown[fact.slot] = shown.get(fact.slot, 0) + 1
        if shown[fact.slot] > 2 or len(told) >= _NAMED:
            continue
        first = fact.seq if first is None else first
        value = _order(orders[fact.value], lang) if fact.value in orders else _dated(fact)
        if shown[fact.slot] == 1 and (old := _first_said(packet.facts, fact)):
            value = words["was"].format(value=value, old=old)
        told.append(f"{SLOTS[lang].get(fact.slot, fact.slot)} {value}")
    return SummaryLine(text=words["facts"].format(facts=" · ".join(told)), seq=first) if told else None


def _dated(fact: Fact) -> str:
    """The value, with the day that "yesterday" was."""
    vague = fact.slot == "date" and fact.normalised and not re.search(r"\d", fact.value)
    return f"{fact.value}({fact.normalised})" if vague else fact.value


def _first_said(facts: Sequence[Fact], fact: Fact) -> str | None:
    return next((f.value for f in facts if f.slot == fact.slot and f.superseded), None)


def _order(order: NamedOrder, lang: str) -> str:
    words = WORDS[lang]
    if order.own is False:
        return words["not_own"].format(number=order.number)
    entry = order.record
    what = [", ".join(_things(entry.get("items"))[:3])]
    what += [str(entry[key]) for key in ("title", "plan", "product") if isinstance(entry.get(key), str)]
    status = entry.get("status")
    if isinstance(status, str):
        what.append(STATUSES[lang].get(status, status))
    if isinstance(entry.get("date"), str):
        what.append(entry["date"])
    told = ", ".join(part for part in what if part)
    return words["order"].format(number=order.number, what=told) if told else order.number


def _things(items: Any) -> list[str]:
    if not isinstance(items, list | tuple):
        return []
    return [str(i.get("name") or i.get("title") or "") if isinstance(i, dict) else str(i) for i in items]


def _tried(packet: Handoff, lang: str) -> SummaryLine:
    words = WORDS[lang]
    seq = packet.tried[-1].seq if packet.tried else None
    reasons = list(dict.fromkeys(str(evidence.reason) for evidence in packet.reasons))
    titles = list(dict.fromkeys(c.title for attempt in packet.tried for c in attempt.citations))
    named = ", ".join(f"‘{title}’" for title in titles[:3])
    if packet.tried:
        failed = bool(_FAILED & set(reasons)) or packet.frustration >= 2
        text = words["failed" if failed else "answered"].format(titles=named, n=len(packet.tried))
    else:
        text = words["untried"]
    if reasons:
        joined = (" 및 " if lang == "ko" else " and ").join(REASONS[lang][reason] for reason in reasons[:2])
        text += " " + words["why"].format(reasons=joined)
    mood = words["mood"][packet.mood][min(3, max(0, packet.frustration))]
    return SummaryLine(text=f"{text} {words['mood_line'].format(mood=mood)}", seq=seq)


def _cut(text: str, longest: int = QUOTED) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1].rstrip() + "…"
