"""Which language a text is in, and one normal form for all of them.

Detection looks at scripts and at English function words, no model: it has to be right on five-word messages
such as ``iPhone 15 Pro 환불`` (Korean) and ``Where is 마이페이지?`` (English).
"""

from __future__ import annotations

import re
import unicodedata

DEFAULT_LANGUAGE = "en"
_SAMPLE_CHARS = 4000  # enough to tell, and keeps a pasted novel cheap


def word_set(words: str) -> frozenset[str]:
    """A word list written as one line of text."""
    return frozenset(words.split())


_HANGUL_WORD = re.compile(r"[가-힣ㄱ-ㆎᄀ-ᇿ]+")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?")
_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`|<[^>\n]{1,300}>|https?://\S+", re.DOTALL)
_OTHER_SCRIPTS = (
    ("ja", re.compile(r"[぀-ヿ]")),
    ("zh", re.compile(r"[一-鿿㐀-䶿]")),
    ("ru", re.compile(r"[Ѐ-ӿ]")),
    ("ar", re.compile(r"[؀-ۿ]")),
    ("he", re.compile(r"[֐-׿]")),
    ("th", re.compile(r"[฀-๿]")),
    ("el", re.compile(r"[Ͱ-Ͽ]")),
    ("hi", re.compile(r"[ऀ-ॿ]")),
)

# Words that only occur where somebody writes English sentences; product names and loan words are not here.
_ENGLISH_FUNCTION_WORDS = word_set(
    "a an the is are was were be been am do does did have has had can could will would should may might must "
    "i you he she it we they me my your his her its our their this that these those what which who whom where "
    "when why how of to in on at by for with from about into over after before and or but if not no so than "
    "there here please any some i'm i've don't can't didn't doesn't won't isn't it's"
)


def normalize(text: str) -> str:
    """Unicode NFKC: full-width letters, decomposed Hangul and ligatures take one form.

    Lone surrogates (half an emoji, cut by a client) become question marks: no index can store them.
    """
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))


def detect_language(text: str, *, default: str = DEFAULT_LANGUAGE) -> str:
    """The language of a text by script share.

    Hangul wins unless English function words outnumber the Hangul words: Korean sentences are full of Latin
    product names, but hardly hold an English article or pronoun.

    Args:
        text: Any text; only its beginning is looked at, without code, tags and links.
        default: What to say of text without letters.

    Returns:
        An ISO 639-1 code.
    """
    sample = normalize(_CODE.sub(" ", text[: 4 * _SAMPLE_CHARS])[:_SAMPLE_CHARS]) or text[:_SAMPLE_CHARS]
    hangul = _HANGUL_WORD.findall(sample)
    latin = [word.lower().replace("’", "'") for word in _LATIN_WORD.findall(sample)]
    if hangul:
        english = sum(word in _ENGLISH_FUNCTION_WORDS for word in latin)
        return "en" if english > len(hangul) else "ko"
    letters = sum(map(len, latin))
    for code, pattern in _OTHER_SCRIPTS:
        # Japanese is found by its kana before its kanji could pass for Chinese.
        if len(pattern.findall(sample)) > letters:
            return code
    return "en" if latin else default
