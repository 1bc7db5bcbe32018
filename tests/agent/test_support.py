"""The stand-ins must be able to fail a test themselves."""

from __future__ import annotations

import pytest
from batonpass.knowledge import KnowledgeBase

from .support import ScriptedChatModel, StubKnowledge


def test_the_stub_is_a_knowledge_base():
    assert isinstance(StubKnowledge(), KnowledgeBase)


def test_the_scripted_model_fails_on_unplayed_steps():
    model = ScriptedChatModel(steps=["one", "two"])
    assert model.invoke("?").text == "one"
    with pytest.raises(AssertionError, match="never played"):
        model.done()


def test_the_scripted_model_fails_on_a_call_too_many():
    model = ScriptedChatModel()
    with pytest.raises(AssertionError, match="once more"):
        model.invoke("?")
    with pytest.raises(AssertionError, match="without a step"):
        model.done()
