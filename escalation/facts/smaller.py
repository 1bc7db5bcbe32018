"""Facts that a single pattern finds: quantities, dates of birth, names of sent files, devices."""

from __future__ import annotations

import re

QUANTITY = re.compile(
    r"(?<![\d.,])\d{1,3}\s?(?:개|대|장|매|권|벌|켤레|박스|세트|병|명|인분|박|좌석|회분|그루|송이|통|팩|포|롤|부|회)(?![월가-힣]*(?:보험|할부|째))(?=[를을이가만씩는은요에중\s.,?!]|$)"
    r"|(?<![가-힣])(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s(?:개|대|장|권|벌|켤레|박스|세트|병|자리|팩|통)(?=[를을이가만씩는은요에중\s.,?!]|$)"
    r"|\b(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a\sdozen)\s(?:units?|pieces|pcs|items|boxes|sets|pairs|of\sthem|tickets|seats|nights|guests|copies|sessions|packs|bottles|rooms|adults|passengers)\b",
    re.I,
)
BIRTH = re.compile(
    r"(?:생년월일|생일|\b(?:dob|d\.o\.b\.?|date\sof\sbirth|birth\s?date|birthday)|\bborn(?:\son)?)(?:은|는|이|\sis)?[\s:]{0,2}"
    r"((?:\d{2}|\d{4})[-./]\s?\d{1,2}[-./]\s?\d{1,2}|(?:\d{2}|\d{4})년\s?\d{1,2}월\s?\d{1,2}일|(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|\d{1,2}/\d{1,2}/\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?[A-Z][a-z]{2,8},?\s(?:19|20)\d{2}|[A-Z][a-z]{2,8}\s\d{1,2},?\s(?:19|20)\d{2})(?!\d)",
    re.I,
)
ATTACHMENT = re.compile(
    r"(?<![\w/])[\w가-힣()-]{1,60}\.(?:jpe?g|png|gif|heic|webp|pdf|mp4|mov|docx?|xlsx?|hwpx?|zip)(?![A-Za-z0-9])",
    re.I,
)
"""The name of a file that was sent."""
DEVICE = re.compile(
    r"(?<![\w가-힣])(?:아이폰|갤럭시|아이패드|맥북|에어팟|갤럭시\s?탭)(?:\s?[A-Za-z]?\d{1,3})?(?:\s?(?:프로|플러스|울트라|미니|맥스))*"
    r"|\b(?:iPhone|iPad|MacBook|AirPods|Galaxy|Pixel|ThinkPad|Kindle)(?:\s(?:Pro|Air|Max|Plus|Ultra|Mini|Tab|Note|Fold|Flip|[A-Z]?\d{1,3}[a-z]?))*"
    r"|(?<![가-힣])(?:윈도우?즈?|안드로이드|크롬|사파리|엣지)(?:\s?\d{1,3})?(?=[에이가은는을로\s.,!?]|$)"
    r"|\b(?:Windows\s\d{1,2}|Android\s?\d{0,2}|iOS\s?\d{0,2}|Chrome|Safari|Firefox)\b",
    re.I,
)
