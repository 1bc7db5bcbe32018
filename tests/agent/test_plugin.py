"""examples/plugin, in an interpreter of its own, as its README says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from batonpass.agent.holding import TEXTS as HOLDING
from batonpass.agent.replies import TEXTS

PLUGIN = Path(__file__).parents[2] / "examples" / "plugin"


def plugin(*arguments: str, folder: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "BATONPASS_"))}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=180, cwd=folder, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_answers_and_calls_a_person(tmp_path: Path):
    said = plugin(str(PLUGIN / "agent.py"), folder=tmp_path)
    assert "Standard delivery costs 5 dollars and is free for orders over 50 dollars." in said
    assert "기본 배송비는 3,000원이며, 50,000원 이상 주문하면 무료입니다." in said
    assert said.count("[1]") == 2
    assert said.rstrip().endswith(HOLDING["en"]["plain"])
    assert said.count("[ticket] explicit_request") == 1
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_it_drops_into_anybodys_agent(tmp_path: Path):
    code = """
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from batonpass import Decision, EscalationMiddleware

model = GenericFakeChatModel(messages=iter([AIMessage("We never charge anything.")]))
agent = create_agent(model, middleware=[EscalationMiddleware()])
state = agent.invoke({"messages": [("user", "What does delivery cost?")]})
assert "never charge" not in str(state["messages"])
assert state["outcome"]["verdict"]["decision"] == Decision.OFFER
print(state["messages"][-1].text)
"""
    assert plugin("-c", code, folder=tmp_path).strip() == TEXTS["en"]["not_found"]


def test_the_retriever_example_names_its_sources(tmp_path: Path):
    said = plugin(str(PLUGIN / "retriever.py"), folder=tmp_path)
    english, korean = said.split("Answer from these passages only, and cite them as [n].")[1:]
    assert "[1] Delivery times and fees (delivery.md, characters 0-" in english
    assert "Standard delivery costs 5 dollars" in english
    assert "\n\nQuestion: How much does delivery cost?" in english
    assert "[1] 배송 기간과 배송비 (delivery-ko.md, characters 0-" in korean
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_the_readme_shows_what_the_example_does():
    readme, example = (PLUGIN / "README.md").read_text("utf-8"), (PLUGIN / "agent.py").read_text("utf-8")
    shown = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(shown) == 1
    compile(shown[0], "README.md", "exec")
    for line in shown[0].splitlines():
        if "middleware=" in line or "tools=" in line or line.startswith("from langchain"):
            assert line.strip() in example
    assert len(example.splitlines()) <= 50
