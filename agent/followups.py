"""Whether a question says what it is about, or only makes sense with the one before it: a linguistic decision.

Korean is looked at in morphemes, English in words. What counts as incomplete: pronouns and demonstratives whose
antecedent stands outside of the message, fragments ("to Jeju?", "해외는요?"), and questions that hold nothing but
words of no topic ("how long does it take?", "돈 내야 하나요?").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise

from ..knowledge import detect_language
from ..knowledge.analysis import stem
from ..knowledge.korean import korean_tokens
from ..knowledge.language import normalize
from .followup_words import (
    CLAUSAL,
    DETERMINERS,
    EN_FUNCTION,
    EN_GENERIC,
    KO_ALLOWED,
    KO_DEMONSTRATIVES,
    KO_EMPTY_VERBS,
    KO_GENERIC,
    KO_SUCH,
    KO_THEN,
    KO_WH,
    PREPOSITIONS,
)

MOST = 4
"""Content words up to which a question may lean on the one before it: with more it says enough to be found."""

_GENERIC_STEMS = frozenset(map(stem, EN_GENERIC))
_WORD = re.compile(r"[a-z0-9][a-z0-9'’-]*")
_CLAUSE = re.compile(
    r"[.,;:!?\n]+|\b(?:and|but|so|because|if|when|once|while|although|though|since|unless|which|who|or|then)\b"
)
_OPENER = re.compile(
    r"^(?:(?:and|but|so|k|ok(?:ay)?|oh|well|then|also|hmm|ah|right|great|thanks|yes|no)\b[\s,.!]*)+"
)

# "Is it possible to ...", "how long does it take for ...": an it that stands for nothing.
_EXPLETIVE = re.compile(
    r"\b(?:(?:is|was|isn't|would|will)\sit|it's|it\s(?:is|was|would\sbe))\s(?:be\s|still\s|really\s|also\s)?"
    r"(?:possible|ok|okay|fine|alright|allowed|safe|necessary|mandatory|hard|difficult|easy|normal|true|better|worth"
    r"|cheaper|too\slate|required)\s(?:to|if|that|for|when)\b"
    r"|\b(?:does|do|will|would|did|can|could|should|may|might)\s(?:it|they)\s(?:usually\s|normally\s|typically\s)?"
    r"(?:take|cost)\s(?:me\s|us\s|you\s)?(?:to|for|until|before|till)\s\w+"
    r"|\b(?:it|it's|is\sit|be)\s(?:going\sto\s)?(?:rain|snow|sunny|cold|hot)\w*"
)
_EXISTENTIAL = re.compile(
    r"\b(?:is|are|was|were|will|isn't|aren't|be|hi|hey|hello|any)\sthere\b|\bthere(?:'s|\s(?:is|are|was|were|will|be))\b"
)
_PRONOUN = re.compile(
    r"\b(?:it|its|it's|they|them|their|they're|there)\b"
    r"|\bthis(?!\s(?:week|month|year|morning|afternoon|evening|weekend|summer|winter|spring|autumn|fall|season|time))\b"
    r"|\bthese(?!\sdays)\b|\bthose(?!\swho)\b|\bthat's\b|\bthat\sones?\b|\bthat(?=\s*(?:$|[?.!,]))"
    r"|(?:^|[,.!?]\s*|\b(?:is|are|was|does|do|did|can|could|will|would|should|and|but|so|if|for|of|to|on|in|with|about"
    r"|like|after|before|at|than|from|by|when|how|why|where|use|return|change|cancel|get|send|do|what's|how's)\s)that\b"
)
_ONE = re.compile(
    r"\b(?:a|an|the|another|other|this|that|which|my|your|new|old|\w+er|different|same|first|second|last)\s"
    r"(?:\w+\s)?ones?\b(?!\s(?:of|day|week|month|year|hour|item|order|more\s\w))"
    r"|\b(?:there|have|get|buy|need|want|use|order)\sone\b(?!\s(?:of|more)\b)"
)
_ABOUT = re.compile(r"^(?:wh?at|how)\sabout\b|^(?:what\sif|and\sif|but\sif|so\sif|if)\b")
_ADDITIVE = re.compile(r"\b(?:too|instead|as\swell|either|though|then)\W*$")
_DEFINITE = re.compile(r"\b(?:the|these|those|this|that)\s(\w+)")
_EN_ASKS = re.compile(
    r"\?|^(?:(?:and|but|so|ok(?:ay)?|oh|then|also)\s)*(?:what|which|who|where|when|why|how|is|are|was|do|does|did|can"
    r"|could|will|would|should|may|must|has|have)\b"
)
_NOUN_PHRASE = re.compile(r"\b(?:a|an|the|my|your|our|two|three|\d+)\s\w+")

_KO_EMPTY = KO_GENERIC | KO_DEMONSTRATIVES
_KO_CONFIRMS = re.compile(r"(?:죠|지요)[\s?!.~ㅠㅜㅎㅋ]*$")
_KO_PREDICATES = frozenset({"VV", "VA", "VCP", "VCN", "XSV", "XSA"})
_KO_NOUNS = frozenset({"NNG", "NNP", "XR", "SL", "SH"})
_KO_ASKS = re.compile(r"\?|(?:나|까|가|니|냐|지|죠|래|는지|은지|을지)요?[\s.!~ㅠㅜㅎㅋ]*$")


class Leaning(IntEnum):
    """How much of a question's meaning stands in the one before it."""

    NONE = 0
    PARTLY = 1
    WHOLLY = 2


