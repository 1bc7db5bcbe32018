from __future__ import annotations

import pytest
from batonpass.agent.packets import Packets
from batonpass.escalation import (
    Action,
    Author,
    Customer,
    Decision,
    EventKind,
    Evidence,
    Handoff,
    Message,
    NewEvent,
    NewMessage,
    Reason,
    ReceiptError,
    SQLStore,
    Verdict,
    build_handoff,
    receipt,
)
from batonpass.escalation.receipt import add_line, correct_line, newest_packet, open_receipt

FURIOUS = Verdict(
    decision=Decision.HAND_OFF,
    reasons=(Reason.FRUSTRATION, Reason.ABUSE),
    evidence=(Evidence(reason=Reason.ABUSE, text="you clowns", seq=2),),
    frustration=3,
)
SAID = ("협탁이 흠집 난 채로 왔어요. SD-20261102-0455 입니다", "카드는 4242-4242-4242-4242 예요. 사람 불러요")


def handed_off(store: SQLStore, *texts: str) -> str:
    head = store.create(lang="ko")
    for text in texts:
        store.apply(head.id, Action.RECEIVE, [NewMessage(Author.CUSTOMER, text)])
    messages = [i for i in store.items(head.id) if isinstance(i, Message)]
    packet = build_handoff(messages, FURIOUS, lang="ko", customer=Customer(id="C-1", name="한도윤"))
    store.apply(head.id, Action.HAND_OFF, [NewEvent(EventKind.HANDOFF, packet.model_dump(mode="json"))])
    return head.id


def packets(store: SQLStore) -> Packets:
    return Packets(store, None)  # pyright: ignore[reportArgumentType]


def packet(store: SQLStore, conversation_id: str) -> Handoff:
    found = newest_packet(store, conversation_id)
    assert found is not None
    return found


def test_it_shows_what_was_passed_on_and_no_judgement(store: SQLStore) -> None:
    shown = open_receipt(store, handed_off(store, *SAID))
    assert shown is not None
    texts = {line.id.split(":")[0]: line.text for line in shown.lines}
    assert texts["name"] == "한도윤"
    assert texts["question"] == SAID[0]
    assert texts["order_number"] == "SD-20261102-0455"
    assert texts["card"] == "4***-****-****-4242"
    words = shown.model_dump_json()
    assert "4242-4242" not in words
    assert not any(inner in words for inner in ("clowns", "abuse", "frustration", "불만", "화가", "거친"))


def test_it_speaks_english_to_others(store: SQLStore) -> None:
    made = packet(store, handed_off(store, *SAID))
    assert receipt(made, "ja").title == "This is what we passed on"


def test_a_correction_supersedes_the_fact_and_stands_in_the_transcript(store: SQLStore) -> None:
    conversation_id = handed_off(store, *SAID)
    result = packets(store).correct(conversation_id, "order_number:SD-20261102-0455", "SD-20261102-0499")
    message = result.items[0]
    assert isinstance(message, Message)
    assert (message.author, "SD-20261102-0499" in message.text) == (Author.CUSTOMER, True)
    facts = [f for f in packet(store, conversation_id).facts if f.slot == "order_number"]
    assert [(f.value, f.superseded, f.origin) for f in facts] == [
        ("SD-20261102-0499", False, "receipt"),
        ("SD-20261102-0455", True, "chat"),
    ]
    assert facts[0].seq == message.seq
    shown = open_receipt(store, conversation_id)
    assert shown is not None
    assert "order_number:SD-20261102-0455" not in [line.id for line in shown.lines]


def test_any_wording_corrects_a_line(store: SQLStore) -> None:
    conversation_id = handed_off(store, *SAID)
    packets(store).correct(conversation_id, "product:협탁", "침대 옆 작은 장")
    values = {(f.value, f.superseded) for f in packet(store, conversation_id).facts if f.slot == "product"}
    assert ("침대 옆 작은 장", False) in values
    assert ("협탁", True) in values


def test_the_question_can_be_put_right(store: SQLStore) -> None:
    conversation_id = handed_off(store, *SAID)
    packets(store).correct(conversation_id, "question", "교환 말고 환불을 원해요")
    question = packet(store, conversation_id).question
    assert question is not None
    assert question.text == "교환 말고 환불을 원해요"


def test_a_line_can_be_added(store: SQLStore) -> None:
    conversation_id = handed_off(store, *SAID)
    packets(store).add(conversation_id, "오후 3시 전에는 전화를 못 받아요")
    (added,) = packet(store, conversation_id).added
    assert added.text == "오후 3시 전에는 전화를 못 받아요"
    assert any(added.text in line for line in packet(store, conversation_id).summary)


def test_sent_twice_it_happens_once(store: SQLStore) -> None:
    conversation_id = handed_off(store, *SAID)
    first = packets(store).add(conversation_id, "문 앞에 두세요", client_id="a")
    again = packets(store).add(conversation_id, "문 앞에 두세요", client_id="a")
    assert again.repeated
    assert again.items[0] == first.items[0]
    assert len(packet(store, conversation_id).added) == 1


def test_a_card_in_a_correction_is_masked(store: SQLStore) -> None:
    conversation_id = handed_off(store, *SAID)
    add_line(store, conversation_id, "새 카드는 5555-5555-5555-4444 예요")
    assert "5555-5555" not in str(store.items(conversation_id))


@pytest.mark.parametrize(
    ("line", "text", "code"),
    [
        ("order_number:SD-1", "SD-2", "no_line"),
        ("name", "다른 사람", "no_line"),
        ("question", " \n ", "empty"),
        ("question", "가" * 501, "too_long"),
    ],
)
def test_what_cannot_be_is_refused(store: SQLStore, line: str, text: str, code: str) -> None:
    conversation_id = handed_off(store, *SAID)
    before = store.get(conversation_id).version
    with pytest.raises(ReceiptError) as raised:
        correct_line(store, conversation_id, line, text)
    assert raised.value.code == code
    assert store.get(conversation_id).version == before


def test_without_a_hand_off_there_is_none(store: SQLStore) -> None:
    head = store.create()
    assert open_receipt(store, head.id) is None
    with pytest.raises(ReceiptError, match="no_receipt"):
        add_line(store, head.id, "hello")


def test_what_is_said_while_waiting_reaches_the_packet(store: SQLStore) -> None:
    conversation_id = handed_off(store, "상담사 연결해 주세요")
    assert packet(store, conversation_id).question is None
    said = [NewMessage(Author.CUSTOMER, "SD-20261110-0777 러그가 아직 안 왔어요")]
    packets(store).follow(store.apply(conversation_id, Action.RECEIVE, said))
    fresh = packet(store, conversation_id)
    assert fresh.question is not None
    assert fresh.question.text == "SD-20261110-0777 러그가 아직 안 왔어요"
    assert {f.value for f in fresh.facts} == {"SD-20261110-0777", "러그"}
    version = store.get(conversation_id).version
    packets(store).follow(store.apply(conversation_id, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "네")]))
    assert store.get(conversation_id).version == version + 1
