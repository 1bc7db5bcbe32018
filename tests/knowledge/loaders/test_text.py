from __future__ import annotations

import pytest
from batonpass.knowledge.loaders.documents import Unreadable
from batonpass.knowledge.loaders.text import decode


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("환불은 3일, don’t worry", "utf-8"),
        ("환불은 3일 안에 됩니다", "euc-kr"),
        ("뷁은 CP949에만 있는 글자, 똠방각하도 그렇습니다", "cp949"),
        ("환불은 3일\n안에", "utf-16-le"),
        ("환불은 3일\n안에", "utf-16-be"),
        ("plain English text\nof two lines", "utf-16-le"),
        ("You don’t pay for “returns” – we do. Naïve café.", "cp1252"),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_declared_encoding_is_believed_where_it_fits() -> None:
    assert decode("é à la carte".encode("latin-1"), "ISO-8859-1") == "é à la carte"
    assert decode("환불".encode(), "ISO-8859-1") == "환불"
    assert decode("환불".encode("cp949"), "ks_c_5601-1987") == "환불"
    assert decode("환불".encode(), "no-such-encoding") == "환불"


@pytest.mark.parametrize("data", [bytes(range(256)), b"PK\x03\x04\x14\0\0\0", b"\x7fELF\x02\x01\x01\0" * 9])
def test_binary(data: bytes) -> None:
    with pytest.raises(Unreadable, match="binary"):
        decode(data)
