"""The utterance bank: service situations, how an article states them, and how customers bring them up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...base import KnowledgeError

FOLDER = Path(__file__).parents[2] / "bank"
LANGUAGES = ("ko", "en")


@dataclass(frozen=True, slots=True)
class Situation:
    """One line of the bank.

    Attributes:
        part: The file's name: situations of one part are near one another.
        articles: By language, "Title: sentence" as a help centre words it.
        utterances: By language, as customers say it.
    """

    id: str
    part: str
    domain: str
    articles: dict[str, str]
    utterances: dict[str, tuple[str, ...]]


def read_bank(paths: Iterable[Path]) -> list[Situation]:
    """Read bank files (JSON lines: id, domain, article_ko, article_en, ko, en; a language may be missing).

    Raises:
        KnowledgeError: a line is not as it should be; file and line are named.
    """
    found: dict[str, Situation] = {}
    for path in paths:
        for where, row in _rows(path):
            articles = {lang: row[f"article_{lang}"] for lang in LANGUAGES if row.get(f"article_{lang}")}
            said = {lang: row[lang] for lang in LANGUAGES if row.get(lang)}
            lists = all(isinstance(texts, list) for texts in said.values())
            if not isinstance(row.get("id"), str) or not row["id"] or not articles or not said or not lists:
                raise KnowledgeError(f"{where}: id, article_LANG and LANG (a list of utterances) are needed")
            texts: Sequence[object] = [*articles.values(), *(u for us in said.values() for u in us)]
            if not all(isinstance(text, str) and text.strip() for text in texts):
                raise KnowledgeError(f"{where}: articles and utterances must be texts")
            if row["id"] in found:
                raise KnowledgeError(f"{where}: id {row['id']!r} occurs twice")
            utterances = {lang: tuple(texts) for lang, texts in said.items()}
            domain = str(row.get("domain", ""))
            found[row["id"]] = Situation(row["id"], path.stem, domain, articles, utterances)
    return list(found.values())


def _rows(path: Path) -> Iterator[tuple[str, dict]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise KnowledgeError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path}: not UTF-8 at byte {error.start}") from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError:
            raise KnowledgeError(f"{where}: not JSON") from None
        if not isinstance(row, dict):
            raise KnowledgeError(f"{where}: not an object")
        yield where, row