def leaning(question: str, before: str = "") -> Leaning:
    """How far a question needs what was asked before it.

    Args:
        question: One customer turn, in any language; order numbers and the like taken out.
        before: What was said last, the reply included: "when does the quote come?" leans on it if it told of one.

    Returns:
        ``NONE`` for what can be understood by itself, and for what is neither Korean nor English; ``WHOLLY`` for a
        question without any word that says what it is about ("how long does it take?", "얼마예요?").
    """
    text = normalize(question).strip()
    lang = detect_language(text, default="")
    if lang == "ko":
        tokens = korean_tokens(text)
        topics = sum(_ko_topic(token) for token in tokens)
        asks = bool(_KO_ASKS.search(text)) or any(form in KO_WH for form, _ in tokens)
        verbs = any(tag in ("VV", "VA") and form not in KO_EMPTY_VERBS for form, tag in tokens)
        leans, bare = _korean(text, tokens), not topics and not verbs and asks
    elif lang == "en":
        text = text.lower().replace("’", "'")
        words = _WORD.findall(text)
        leans, bare = _english(text, words), not _topics(words) and bool(_EN_ASKS.search(text))
    else:
        return Leaning.NONE
    if leans:
        return Leaning.WHOLLY if bare else Leaning.PARTLY
    return Leaning.PARTLY if before and _given(text, lang, normalize(before)) else Leaning.NONE


def _given(text: str, lang: str, before: str) -> bool:
    """Whether a question names nothing new: what it is about was brought up just before."""
    if lang == "ko":
        known = {form for form, tag in korean_tokens(before) if tag in _KO_NOUNS}
        topics = {token[0] for token in korean_tokens(text) if _ko_topic(token)}
        return 0 < len(topics) <= 2 and topics <= known and bool(_KO_ASKS.search(text))
    known = {stem(word) for word in _WORD.findall(before.lower())}
    definite = {stem(word) for word in _DEFINITE.findall(text)} - _GENERIC_STEMS
    words = _WORD.findall(text)
    return 0 < len(_topics(words)) <= 2 and bool(definite & known) and bool(_EN_ASKS.search(text))


def _english(text: str, words: Sequence[str]) -> bool:
    topics = _topics(words)
    if len(topics) > MOST:
        return False
    body = _OPENER.sub("", text)
    opened = body != text
    if not topics:
        return bool(words)
    if _fragment(_WORD.findall(body), len(topics)):
        return True
    if _refers_out(text):
        return True
    if match := _ABOUT.match(body if not text.startswith(("and if", "but if", "so if")) else text):
        # "If I cancel, do I get my points?" brings its main clause; "and if I cancel?" leaves it unsaid.
        alone = not re.search(
            r",|\bthen\b|\b(?:do|does|can|will|is|are|what|how|when)\s(?:i|you|my|the|it)\b", body
        )
        asked_before = match[0].endswith("about") or opened
        return alone and len(topics) <= (3 if asked_before else 1)
    return len(topics) <= 2 and bool(_ADDITIVE.search(text)) and not _NOUN_PHRASE.search(body)


def _topics(words: Sequence[str]) -> list[str]:
    """The words that say what a question is about."""
    return [
        word
        for word in words
        if word not in EN_FUNCTION and stem(word) not in _GENERIC_STEMS and word[0].isalpha()
    ]


