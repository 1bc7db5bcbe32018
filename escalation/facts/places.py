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
    r"|(?:[가-힣]{2,12}(?:아파트|빌라|오피스텔|타운|자이|푸르지오|래미안|힐스테이트)\s)?(?<!\d)\d{1,4}동\s?\d{1,4}호"
    r"|(?<![가-힣])[가-힣]{1,8}(?:로|길)(?:\s?\d{1,3}번?길)?\s\d{1,4}(?:-\d{1,4})?(?!\d)(?=[,\s]?(?:$|[가-힣]*(?:층|호|으로|로|에|이에|입니)))(?!\s?(?:원|명|개|번|시|분|일|월|년))"
)
_EN = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s(?:[A-Z][a-z]+\s){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Way|Place|Terrace|Square|Crescent|Gardens|Boulevard|Blvd|Parade|Grove|Mews|Hill|Row|Walk)\b"
    r"(?:,\s[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2})?(?:,?\s[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b)?|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|\b(?:flat|apt|apartment|unit)\s\d{1,4}[A-Z]?\b(?!\s(?:of|hours))"
)


def places(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand in a text."""
    for pattern in (_KO, _EN):
        for match in pattern.finditer(text):
            # Without a region only a house number tells "수지구 풍덕천로 12" from "접시 꺼내다가".
            if match[0][0].isascii() or re.search(r"\d", match[0]) or re.match(_REGION, match[0]):
                yield match.start(), match.start() + len(match[0].rstrip())
