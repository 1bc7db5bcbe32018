"""Addresses, Korean and English, as far as a message shows them to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator

_REGION = (
    r"(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)"
    r"(?:특별자치시|특별자치도|특별시|광역시|도|시)?"
)
_KO = re.compile(
    rf"(?:{_REGION}\s)?(?:[가-힣]{{1,6}}[시군구]\s){{1,2}}(?:[가-힣0-9]{{1,10}}(?:읍|면|동|로|길|가)\s?)(?:\d{{1,4}}(?:번?길\s?\d{{1,4}})?(?:-\d{{1,4}})?)?"
    r"(?:\s?[가-힣A-Za-z]{2,12}(?:아파트|빌라|오피스텔|빌딩))?(?:\s?\d{1,4}동)?(?:\s?\d{1,4}호)?"
    r"|(?<!\d)\d{1,4}동\s?\d{1,4}호"
)
_EN = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s(?:[A-Z][a-z]+\s){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Way|Place|Terrace|Square)\b"
    r"(?:,\s(?:[A-Z][a-z]+\s?){1,3})?|\b(?:flat|apt|apartment|unit)\s\d{1,4}[A-Z]?\b(?!\s(?:of|hours))"
)


def places(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand in a text."""
    for pattern in (_KO, _EN):
        for match in pattern.finditer(text):
            # Without a region only a house number tells "수지구 풍덕천로 12" from "접시 꺼내다가".
            if match[0][0].isascii() or re.search(r"\d", match[0]) or re.match(_REGION, match[0]):
                yield match.start(), match.start() + len(match[0].rstrip())
