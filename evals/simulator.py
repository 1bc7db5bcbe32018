"""Customers who react to what the assistant says: by a script with branches, or played by a model.

They go through the same assistant and store as the product's customers; what came of it is asserted afterwards on
decisions, replies, citations, the packet and the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from .assertions import misses
from .formats import Simulation
from .personas import PERSONAS, Persona
from .scoring import holds
from .turns import Stage, packet_of, say

MOST_TURNS = 15
DONE, LEAVE = "[[DONE]]", "[[LEAVE]]"
"""A model that plays the customer writes these when the matter is settled, or when it gives up."""


class SimulatedCustomer(Protocol):
    """Says the next thing, given what came of the last."""

    outcome: str | None

    async def next(self, last: dict[str, Any] | None) -> str | None:
        """The next message; None when they have gone.

        Args:
            last: The turn before, as FORMATS has it; None at the start.
        """
        ...


@dataclass
class ScriptedCustomer:
    """A stateful script: satisfied by the goal's facts, else rewords, loses patience, asks for a person or leaves.

    Args:
        simulation: Goal, persona and language.
    """

    simulation: Simulation
    outcome: str | None = None

    def __post_init__(self) -> None:
        self._persona: Persona = PERSONAS[self.simulation.persona]
        self._lines = self._persona.lines(self.simulation.lang)
        self._patience = self.simulation.patience or self._persona.patience
        self._used: dict[str, int] = {}
        self._opening = list(self._lines.open)
        self._doubted = not self._persona.doubts
        self._pressed = False

    async def next(self, last: dict[str, Any] | None) -> str | None:
        """The next message by the persona's script."""
        if self.outcome is not None:
            return None
        if last and last["decision"] in ("hand_off", "silent"):
            return self._end("handed_off", "details" if self.simulation.goal.details else None)
        if last and self._settled(last["reply"]):
            if self._doubted:
                return self._end("satisfied", "thanks")
            self._doubted = True
            return self._say("doubt")
        if self._opening:
            return self._filled(self._opening.pop(0))
        if last and last["decision"] == "offer" and not self._pressed:
            return self._offered()
        self._patience -= 1
        if self._patience > 0:
            return self._say("again")
        return self._at_limit()

    def _offered(self) -> str:
        if self._persona.on_offer == "accept":
            self._pressed = True
            return self._say("accept")
        self._patience -= 1
        if self._patience <= 0:
            return self._at_limit()
        return f"{self._say('decline')} {self._say('again')}"

    def _at_limit(self) -> str:
        # Whoever was not passed on when they asked for it asks once more, then leaves.
        if self._persona.at_limit == "leave" or self._used.get("ask_person", 0) > 1:
            return self._end("gave_up", "leave") or ""
        if self._persona.at_limit == "rage" and "rage" not in self._used:
            return self._say("rage")
        return self._say("ask_person")

    def _end(self, outcome: str, words: str | None) -> str | None:
        self.outcome = outcome
        return self._say(words) if words else None

    def _settled(self, reply: str) -> bool:
        wanted = not self._persona.asks_person_first and self.simulation.goal.facts
        return bool(wanted) and holds(reply, self.simulation.goal.facts)

    def _say(self, kind: str) -> str:
        options: tuple[str, ...] = getattr(self._lines, kind)
        place = self._used.get(kind, 0)
        self._used[kind] = place + 1
        return self._filled(options[min(place, len(options) - 1)])

    def _filled(self, template: str) -> str:
        goal = self.simulation.goal
        again = (*goal.again, goal.ask)
        if "{again}" in template:
            place = self._used.get("{again}", 0)
            self._used["{again}"] = place + 1
            template = template.replace("{again}", again[place % len(again)])
        for name in ("ask", "details", "wrong"):
            template = template.replace(f"{{{name}}}", getattr(goal, name))
        return template.strip()


class ModelCustomer:
    """A chat model plays the customer. It sees persona, goal and transcript, never the facts or what is expected.

    Args:
        simulation: Goal, persona and language.
        model: Any LangChain chat model.
    """

    def __init__(self, simulation: Simulation, model: BaseChatModel) -> None:
        self.outcome: str | None = None
        self._model = model
        self._facts = simulation.goal.facts
        self._messages: list[BaseMessage] = [SystemMessage(_role(simulation))]

    async def next(self, last: dict[str, Any] | None) -> str | None:
        """The next message as the model has it."""
        if self.outcome is not None:
            return None
        if last and last["decision"] in ("hand_off", "silent"):
            self.outcome = "handed_off"
            return None
        # To the model, the assistant is the one who speaks to it.
        self._messages.append(HumanMessage(last["reply"] if last else "(The chat opens.)"))
        said = str((await self._model.ainvoke(self._messages)).text).strip()
        if DONE in said:
            heard = [str(m.text) for m in self._messages if isinstance(m, HumanMessage)]
            settled = any(holds(reply, self._facts) for reply in heard)
            self.outcome = "satisfied" if settled else "misled"
            return None
        if LEAVE in said or not said:
            self.outcome = "gave_up"
            return None
        self._messages.append(AIMessage(said))
        return said


def _role(simulation: Simulation) -> str:
    persona, goal = PERSONAS[simulation.persona], simulation.goal
    language = "Korean" if simulation.lang == "ko" else "English"
    examples = "\n".join(f"- {line}" for line in (*persona.lines(simulation.lang).again, *goal.again))
    told = f"If a person takes over or asks, you say: {goal.details}\n" if goal.details else ""
    limit = {"ask_person": "you ask for a person", "leave": "you leave", "rage": "you lose your temper"}
    return (
        f"You are a customer in a shop's chat, not an assistant. Your kind: {simulation.persona}. You write "
        f"{language}, one short message at a time.\n"
        f"What you want to know: {goal.ask}\n{told}"
        f"After {simulation.patience or persona.patience} unhelpful replies {limit[persona.at_limit]}; offered a "
        f"person, you {persona.on_offer}. This is how you talk:\n{examples}\n"
        f"When the reply settles your question, write {DONE} and nothing else; when you give up, {LEAVE}."
    )


async def simulate(
    simulation: Simulation, stage: Stage, customer: SimulatedCustomer | None = None
) -> dict[str, Any]:
    """Let a customer talk to the assistant until they go.

    Args:
        customer: Who plays; default: the script of the simulation's persona.

    Returns:
        ``id``, ``persona``, ``outcome``, the ``turns`` as FORMATS has them with the customer's ``text``, the
        packet as ``handoff``, the store's ``status``, the assertions that ``failed``, and whether it ``passed``.
    """
    customer = customer or ScriptedCustomer(simulation)
    customer_id = stage.directory.bring(simulation.customer) if simulation.customer else None
    head = stage.parts.store.create(customer_id=customer_id, lang=simulation.lang)
    turns: list[dict[str, Any]] = []
    last: dict[str, Any] | None = None
    while len(turns) < MOST_TURNS and (text := await customer.next(last)):
        last = await say(text, head.id, stage, last)
        turns.append({"text": text, **last})
    result = {
        "id": simulation.id,
        "persona": simulation.persona,
        "outcome": customer.outcome or "gave_up",
        "turns": turns,
        "handoff": packet_of(head.id, stage.parts),
        "cost": sum(turn["cost"] for turn in turns),
        "status": str(stage.parts.store.get(head.id).status),
    }
    failed = [miss.line for miss in misses(simulation, result)]
    return {**result, "failed": failed, "passed": not failed}
