"""The concept lexicon: everyday words and articles' terms that mean the same, in Korean and English.

A file of concepts has one group a line: id, Korean forms, English forms, related ids, parted by tabs, the forms by
``|``. An operator's ``synonyms`` file has the same format. Korean forms are found anywhere in a text, spaces
ignored; English ones on word boundaries, by their stems.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .analysis import stem
from .base import KnowledgeError
from .language import normalize

BUILT_IN = Path(__file__).parent / "lexicon" / "concepts.tsv"

_HANGUL = re.compile(r"[가-힣]")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[a-z0-9]+")
_SHORTEST_KO = 2
"""Letters: a syllable alone stands in every third word."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One group of forms.

    Attributes:
        korean: As they occur inside words, without spaces.
        english: Lower-case words or phrases.
        related: Ids of near groups.
    """

    id: str
    korean: tuple[str, ...]
    english: tuple[str, ...]
    related: tuple[str, ...] = ()


class Lexicon:
    """Finds concepts in texts.

    Args:
        concepts: Groups; of one id the later ones add their forms.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts: dict[str, Concept] = {}
        # By their first two letters and by their first stem, so that a text is gone through once.
        self._korean: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._english: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for concept in concepts:
            known = self.concepts.get(concept.id)
            self.concepts[concept.id] = _joined(known, concept) if known else concept
            for form in concept.korean:
                flat = _SPACE.sub("", normalize(form).casefold())
                if len(flat) >= _SHORTEST_KO:
                    self._korean[flat[:2]].append((flat, concept.id))
            for form in concept.english:
                stems = stems_of(normalize(form).casefold())
                if stems:
                    self._english[stems[0]].append((stems, concept.id))

    def find(self, text: str) -> frozenset[str]:
        """Ids of the concepts that a text names."""
        text = normalize(text).casefold()
        found: set[str] = set()
        if _HANGUL.search(text):
            flat = _SPACE.sub("", text)
            for start in self._korean.keys() & {flat[at : at + 2] for at in range(len(flat) - 1)}:
                for form, concept in self._korean[start]:
                    if form in flat:
                        found.add(concept)
        stems = stems_of(text)
        for at, first in enumerate(stems):
            for form, concept in self._english.get(first, ()):
                if stems[at : at + len(form)] == form:
                    found.add(concept)
        return frozenset(found)


def _joined(one: Concept, other: Concept) -> Concept:
    return Concept(
        one.id,
        tuple(dict.fromkeys(one.korean + other.korean)),
        tuple(dict.fromkeys(one.english + other.english)),
        tuple(dict.fromkeys(one.related + other.related)),
    )


@lru_cache(maxsize=4096)
def stems_of(text: str) -> tuple[str, ...]:
    """Stems of a lower-case text's words, in order; apostrophes go."""
    return tuple(stem(word) for word in _WORD.findall(text.replace("'", "").replace("’", "")))


def read_concepts(path: Path) -> list[Concept]:
    """Read a file of concepts.

    Raises:
        KnowledgeError: it cannot be read, or a line is no group; file and line are named.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise KnowledgeError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path}: not UTF-8 at byte {error.start}") from None
    concepts = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.rstrip("\r").split("\t")
        if not 2 <= len(cells) <= 4 or not cells[0].strip():
            raise KnowledgeError(f"{path}:{number}: not 'id<TAB>Korean forms<TAB>English forms<TAB>related ids'")
        name, *rest = cells
        columns = [_forms(cell) for cell in (*rest, "", "")][:3]
        concepts.append(Concept(name.strip(), *columns))
    return concepts


def _forms(cell: str) -> tuple[str, ...]:
    return tuple(form.strip() for form in cell.split("|") if form.strip())


@lru_cache(maxsize=1)
def built_in() -> Lexicon:
    """The lexicon that Batonpass brings along."""
    return Lexicon(read_concepts(BUILT_IN))


def with_synonyms(files: Sequence[Path]) -> Lexicon:
    """The built-in lexicon with an operator's files beside it.

    Raises:
        KnowledgeError: a file cannot be used.
    """
    groups = list(built_in().concepts.values())
    for file in files:
        groups += read_concepts(file)
    return Lexicon(groups)
