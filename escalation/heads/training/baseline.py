"""What a user would otherwise build: keyword lists, with VADER for English and film reviews (NSMC) for Korean."""

# ruff: noqa: E501 - word lists

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from .data import TrainingDataError

Scorer = Callable[[Sequence[str]], NDArray[np.float64]]
"""Texts to scores; the higher, the more of it."""

REVIEWS = 40_000
"""NSMC's reviews that the Korean baseline learns from."""

KEYWORDS = {
    "explicit": r"상담원|상담사|직원|담당자|사람|매니저|책임자|연결해|\b(?:agent|human|person|representative|manager|supervisor|operator|someone|call me)\b",
    "frustration_2": r"짜증|화나|화가|열받|최악|답답|황당|어이없|도대체|몇 번|실망|\b(?:angry|ridiculous|unacceptable|terrible|worst|awful|useless|furious|frustrat\w+|fed up|sick of|disappoint\w+|joke|again)\b",
    "abuse": r"시발|씨발|ㅅㅂ|병신|ㅂㅅ|새끼|개새|미친|지랄|멍청|꺼져|\b(?:idiots?|stupid|fuck\w*|shit\w*|bastards?|morons?|scum|bitch|asshole|dumb|thie(?:f|ves)|liars?)\b",
    "legal": r"소송|고소|변호사|법적|소비자원|\b(?:lawyer|sue|court|legal|solicitor|attorney|regulator|ombudsman)\b",
    "safety": r"다쳤|다쳐|화재|폭발|위험|응급|피가|\b(?:injur\w+|hurt|fire|burn\w*|danger\w*|emergency|ambulance|hospital|bleed\w*)\b",
    "fraud": r"사기|도용|무단|해킹|피싱|결제한 적|\b(?:fraud\w*|scam\w*|unauthori[sz]ed|hack\w*|stolen|phishing)\b",
    "privacy": r"개인정보|유출|정보 삭제|\b(?:privacy|personal data|leak\w*|gdpr|data breach|my data)\b",
    "self_harm": r"죽고 싶|자살|죽을래|살기 싫|자해|\b(?:suicid\w+|kill myself|end my life|self.harm|want to die|hurt myself)\b",
}


def keywords(head: str) -> Scorer:
    """1 where the head's list matches."""
    pattern = re.compile(KEYWORDS[head], re.IGNORECASE)
    return lambda texts: np.array([float(bool(pattern.search(text))) for text in texts])


def displeasure(language: str, reviews: Path | None) -> tuple[str, Scorer]:
    """A name and a scorer of displeasure: the keyword list plus the language's sentiment model.

    Args:
        language: ``ko`` or ``en``.
        reviews: NSMC's file (``text``, ``positive``); without it Korean has the keywords alone.

    Raises:
        TrainingDataError: the reviews cannot be read.
    """
    listed = keywords("frustration_2")
    if language == "en":
        try:
            from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
        except ImportError:
            return "keywords (vaderSentiment is not installed)", listed
        vader = SentimentIntensityAnalyzer()
        return (
            "keywords + VADER",
            lambda texts: (
                listed(texts) + np.array([(1 - vader.polarity_scores(text)["compound"]) / 2 for text in texts])
            ),
        )
    if reviews is None:
        return "keywords (no --reviews)", listed
    model = _review_model(reviews)
    return "keywords + NSMC", lambda texts: listed(texts) + model.predict_proba(list(texts))[:, 0]


def _review_model(path: Path) -> Pipeline:
    texts, positive = [], []
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["positive"] not in ("0", "1"):  # a review with a line break in it
                    continue
                texts.append(row["text"])
                positive.append(int(row["positive"]))
                if len(texts) == REVIEWS:
                    break
    except (OSError, KeyError, ValueError) as error:
        raise TrainingDataError(f"{path}: {error}") from None
    pipeline = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), min_df=5, sublinear_tf=True),
        LogisticRegression(C=4.0, solver="liblinear"),
    )
    return pipeline.fit(texts, positive)
