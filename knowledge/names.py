"""Names that Kiwi tears apart, learned from the titles of the articles they stand in.

Kiwi reads a made-up name as whatever words it finds in it, and as others before another particle: 누리온다를 is
one word, and 누리온다 a world that comes. So a base keeps the names of its own articles, and a text that holds one
is indexed and searched under the name as a term of its own, beside whatever Kiwi makes of it. Nothing in Kiwi
changes: two bases in one process know different names, and an index and its searches always know the same.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from .analysis import Analysis
from .korean import Morpheme, reading
from .language import normalize
from .types import Document

SHORTEST, LONGEST = 3, 12
"""Letters of a name: two are found by their pair alone, and more are a sentence without spaces."""
MOST = 6
"""Names of one article."""

_FEW = 20  # names that are looked for one by one

_RUN = re.compile(f"(?<![0-9a-z가-힣])[가-힣]{{{SHORTEST},}}")
# What only follows a noun; of 은, 는, 이 and 가 a verb may end in the same letters.
_AFTER_NOUN = r"(?:을|를|의|와|과|에서|으로|이란)(?![가-힣])"
_PARTICLES = re.compile(
    r"(?:은|는|이|가|을|를|의|에|에서|에는|에도|에게|한테|로|으로|로는|와|과|랑|이랑|하고|도|만|만은|까지|부터|마다|처럼|보다"
    r"|나|이나|이란|란|이고|인데|인가요|이에요|예요|입니다|요|이요|님)?"
)
_NOUNS = frozenset({"NNG", "NNP", "NR", "SH"})
_PARTS = _NOUNS | {"XR", "XPN", "XSN", "NNB"}
_AFFIXES = frozenset({"XPN", "XSN", "NNB"})


class Names:
    """The names that a base knows; compared and hashed by what they are.

    Args:
        names: Lower-case NFKC.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(names)
        self._longest = max(map(len, self._names), default=0)
        self._starts = frozenset(name[:SHORTEST] for name in self._names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names) and self._names == other._names

    def __hash__(self) -> int:
        return hash(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __sub__(self, other: Names) -> Names:
        return Names(self._names - other._names)

    def found(self, text: str) -> list[str]:
        """The names in a text, in order and repeats kept: each begins a word, and only a particle may follow."""
        if not self._names:
            return []
        found = []
        for match in _RUN.finditer(normalize(text).casefold()):
            run = match.group()
            if run[:SHORTEST] not in self._starts:
                continue
            for length in range(min(self._longest, len(run)), SHORTEST - 1, -1):
                if run[:length] in self._names and _PARTICLES.fullmatch(run, length):
                    found.append(run[:length])
                    break
        return found

    def likely_in(self, text: str) -> bool:
        """Whether it is worth a look; False is sure for text in NFKC."""
        return len(self._names) > _FEW or any(name in text for name in self._names)

    def added(self, analysis: Analysis, text: str) -> Analysis:
        """An analysis with the text's names behind its terms, where Kiwi has not found them by itself."""
        counts = Counter(self.found(text))
        if not counts:
            return analysis
        there = Counter(analysis.terms)
        more = [name for name, count in counts.items() for _ in range(count - there[name])]
        return Analysis((*analysis.terms, *more), analysis.grams) if more else analysis


def names_in(document: Document) -> tuple[str, ...]:
    """The names that an article's title (or another way to ask for it) holds and that Kiwi does not know.

    A word that reads as a verb, or stands in a question, counts only if the article uses it as a noun.
    """
    text = normalize(f"{document.title}\n{document.text}").casefold()
    found: dict[str, None] = {}
    for number, line in enumerate((document.title, *document.aliases)):
        line = normalize(line).casefold()
        if not _RUN.search(line):
            continue
        morphemes = reading(line).morphemes
        for match in _RUN.finditer(line):
            inside = [m for m in morphemes if m.start < match.end() and m.end > match.start()]
            name = _name(match.group(), match.start(), inside, text, in_title=number == 0)
            if name:
                found[name] = None
    return tuple(found)[:MOST]


def _name(word: str, start: int, inside: list[Morpheme], text: str, *, in_title: bool) -> str:
    """The name in a word of a title, or nothing."""
    if len(word) <= LONGEST and not _ordinary(inside) and _a_noun(word, text):
        return word
    if not in_title:
        return ""
    while inside and inside[-1].tag.startswith("J"):
        word = word[: inside[-1].start - start]
        inside = inside[:-1]
    if not SHORTEST <= len(word) <= LONGEST or _ordinary(inside):
        return ""
    return word if all(m.tag in _PARTS for m in inside) or _a_noun(word, text) else ""


def _ordinary(inside: list[Morpheme]) -> bool:
    """Whether a word is made of nouns that Kiwi knows, or of a verb's stem, and so read alike everywhere.

    비밀번호, 사용법 and 바꾸기 are; a noun of one letter before another is a chance find.
    """
    if inside and inside[-1].tag == "ETN":
        return True
    return all(
        not m.guessed
        and (
            m.tag in _AFFIXES or (m.tag in _NOUNS and (len(m.form) > 1 or at == len(inside) - 1 or m.tag == "NR"))
        )
        for at, m in enumerate(inside)
    )


def _a_noun(word: str, text: str) -> bool:
    return re.search(f"(?<![가-힣]){word}{_AFTER_NOUN}", text) is not None


def as_text(names: Mapping[str, tuple[str, ...]]) -> str:
    """The names of each article that has some, as JSON."""
    return json.dumps({key: own for key, own in names.items() if own}, ensure_ascii=False)


def from_text(text: str) -> dict[str, tuple[str, ...]] | None:
    """What ``as_text`` wrote; None where nothing was written, or it cannot be read."""
    try:
        return {str(key): tuple(map(str, own)) for key, own in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        return None
