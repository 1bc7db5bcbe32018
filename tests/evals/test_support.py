"""What a packet claims must stand somewhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from batonpass.evals.support import unsupported_facts

SAID = ["My order SD-1234 is late.", "I paid 64,000 won."]


class Knowledge:
    """A knowledge base of one passage."""

    def passage(self, chunk_id: str, audience: object) -> Any:
        text = "A refund takes 3 days."
        return SimpleNamespace(chunk=SimpleNamespace(text=text)) if chunk_id == "refund#0" else None


def unsupported(**fields: Any) -> list[str]:
    blank = {"facts": [], "summary": [], "tried": [], "customer": None, "suggested_reply": None}
    knowledge: Any = Knowledge()
    return unsupported_facts({**blank, **fields}, SAID, knowledge)


def test_facts_must_be_the_customers_own_words() -> None:
    facts = [{"slot": "order_number", "value": "sd-1234"}, {"slot": "amount", "value": "65,000 won"}]
    assert unsupported(facts=facts) == ["65,000 won"]


def test_numbers_of_the_summary_come_from_the_transcript_the_record_or_the_titles() -> None:
    tried = [{"citations": [{"title": "Fees 2026"}]}]
    summary = ["Named: SD-1234, 64,000 won", "Tier 7", "1 answer, from: Fees 2026", "Waited 45 minutes"]
    assert unsupported(summary=summary, tried=tried, customer={"grade": 7}) == ["45"]


def test_a_suggested_reply_must_be_its_passages_text() -> None:
    source = {"chunk_id": "refund#0"}
    assert unsupported(suggested_reply="A refund takes  3 days.", suggested_source=source) == []
    assert unsupported(suggested_reply="A refund takes 2 days.", suggested_source=source) == [
        "A refund takes 2 days."
    ]
    assert unsupported(suggested_reply="A refund takes 3 days.", suggested_source={"chunk_id": "x"})
    assert unsupported(suggested_reply="A refund takes 3 days.", suggested_source=None)
