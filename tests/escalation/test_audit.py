from __future__ import annotations

import pytest
from batonpass.agent.turn import Assistant
from batonpass.escalation import (
    Desk,
    FileCustomerDirectory,
    HumanAgent,
    NotAllowed,
    NotFound,
    Role,
    SQLStore,
    Vault,
    audit_lines,
)
from cryptography.fernet import Fernet

CARD = "4242-4242-4242-4242"
MINJI = HumanAgent(id="minji", name="민지")
SORA = HumanAgent(id="sora", name="소라", role=Role.SUPERVISOR)


@pytest.fixture
def desk(store: SQLStore) -> Desk:
    return Desk(store, FileCustomerDirectory(), vault=Vault(Fernet.generate_key()))


@pytest.fixture
def conversation(store: SQLStore, desk: Desk) -> str:
    assistant = Assistant(store, None, None, FileCustomerDirectory(), vault=desk._vault)  # pyright: ignore
    head = store.create()
    assistant.receive(head.id, f"제 카드는 {CARD} 이고 cvc 123 이에요")
    return head.id


def test_the_number_is_nowhere_in_the_database(store: SQLStore, conversation: str) -> None:
    (message,) = store.items(conversation)
    assert "4***-****-****-4242" in message.model_dump_json()
    assert CARD not in message.model_dump_json()
    assert "123" not in message.text  # pyright: ignore


def test_a_supervisor_sees_it_and_leaves_a_line(store: SQLStore, desk: Desk, conversation: str) -> None:
    card, code = desk.unmask(conversation, SORA, 1, reason="환불 계좌 대조")
    assert (card.slot, card.value) == ("card", CARD)
    assert (code.slot, code.value) == ("card_code", None)
    (line,) = audit_lines(store, conversation)
    assert (line.by, line.by_name, line.message, line.slots) == ("sora", "소라", 1, ("card", "card_code"))
    assert line.reason == "환불 계좌 대조"
    assert CARD not in line.model_dump_json()
    desk.unmask(conversation, SORA, 1)
    assert len(audit_lines(store, conversation)) == 2


def test_an_agent_may_not_and_leaves_no_line(store: SQLStore, desk: Desk, conversation: str) -> None:
    with pytest.raises(NotAllowed, match="minji may not"):
        desk.unmask(conversation, MINJI, 1)
    assert audit_lines(store, conversation) == ()


def test_nothing_masked_is_not_found(store: SQLStore, desk: Desk, conversation: str) -> None:
    with pytest.raises(NotFound, match="message 7"):
        desk.unmask(conversation, SORA, 7)
    with pytest.raises(NotFound):
        desk.unmask("nobody", SORA, 1)
    assert audit_lines(store, conversation) == ()


def test_without_the_key_the_mask_stays(store: SQLStore, conversation: str) -> None:
    found = Desk(store, FileCustomerDirectory()).unmask(conversation, SORA, 1)
    assert [each.value for each in found] == [None, None]
