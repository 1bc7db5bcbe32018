"""Korean morphemes by Kiwi: one shared analyser, loaded on first use (about a second and 300 MB)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from .language import word_set

if TYPE_CHECKING:
    from kiwipiepy import Kiwi, Token

Tokens = tuple[tuple[str, str], ...]

_HANGUL = re.compile("[가-힣]")
_KEPT = 512  # an index and its embedder ask for the same chunk one after the other
_AT_ONCE = 16  # texts; a search that comes meanwhile waits for them

_lock = threading.Lock()
_kiwi: Kiwi | None = None
_known: dict[str, Tokens] = {}

# Content only: nouns, numerals, stems of verbs and adjectives, roots. Latin and digits are read elsewhere.
_NOUNS = frozenset({"NNG", "NNP", "NR", "XR", "SH"})
_STEMS = ("VV", "VA")
# Stems that carry no topic of their own: they would match every article.
_EMPTY_STEMS = word_set("하 되 있 없 싶 알 이 같 어떻 이렇 그렇 저렇 주 받 보 가 오 나 대하 위하 따르 통하")
_EMPTY_NOUNS = word_set("것 수 때 등 및 경우 무엇 뭐 어디 언제 누구 얼마 저 제 나 우리 이것 그것 거 데 중 때문")


def _analyser() -> Kiwi:
    """The one Kiwi; the caller holds the lock."""
    global _kiwi
    if _kiwi is None:
        from kiwipiepy import Kiwi

        # The multi-word and typo dictionaries triple the load time and hardly change these terms.
        _kiwi = Kiwi(load_multi_dict=False, load_typo_dict=False)
    return _kiwi


def korean_tokens(text: str) -> Tokens:
    """All morphemes of a text with their tags (Sejong; ``-R`` and ``-I`` cut off), in order.

    Thread-safe. Text without Hangul gives nothing without loading the analyser.
    """
    if not _hangul(text):
        return ()
    found = _known.get(text)
    return found if found is not None else _read([text])[0]


def prepare(texts: Iterable[str]) -> None:
    """Read many texts at once, with a thread for each processor; ``korean_tokens`` finds them then.

    Args:
        texts: No more than a few hundred: older ones are forgotten.
    """
    missing = [text for text in dict.fromkeys(texts) if text not in _known and _hangul(text)]
    for at in range(0, len(missing), _AT_ONCE):
        _read(missing[at : at + _AT_ONCE])


def _read(texts: Sequence[str]) -> list[Tokens]:
    with _lock:
        found = cast("Iterable[list[Token]]", _analyser().tokenize(texts))
        read = [tuple((token.form, token.tag.partition("-")[0]) for token in tokens) for tokens in found]
        for text, tokens in zip(texts, read, strict=True):
            _keep(text, tokens)
    return read


def _keep(text: str, tokens: Tokens) -> None:
    """The caller holds the lock."""
    _known[text] = tokens
    while len(_known) > _KEPT:
        del _known[next(iter(_known))]


@dataclass(frozen=True, slots=True)
class Morpheme:
    """One morpheme where it stands in a text.

    Attributes:
        form: As in Kiwi's dictionary: of a verb its stem.
        tag: Sejong; ``-R`` and ``-I`` cut off.
        start: Offset of its first character.
        end: Offset behind its last one; syllables that two morphemes share count for both.
        score: Log probability of it in its place, 0 or less.
        guessed: No word of Kiwi's, but read as one for want of a better reading.
    """

    form: str
    tag: str
    start: int
    end: int
    score: float
    guessed: bool

    @property
    def term(self) -> str:
        """What it is indexed under, as ``korean_terms`` has it; empty for particles, endings and the like."""
        if self.tag in _NOUNS:
            return self.form
        return self.form + "다" if self.tag in _STEMS else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is read.

    Attributes:
        morphemes: In order.
        score: Log probability of the whole text: the likelier of two spellings has the higher one.
    """

    morphemes: tuple[Morpheme, ...]
    score: float


def reading(text: str) -> Reading:
    """Read a question with places and probabilities; ``korean_tokens`` has no more work with it then. Thread-safe.

    Args:
        text: Lower-case; none is changed before.
    """
    with _lock:
        tokens, score = _analyser().analyze(text)[0]
        found = tuple(
            Morpheme(t.form, t.tag.partition("-")[0], t.start, t.start + t.len, t.score, t.oov) for t in tokens
        )
        _keep(text, tuple((m.form, m.tag) for m in found))
    return Reading(found, score)


def scores(texts: Sequence[str]) -> list[float]:
    """Log probabilities of texts: the likelier of two spellings has the higher one. Thread-safe."""
    with _lock:
        analyser = _analyser()
        # One by one: handing few short texts to Kiwi's threads takes longer than reading them.
        return [analyser.analyze(text)[0][1] for text in texts]


def _hangul(text: str) -> bool:
    return _HANGUL.search(text) is not None


def korean_terms(text: str) -> list[str]:
    """Content morphemes of a text, in order: nouns as they are, verb and adjective stems with ``다``.

    Thread-safe. Text without Hangul gives an empty list without loading the analyser.

    Args:
        text: NFKC text; Latin words and digits in it are skipped.
    """
    terms: list[str] = []
    for form, tag in korean_tokens(text):
        if tag in _NOUNS:
            if form not in _EMPTY_NOUNS:
                terms.append(form)
        elif tag in _STEMS and form not in _EMPTY_STEMS:
            terms.append(form + "다")
    return terms
