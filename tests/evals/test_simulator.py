"""Simulated customers: their branches, the model that plays one, and what is asserted of the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batonpass.agent import Settings
from batonpass.agent.compose import compose
from batonpass.escalation import FileCustomerDirectory, Message
from batonpass.evals.formats import Simulation
from batonpass.evals.personas import PERSONAS
from batonpass.evals.runner import run_suite
from batonpass.evals.scorers import ReplyChecks
from batonpass.evals.simulator import ModelCustomer, ScriptedCustomer, simulate
from batonpass.evals.suite import SuiteError, load_suite
from batonpass.evals.turns import Stage, SuiteDirectory
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage

from .small import company, lines, write_suite

GOAL = {
    "ask": "how much is standard delivery?",
    "again": ["I mean the price of delivery.", "What does delivery cost?"],
    "facts": [["4 euros"]],
    "details": "My order is SD-20260101-0007.",
    "wrong": "It's SD-20260101-0070.",
}
KO = {
    "ask": "기본 배송비 얼마예요?",
    "again": ["배송비요 배송비"],
    "facts": [["4,200원"]],
    "details": "주문은 SD-20260101-0008이에요.",
}


def spec(persona: str = "calm", lang: str = "en", **more: Any) -> Simulation:
    goal = {**(KO if lang == "ko" else GOAL), **more.pop("goal", {})}
    return Simulation.model_validate({"id": "s", "lang": lang, "persona": persona, "goal": goal, **more})


def seen(decision: str = "answer", reply: str = "Something else.") -> dict[str, Any]:
    return {"decision": decision, "reply": reply, "citations": []}


def play(simulation: Simulation, *replies: dict[str, Any]) -> tuple[list[str], str | None]:
    customer = ScriptedCustomer(simulation)
    said: list[str] = []
    for last in (None, *replies):
        if (text := asyncio.run(customer.next(last))) is None:
            break
        said.append(text)
    return said, customer.outcome


def test_a_satisfied_customer_thanks_and_goes() -> None:
    said, outcome = play(spec(), seen(reply="It is 4 euros."), seen())
    assert said == ["how much is standard delivery?", "Thank you!"]
    assert outcome == "satisfied"


def test_an_unhelpful_reply_is_answered_in_other_words_until_patience_ends() -> None:
    said, outcome = play(spec(patience=3), seen(), seen(), seen(), seen("hand_off"))
    assert said == [
        "how much is standard delivery?",
        "I mean the price of delivery.",
        "What does delivery cost?",
        "Could I talk to a person, please?",
        "My order is SD-20260101-0007.",
    ]
    assert outcome == "handed_off"


def test_offers_are_taken_up_or_turned_down() -> None:
    assert play(spec("calm"), seen("offer"))[0][-1] == "Yes, please connect me."
    said, outcome = play(spec("declines", patience=2), seen("offer"), seen("offer"), seen("answer"))
    assert said[1].startswith("No, I don't need a person. ")
    assert said[-1] == "OK, I'll look for it myself."
    assert outcome == "gave_up"


def test_rage_a_doubt_and_a_request_at_once() -> None:
    assert "ABSOLUTE JOKE" in play(spec("furious", patience=1), seen())[0][-1]
    said, outcome = play(spec("sceptic"), seen(reply="4 euros"), seen(reply="4 euros"))
    assert said[1].startswith("Are you sure?")
    assert outcome == "satisfied"
    assert play(spec("wants_person"), seen("hand_off"))[0] == [
        "I'd like to talk to a person straight away.",
        "how much is standard delivery? My order is SD-20260101-0007.",
    ]


def test_whoever_is_never_passed_on_leaves() -> None:
    said, outcome = play(spec(patience=1), *[seen()] * 8)
    assert said.count("Could I talk to a person, please?") == 2
    assert outcome == "gave_up"


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_persona_comes_to_an_end_in_both_languages(persona: str, lang: str) -> None:
    for last in (seen(), seen("offer"), seen("clarify"), seen("hand_off"), seen(reply="4 euros, 4,200원")):
        said, outcome = play(spec(persona, lang), *[last] * 15)
        assert outcome in ("satisfied", "handed_off", "gave_up")
        assert all(text and "{" not in text for text in said)
    assert len(PERSONAS) >= 12


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    settings = Settings(data=folder / "data", kb=company(folder / "kb"))
    directory = SuiteDirectory(FileCustomerDirectory(None))
    with compose(settings, directory=directory) as parts:
        parts.sync([settings.knowledge])
        yield Stage(parts, directory, ReplyChecks(parts.knowledge, []))


def test_a_customer_who_gets_the_facts_is_satisfied(stage: Stage) -> None:
    expect = {
        "outcome": ["satisfied"],
        "decisions": ["answer"],
        "never": ["hand_off", "offer"],
        "articles": ["delivery-fee"],
        "not_contains": ["5 euros"],
        "status": "bot",
        "max_turns": 2,
    }
    result = asyncio.run(simulate(spec(expect=expect), stage))
    assert result["failed"] == []
    assert result["passed"] is True
    assert [turn["text"] for turn in result["turns"]] == ["how much is standard delivery?", "Thank you!"]


def test_a_customer_who_wants_a_person_gets_one_with_the_packet(stage: Stage) -> None:
    # The slip of the tongue went along with the hand-off; what was said while they waited brought a newer packet.
    expect = {"outcome": ["handed_off"], "facts": {"order_number": "SD-20260101-0007"}, "status": "waiting"}
    goal = {"ask": "Connect me to an agent.", "facts": []}
    result = asyncio.run(simulate(spec("corrects", goal=goal, expect=expect, customer={"id": "C-5"}), stage))
    assert result["failed"] == []
    assert result["turns"][-1]["decision"] == "silent"


class Player(GenericFakeChatModel):
    """A scripted model that plays the customer; what it was shown is kept."""

    prompts: list[list[BaseMessage]] = []  # noqa: RUF012 - a pydantic field

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Any:
        self.prompts.append(list(messages))
        return super()._generate(messages, *args, **kwargs)


def player(*said: str) -> Player:
    return Player(messages=iter(AIMessage(text) for text in said), prompts=[])


def test_a_model_plays_the_customer_and_never_sees_the_answer_key(stage: Stage) -> None:
    simulation = spec(expect={"outcome": ["satisfied"], "articles": ["returns"]})
    model = player("hi, what's the standard delivery price?", "[[DONE]]")
    result = asyncio.run(simulate(simulation, stage, ModelCustomer(simulation, model)))
    assert result["outcome"] == "satisfied"
    assert result["failed"] == ["cited none of returns"]
    told = str(model.prompts[0][0].text)
    assert "how much is standard delivery?" in told
    assert "4 euros" not in told
    assert "returns" not in told
    assert len(model.prompts) == 2
    assert "4 euros" in str(model.prompts[1][-1].text)  # the assistant's reply


def test_a_model_that_takes_a_wrong_reply_for_the_answer_was_misled(stage: Stage) -> None:
    simulation = spec()
    result = asyncio.run(simulate(simulation, stage, ModelCustomer(simulation, player("hello", "[[DONE]]"))))
    assert result["outcome"] == "misled"
    result = asyncio.run(simulate(simulation, stage, ModelCustomer(simulation, player("hello", "[[LEAVE]]"))))
    assert result["outcome"] == "gave_up"


def test_a_model_that_never_ends_is_ended(stage: Stage) -> None:
    simulation = spec()
    result = asyncio.run(simulate(simulation, stage, ModelCustomer(simulation, player(*["thanks"] * 20))))
    assert len(result["turns"]) == 15
    assert result["outcome"] == "gave_up"


def test_simulations_of_a_suite_run_with_it_and_through_the_store(tmp_path: Path) -> None:
    write_suite(tmp_path, [], [])
    rows = [
        spec(expect={"outcome": ["satisfied"]}).model_dump(mode="json"),
        {**spec("curt", "ko").model_dump(mode="json"), "id": "t"},
    ]
    rows[1]["expect"] = {"outcome": ["gave_up"]}
    lines(tmp_path / "simulations.jsonl", rows)
    run = run_suite(load_suite(tmp_path))
    assert [r["passed"] for r in run["simulations"]] == [True, False]
    assert run["simulations"][1]["failed"] == ["outcome satisfied, expected gave_up"]
    assert run["metrics"]["simulation.passed"]["value"] == 0.5
    assert run["scenarios"] == []


def test_what_a_simulated_customer_says_is_stored_like_any_other(stage: Stage) -> None:
    before = {head.id for head in stage.parts.store.list()}
    asyncio.run(simulate(spec(), stage))
    (made,) = {head.id for head in stage.parts.store.list()} - before
    said = [item.text for item in stage.parts.store.items(made) if isinstance(item, Message)]
    assert len(said) == 4


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"persona": "calmm"}, "no persona 'calmm' (did you mean 'calm'?)"),
        ({"goal": {}}, "goal.ask: Field required"),
        ({"expect": {"articles": ["nowhere"]}}, "no article 'nowhere'"),
        ({"expect": {"outcome": ["happy"]}}, "expect.outcome"),
        ({"patience": 0}, "patience"),
    ],
)
def test_a_broken_simulation_names_its_line(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    row = {"id": "s", "lang": "en", "persona": "calm", "goal": {"ask": "hm?"}, **change}
    write_suite(tmp_path)
    lines(tmp_path / "simulations.jsonl", [row])
    with pytest.raises(SuiteError) as caught:
        load_suite(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'simulations.jsonl'}:1: ")
    assert why in str(caught.value)
