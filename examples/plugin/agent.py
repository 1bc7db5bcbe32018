"""Your own LangChain agent, with Batonpass's retrieval and escalation in it; it runs offline."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from batonpass import EscalationMiddleware, ExtractiveChatModel, LocalKnowledgeBase
from batonpass.agent import Outcome, search_knowledge_tool
from batonpass.knowledge import load_folders
from langchain.agents import create_agent
from langgraph.checkpoint.memory import InMemorySaver


def call_a_person(outcome: Outcome) -> None:
    """Open a ticket, ring a bell: whatever calls a person at your company."""
    print(f"  [ticket] {', '.join(outcome.verdict.reasons)}")


def build(knowledge: LocalKnowledgeBase) -> Any:
    """An agent of your own; any chat model that calls tools does."""
    return create_agent(
        ExtractiveChatModel(),  # or "openai:gpt-5-mini"
        tools=[search_knowledge_tool(knowledge)],
        middleware=[EscalationMiddleware(on_hand_off=call_a_person)],
        checkpointer=InMemorySaver(),
    )


def main() -> None:
    """Ask three questions; the last one calls a person."""
    documents, failures = load_folders([Path(__file__).parent / "help"])
    with TemporaryDirectory() as folder:
        knowledge = LocalKnowledgeBase(Path(folder))
        knowledge.sync(documents, failures=failures)
        agent, thread = build(knowledge), {"configurable": {"thread_id": "1"}}
        for said in ("How much does delivery cost?", "배송비는 얼마인가요?", "I want to speak with a human here"):
            state = agent.invoke({"messages": [("user", said)]}, config=thread)
            print(f"> {said}\n{state['messages'][-1].text}")
        knowledge.close()


if __name__ == "__main__":
    main()
