"""What the encoder sees of a text: a set of features, each hashed to 64 bits."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from ..analysis import stem
from ..concepts import Lexicon
from ..korean import korean_tokens
from ..language import normalize, word_set

# Only what says nothing at all: "not", "up" and "without" tell situations apart.
_EMPTY = word_set(
    "a an the is are was were be been am of to in on at by for it its this that and i you my we our us me"
)
_WORD = re.compile(r"[a-zÀ-ɏ]+|\d+(?:[.,]\d+)*")
_HANGUL = re.compile(r"[가-힣]+")
_JAMO = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]{2,}")
TAGS = {
    "NNG": "n",
    "NNP": "n",
    "NR": "n",
    "XR": "n",
    "SH": "n",
    "VV": "v",
    "VA": "v",
    "VX": "v",
    "MAG": "m",
    "VCN": "v",
}


def features(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Morphemes, bigrams of Hangul, English stems, 4-grams of Latin letters, and concepts.

    Args:
        text: Any length.
        lexicon: Whose concepts are features.
    """
    found = {f"c:{concept}" for concept in lexicon.find(text)}
    text = normalize(text).casefold()
    found.update(f"{TAGS[tag]}:{form}" for form, tag in korean_tokens(text) if tag in TAGS)
    for match in _HANGUL.finditer(text):
        run = match.group()
        found.update("#" + run[at : at + 2] for at in range(len(run) - 1))
    for word in _WORD.findall(text.replace("'", "").replace("’", "")):
        if word[0].isdigit():
            found.add("d:" + str(len(word)))
        elif word not in _EMPTY:
            found.add("w:" + stem(word))
            if len(word) > 3:
                framed = f"_{word[:40]}_"
                found.update("#" + framed[at : at + 4] for at in range(len(framed) - 3))
    return frozenset(found)


@lru_cache(maxsize=200_000)
def code(feature: str) -> int:
    """A feature's 64-bit hash, equal in every process."""
    return int.from_bytes(blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
