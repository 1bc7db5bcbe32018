"""Text to index terms: Korean morphemes, English stems, whole numbers and ids, and character n-grams.

The same analysis serves documents and queries, the lexical index, the hashed embedder and the extractor.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from .korean import korean_terms
from .language import normalize, word_set

MAX_QUERY_CHARS = 2000
"""A query's analysis reads this many characters: its beginning and its end."""
MAX_QUERY_TERMS = 64
"""A query is searched with at most this many different terms."""
_MAX_TERM_CHARS = 64

_WORD = re.compile(r"[a-z0-9À-ɏ]+(?:[-_./:'’,@+#][a-z0-9À-ɏ]+)*")
_PARTS = re.compile(r"[a-zÀ-ɏ]+|[0-9]+")
_HANGUL = re.compile(r"[가-힣]+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_IDEOGRAPHS = re.compile(r"[぀-ヿ一-鿿㐀-䶿]+")
_OTHER = re.compile(r"[^\W\d_a-zÀ-ɏ가-힣ㄱ-ㆎᄀ-ᇿ぀-ヿ一-鿿㐀-䶿]{2,}")

_STOP = word_set(
    "a an the is are was were be been being am do does did have has had having can could will would shall should "
    "may might must i you he she it we they me him her us them my your his its our their this that these those "
    "what which who whom whose where when why how of to in on at by for with from about into and or but if so "
    "than then as there here please s t m re ve ll d don isn doesn didn won aren wasn can't don't i'm i've it's "
    "also just any some get got"
)
# "How long does it take" asks for a time: nothing in it is long.
_MEASURE = re.compile(r"\bhow (?:old|long|much|many|far|often|tall|big|soon|late)\b")
_stemmers = threading.local()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a text is made of, in reading order, repeats kept.

    Attributes:
        terms: Morphemes, stems, numbers and ids: what the text is about.
        grams: Hangul bigrams and Latin 4-grams: forgiving of spacing, spelling and unknown words.
    """

    terms: tuple[str, ...]
    grams: tuple[str, ...]

    def features(self) -> Iterator[str]:
        """Terms and n-grams in one stream, told apart by a prefix."""
        yield from self.terms
        for gram in self.grams:
            yield "#" + gram


def stem(word: str) -> str:
    """English Snowball stem (Porter 2) of a lower-case word."""
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:  # PyStemmer's objects must not be shared between threads
        stemmer = _stemmers.english = Stemmer.Stemmer("english")
    return stemmer.stemWord(word)


@lru_cache(maxsize=256)  # an index and its embedder ask for the same chunk one after the other
def analyze(text: str) -> Analysis:
    """Analyse a whole text, such as a chunk."""
    text = normalize(text).casefold()
    terms = korean_terms(text)
    terms += _latin_terms(text)
    terms += _other_terms(text)
    return Analysis(tuple(term[:_MAX_TERM_CHARS] for term in terms), tuple(_grams(text)))


def analyze_query(text: str) -> Analysis:
    """Analyse a question, however long: only its beginning and end are read.

    People state their concern first or last; what lies between in a pasted log or mail is its detail.
    """
    if len(text) > MAX_QUERY_CHARS:
        half = MAX_QUERY_CHARS // 2
        text = f"{text[:half]}\n{text[-half:]}"
    return analyze(text)


def _latin_terms(text: str) -> Iterator[str]:
    for match in _WORD.finditer(_MEASURE.sub(" ", text)):
        word = match.group()
        if word.isalpha():
            if word not in _STOP:
                yield stem(word)
        elif not any(char.isdigit() for char in word):
            # well-known, it's, e.g: the parts, and "it's" not at all
            if word.replace("’", "'") not in _STOP:
                yield from (stem(part) for part in _PARTS.findall(word) if part not in _STOP and len(part) > 1)
        elif _GROUPED.fullmatch(word):
            yield word.replace(",", "")
        else:
            # An order number or model name counts whole; its parts let "iphone15" meet "iphone 15".
            yield word
            parts = _PARTS.findall(word)
            if len(parts) > 1:
                yield from (part if part.isdigit() else stem(part) for part in parts if len(part) > 1)


def _other_terms(text: str) -> Iterator[str]:
    if text.isascii():
        return
    for match in _IDEOGRAPHS.finditer(text):
        run = match.group()
        if len(run) == 1:
            yield run
        yield from (run[i : i + 2] for i in range(len(run) - 1))
    yield from _OTHER.findall(text)


def _grams(text: str) -> Iterator[str]:
    for match in _HANGUL.finditer(text):
        run = match.group()
        yield from (run[i : i + 2] for i in range(len(run) - 1))
    for match in _WORD.finditer(text):
        for part in _PARTS.findall(match.group()):
            if part.isalpha() and len(part) > 2 and part not in _STOP:
                framed = f"_{part[:_MAX_TERM_CHARS]}"
                yield from (framed[i : i + 4] for i in range(max(1, len(framed) - 3)))