def _fragment(words: Sequence[str], topics: int) -> bool:
    """A phrase without a clause: "to Jeju?", "the red sofa?", "furniture?"."""
    if not words or any(word in CLAUSAL for word in words):
        return False
    if words[0] in PREPOSITIONS:
        return topics <= 3
    # "Delivery fee" is no fragment but a topic in two words.
    bare = len(words) <= 4 and all(word in EN_FUNCTION or stem(word) not in _GENERIC_STEMS for word in words)
    return bare and topics <= (2 if words[0] in DETERMINERS else 1)


def _refers_out(text: str) -> bool:
    """Whether a pronoun has no antecedent in an earlier clause of the message; in its own clause it has none."""
    whole, text = text, _EXISTENTIAL.sub(" ", _EXPLETIVE.sub(" ", text))
    for match in _PRONOUN.finditer(text):
        breaks = [found.start() for found in _CLAUSE.finditer(text, 0, match.start() + 1)]
        if not breaks or not _topics(_WORD.findall(text[: breaks[-1]])):
            return True
    one = _ONE.search(whole)
    return one is not None and not _NOUN_PHRASE.search(whole[: one.start()])


def _ko_topic(token: tuple[str, str]) -> bool:
    form, tag = token
    return tag in _KO_NOUNS and form not in _KO_EMPTY


def _korean(text: str, tokens: Sequence[tuple[str, str]]) -> bool:
    topics = [place for place, token in enumerate(tokens) if _ko_topic(token)]
    verbs = [form for form, tag in tokens if tag in ("VV", "VA") and form not in KO_EMPTY_VERBS]
    first = topics[0] if topics else len(tokens)
    if len(topics) > MOST or not tokens:
        return False
    if _points_out(tokens, first):
        return True
    if tokens[0][0] in KO_THEN and len(topics) <= 2:
        return True
    if _trails_off(tokens, len(topics)):
        return True
    if not topics:
        # "심심해요" is whole: its subject is who says it. A question without a topic takes it from the one before.
        return not verbs or bool(_KO_ASKS.search(text)) or any(form in KO_WH for form, _ in tokens)
    if _KO_CONFIRMS.search(text) or ("말", "고") in pairwise(form for form, _ in tokens):
        return len(topics) <= 3
    forms = {form for form, _ in tokens}
    if len(topics) <= 2 and ("도", "JX") in tokens and forms & KO_ALLOWED:
        return True
    return len(topics) == 1 and not verbs and _only_contrasts(tokens)


def _points_out(tokens: Sequence[tuple[str, str]], first: int) -> bool:
    """A demonstrative before anything in the message that it could mean."""
    for place, (form, tag) in enumerate(tokens[:first]):
        if form in KO_DEMONSTRATIVES and tag in ("NP", "MM", "NNG", "MAG", "NNB"):
            return True
        if (form, tag) in (("이", "MM"), ("저", "MM")) and place + 1 < len(tokens):
            return tokens[place + 1][0] not in ("번", "달", "주", "밖", "외")
        if form in KO_SUCH or (form in ("그렇게", "이렇게", "저렇게") and tag == "MAG"):
            return True
    return False


def _trails_off(tokens: Sequence[tuple[str, str]], topics: int) -> bool:
    """No predicate at all ("해외는요?", "카드로도?"), or a condition and nothing behind it ("취소하면요?")."""
    ends = [place for place, (_, tag) in enumerate(tokens) if not tag.startswith("S")]
    if not ends:
        return False
    said = [tokens[place] for place in ends]
    polite = said[-1][0] in ("요", "이요", "여")
    last = said[-2] if polite and len(said) > 1 else said[-1]
    if last[0] in ("면", "으면", "다면", "라면", "이면", "는데", "은데", "ᆫ데") and last[1] in ("EC", "EF"):
        return topics <= 2 and last[0].endswith("면")
    if last[0] in ("면요", "으면요", "라면요", "다면요"):
        return topics <= 2
    if any(tag in _KO_PREDICATES for _, tag in said):
        return False
    marked = last[1].startswith("J")
    return topics <= (2 if marked or polite else 1)


def _only_contrasts(tokens: Sequence[tuple[str, str]]) -> bool:
    """One topic that is set beside another one: "토요일에도 근무하나요?", "해외는 가능해요?", "가구는 어때요?"."""
    particles = {form for form, tag in tokens if tag == "JX"}
    if "도" in particles:
        return True
    forms = {form for form, _ in tokens}
    how = forms & (KO_WH - {"어떻"}) or ("어떻", "게") in pairwise(form for form, _ in tokens)
    return bool(particles & {"은", "는"}) and not how and bool(forms & {"되", "가능", "어떻", "있", "없", "괜찮"})
