"""An answer in the article's own words: the list, the table rows or the sentences that fit the question best.

Nothing is rephrased: what comes out is cut from one passage, with its offsets in the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .analysis import Analysis, analyze, analyze_query
from .answer_kinds import kind_bonus
from .encoder.embedder import built_in
from .markdown import blocks, plain_text
from .overlap import Overlap
from .sentences import sentence_spans

MAX_SENTENCES = 3
MAX_ROWS = 6
_SHORT_ANSWER = 160  # characters; a shorter best sentence takes the next one along
_RANK_DECAY = 0.8  # a later passage must match this much better for each rank
PASSAGE_MEANING, UNIT_MEANING = 0.7, 0.3
"""Weight of the encoder's likeness beside shared words, in choosing passage and sentence (chosen on shop-dev)."""
EARLY, LEAD = 0.06, 0.6
"""What being first is worth: always, and among sentences below headings that hold all of the question's words
(chosen on shop-dev and the tune halves of SQuAD and KorQuAD, where .6 changes no answer for the worse)."""
_LEAD_IN = re.compile(r"[:：]\s*$")
_CONTAINER = re.compile(r":{3,}.*")


class PassageLike(Protocol):
    """What extraction needs of a passage; ``Passage`` fits through ``from_passage``."""

    @property
    def text(self) -> str:
        """The passage as Markdown."""
        ...

    @property
    def title(self) -> str:
        """The article's title."""
        ...

    @property
    def heading_path(self) -> Sequence[str]:
        """Headings above the passage, outermost first."""
        ...

    @property
    def start(self) -> int:
        """Offset of the passage in the document's text, in characters."""
        ...


@dataclass(frozen=True, slots=True)
class SourceText:
    """The simplest ``PassageLike``."""

    text: str
    title: str = ""
    heading_path: Sequence[str] = ()
    start: int = 0


@dataclass(frozen=True, slots=True)
class Extract:
    """Words cut from one passage.

    Attributes:
        text: The cut pieces, as they stand in the article, joined by line breaks.
        passage: Index of the passage among those given.
        start: Offset of the first piece in the document's text, in characters.
        end: Offset just behind the last piece.
        spans: The pieces' own offsets, in order; several where table rows between them were left out.
        kind: ``sentences``, ``list``, ``table`` or ``code``.
        score: 0..1, idf-weighted share of the question's words found in the passage's best unit.
    """

    text: str
    passage: int
    start: int
    end: int
    spans: tuple[tuple[int, int], ...]
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch that may be an answer: spans in the passage's text."""

    kind: str
    spans: tuple[tuple[int, int], ...]
    analysis: Analysis
    block: int
    size: int
    text: str


def extract(query: str, passages: Sequence[PassageLike]) -> Extract | None:
    """Cut the answer to a question out of passages.

    The passages' order counts: they come best first, and a later one is only taken when it clearly matches
    better. Where no word of the question occurs, the beginning of the first passage is taken (score 0).

    Args:
        query: The question.
        passages: Best first.

    Returns:
        The cut, or None where the passages hold no text.
    """
    asked = analyze_query(query)
    candidates = [(number, _units(passage.text)) for number, passage in enumerate(passages)]
    candidates = [(number, units) for number, units in candidates if units]
    if not candidates:
        return None
    overlap = Overlap(asked, [unit.analysis for _, units in candidates for unit in units])
    likeness = _Likeness(query)
    best: tuple[float, int, list[_Unit], Analysis] | None = None
    for rank, (number, units) in enumerate(candidates):
        passage = passages[number]
        headings = analyze(" \n ".join((passage.title, *passage.heading_path)))
        whole = overlap.share((headings, *(unit.analysis for unit in units)))
        meant = likeness.of(f"{passage.title}\n{passage.text}")
        value = (whole + PASSAGE_MEANING * meant) * _RANK_DECAY**rank
        if best is None or value > best[0] + 1e-9:
            best = (value, number, units, headings)
    assert best is not None
    _, number, units, headings = best
    fits = [
        _fit(query, overlap, unit, headings, i) + UNIT_MEANING * likeness.of(unit.text)
        for i, unit in enumerate(units)
    ]
    chosen = max(range(len(units)), key=lambda i: (fits[i], -i))
    if units[chosen].kind == "sentence":
        # Where the headings ask the question, the sentence that follows them first answers it.
        lead = LEAD * overlap.share((headings,))
        sentences = [i for i, unit in enumerate(units) if unit.kind == "sentence"]
        chosen = max(sentences, key=lambda i: (fits[i] + lead / (1 + i), -i))
    return _cut(passages[number], number, units, chosen, overlap)


class _Likeness:
    """How near texts are in meaning to a question: the encoder's cosine, 0..1."""

    def __init__(self, query: str) -> None:
        self._encoder = built_in()
        self._asked = self._encoder.encode(query)

    def of(self, text: str) -> float:
        return max(0.0, float(self._asked @ self._encoder.encode(text)))


