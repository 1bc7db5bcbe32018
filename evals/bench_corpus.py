"""What both sides of ``batonpass bench`` search: the sample shop, filled up with generated articles."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..agent.settings import SAMPLE
from ..knowledge import Audience, Chunk, Document, load_folders, make_document
from ..knowledge.chunking import chunk

QUESTIONS = SAMPLE.parent / "suites" / "shop-dev" / "questions.jsonl"
"""Where the judged questions are; not in an installed wheel."""

_SEED = 11
_AGENTS = 11
"""Every so many generated article is for agents only; odd, so that both languages have some."""
_THINGS = {
    "ko": ("펌프", "밸브", "컨베이어", "절단기", "집진기", "용접기", "압축기", "분쇄기", "계량기", "발전기"),
    "en": (
        "pump",
        "valve",
        "conveyor",
        "lathe",
        "dust collector",
        "welder",
        "compressor",
        "mill",
        "gauge",
        "motor",
    ),
}
_PARTS = {
    "ko": ("베어링", "필터", "벨트", "노즐", "센서", "호스", "축", "덮개"),
    "en": ("bearing", "filter", "belt", "nozzle", "sensor", "hose", "shaft", "cover"),
}
_SECTIONS = {
    "ko": {
        "점검": "{thing} {model}의 {part}는 가동 {n}시간마다 점검합니다. 마모가 {m}mm를 넘으면 새것으로 바꿉니다.",
        "조립": "{part}를 끼울 때는 볼트 {m}개를 {n}Nm로 조입니다. 순서는 대각선이며 두 번에 나누어 조입니다.",
        "윤활": "{thing}에는 {n}번 윤활유를 {m}리터 넣습니다. 넘치면 {part}에서 새므로 눈금을 확인하십시오.",
        "보관": "{model}은 {m}도 이상의 마른 곳에 두고, {part}에는 덮개를 씌웁니다. {n}일마다 한 번 돌려 줍니다.",
    },
    "en": {
        "Inspection": "Inspect the {part} of {thing} {model} every {n} hours. Renew it above {m} mm of wear.",
        "Assembly": "Fasten the {part} with {m} bolts at {n} Nm. Work crosswise and tighten in two passes.",
        "Lubrication": "Fill the {thing} with {m} litres of grade {n} oil. Too much of it leaks at the {part}.",
        "Storage": "Keep the {model} dry above {m} degrees with the {part} covered. Turn it once in {n} days.",
    },
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the articles that answer it (none: nothing does)."""

    text: str
    articles: tuple[str, ...]


def corpus(chunks: int) -> list[Document]:
    """Articles that make this many chunks (the last one may go a little over); always the same ones.

    Args:
        chunks: How many at least. Where the sample shop alone has more, its first articles.
    """
    taken: list[Document] = []
    count = 0
    for document in _endless():
        if count >= chunks:
            break
        taken.append(document)
        count += len(chunk(document))
    return taken


def pairs(documents: list[Document]) -> list[tuple[Chunk, Document]]:
    """The chunks of these articles, cut as the knowledge base cuts them."""
    return [(piece, document) for document in documents for piece in chunk(document)]


def shop() -> list[Document]:
    """The sample shop's articles that a customer may see today."""
    found, _ = load_folders([SAMPLE / "kb"])
    today = date.today()
    return [one for one in found if one.audience is Audience.PUBLIC and one.live(today)]


def questions(documents: list[Document], path: Path = QUESTIONS) -> list[Question]:
    """The judged questions of the shop's suite; those whose article is not among these are left out."""
    if not path.is_file():
        return []
    there = {document.id for document in documents}
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        articles = tuple(row.get("articles") or ())
        if not articles or there.intersection(articles):
            found.append(Question(row["text"], tuple(one for one in articles if one in there)))
    return found


def _endless() -> Iterator[Document]:
    yield from shop()
    rng = random.Random(_SEED)
    number = 0
    while True:
        number += 1
        lang = ("ko", "en")[number % 2]
        yield _generated(lang, number, rng)


def _generated(lang: str, number: int, rng: random.Random) -> Document:
    """A manual of a machine that no furniture shop has."""
    thing, model = rng.choice(_THINGS[lang]), f"{rng.choice('KMRTX')}{number:04d}"
    sections = []
    for heading, pattern in _SECTIONS[lang].items():
        lines = [
            pattern.format(thing=thing, model=model, part=part, n=rng.randrange(20, 900), m=rng.randrange(2, 40))
            for part in rng.sample(_PARTS[lang], 3)
        ]
        sections.append(f"## {heading}\n\n" + "\n".join(lines))
    audience = Audience.AGENT if number % _AGENTS == 0 else Audience.PUBLIC
    return make_document(
        f"manual-{number:05d}", f"{thing} {model}", "\n\n".join(sections), lang=lang, audience=audience
    )