def _fit(query: str, overlap: Overlap, unit: _Unit, headings: Analysis, position: int) -> float:
    """How well a unit answers: shared words first, then the kind of answer asked for, then being early."""
    value = overlap.share((unit.analysis,)) + 0.15 * overlap.share((unit.analysis, headings))
    value += kind_bonus(query, unit.text, is_list=unit.kind == "list")
    if unit.kind == "code":
        value *= 0.7
    # A long list shares words by its length alone.
    value /= 1.0 + max(0, unit.size - 400) / 2000
    return value + EARLY / (1 + position)


def _units(text: str) -> list[_Unit]:
    """Lists, tables and code as wholes, all else as sentences."""
    units: list[_Unit] = []
    found = [block for block in blocks(text) if block.kind not in ("heading", "rule", "html")]
    for number, block in enumerate(found or blocks(text)):
        if block.kind in ("list", "table", "code"):
            units.append(_unit(text, block.kind, [(block.start, block.end)], number))
            continue
        for start, end in sentence_spans(text[block.start : block.end]):
            span = (block.start + start, block.start + end)
            if not _CONTAINER.fullmatch(text[slice(*span)]):
                units.append(_unit(text, "sentence", [span], number))
    return [unit for unit in units if unit.size]


def _unit(text: str, kind: str, spans: list[tuple[int, int]], block: int) -> _Unit:
    plain = plain_text("\n".join(text[a:b] for a, b in spans))
    return _Unit(kind, tuple(spans), analyze(plain), block, len(plain), plain)


def _cut(passage: PassageLike, number: int, units: list[_Unit], chosen: int, overlap: Overlap) -> Extract:
    unit = units[chosen]
    following = units[chosen + 1] if chosen + 1 < len(units) else None
    leads = unit.kind == "sentence" and _LEAD_IN.search(passage.text[slice(*unit.spans[0])])
    if leads and following and following.kind in ("list", "table"):
        # "You need the following:" is no answer without what follows.
        chosen, unit = chosen + 1, following
    if unit.kind == "sentence":
        window = _window(units, chosen, overlap)
        spans = [(window[0].spans[0][0], window[-1].spans[0][1])]
        kind, score = "sentences", overlap.share(each.analysis for each in window)
    else:
        kind, score = unit.kind, overlap.share((unit.analysis,))
        spans = list(unit.spans)
        if kind == "table":
            spans = _rows(passage.text, spans[0], overlap)
        lead = units[chosen - 1] if chosen else None
        if lead and lead.kind == "sentence":
            spans.insert(0, lead.spans[0])
    text = passage.text
    pieces = [text[a:b] for a, b in spans]
    if kind != "sentences" and len(spans) > 1 and spans[0][1] <= unit.spans[0][0]:
        pieces[0] += "\n"  # Markdown wants a blank line between a sentence and its table
    absolute = tuple((passage.start + a, passage.start + b) for a, b in spans)
    return Extract("\n".join(pieces), number, absolute[0][0], absolute[-1][1], absolute, kind, min(1.0, score))


def _window(units: list[_Unit], chosen: int, overlap: Overlap) -> list[_Unit]:
    """One to three neighbouring sentences of one block around the best one."""
    block = [i for i, unit in enumerate(units) if unit.block == units[chosen].block and unit.kind == "sentence"]
    first = last = chosen
    while last - first + 1 < MAX_SENTENCES:
        base = overlap.share(unit.analysis for unit in units[first : last + 1])
        size = sum(unit.size for unit in units[first : last + 1])
        gains = []
        for side in (last + 1, first - 1):
            if side in block:
                low, high = min(first, side), max(last, side)
                gain = overlap.share(unit.analysis for unit in units[low : high + 1]) - base
                gains.append((gain, side > last, low, high))
        if not gains:
            break
        gain, forward, low, high = max(gains)
        # A short sentence takes the next one along even where it adds no word of the question.
        if gain < 0.1 and not (forward and size < _SHORT_ANSWER):
            break
        first, last = low, high
    return units[first : last + 1]


def _rows(text: str, span: tuple[int, int], overlap: Overlap) -> list[tuple[int, int]]:
    """A table's header and the rows that match best, whole and in order; neighbours as one span."""
    lines: list[tuple[int, int]] = []
    start = span[0]
    for line in text[span[0] : span[1]].split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    head, body = lines[:2], lines[2:]
    scores = [overlap.share((analyze(plain_text(text[a:b])),)) for a, b in body]
    top = max(scores, default=0.0)
    if top > 0 and len(body) > 2:
        order = sorted(range(len(body)), key=lambda i: (-scores[i], i))
        keep = sorted(i for i in order[:MAX_ROWS] if scores[i] >= 0.7 * top)
    else:
        keep = list(range(min(len(body), 2 * MAX_ROWS)))
    return _joined([*head, *(body[i] for i in keep)])


def _joined(lines: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for start, end in lines:
        if spans and start == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
