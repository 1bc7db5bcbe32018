"""The texts that code writes, in Korean and English: a transfer never depends on a model's wording."""

from __future__ import annotations

from dataclasses import dataclass

from ..escalation.smalltalk import SmallTalk
from ..escalation.verdict import Decision, Draft, DraftKind, Reason, Verdict
from .holding import holding

TEXTS: dict[str, dict[str, str]] = {
    "ko": {
        "not_found": "죄송하지만 도움말에서 그 내용을 찾지 못했어요. 상담사에게 연결해 드릴까요?",
        "offer_repeat": "같은 내용을 다시 여쭤보시게 해서 죄송해요. 아래 안내로 해결되지 않으면 상담사에게 연결해 드릴게요.",
        "offer_upset": "불편을 드려 죄송합니다. 우선 관련 안내를 드리고, 원하시면 바로 상담사에게 연결해 드릴게요.",
        "offer_upset_alone": "불편을 드려 정말 죄송합니다. 제가 바로 해결해 드리기 어려운 내용이라, 상담사에게 연결해 드릴까요?",
        "offer_end": "상담사에게 연결해 드릴까요?",
        "clarify": "제가 정확히 이해했는지 확인하고 싶어요. 혹시 이 중에 찾으시는 내용이 있나요?",
        "barely": "도움말에서 꼭 맞는 내용을 찾지 못했어요. 혹시 이 중에 찾으시는 내용이 있나요? 아니면 상담사에게 연결해 드릴까요?",
        "which": "어느 쪽인가요?",
        "acknowledged": "네, 말씀해 주셔서 감사합니다. 더 확인이 필요하신 점이 있으면 알려 주세요.",
        "chat": "저는 도움말을 바탕으로 안내해 드리는 AI 상담 도우미라 그 이야기는 나누기 어려워요. 이용하시면서 궁금한 점이 있으면 말씀해 주세요.",
        "calm": "불편을 드렸다면 죄송합니다. 해결할 수 있도록 도와드릴게요.",
        "choice_yes": "상담사 연결",
        "choice_no": "괜찮아요",
        SmallTalk.GREETING: "안녕하세요! 저는 AI 상담 도우미예요. 무엇을 도와드릴까요?",
        SmallTalk.THANKS: "도움이 되었다니 다행이에요. 더 궁금한 점이 있으면 언제든 말씀해 주세요.",
        SmallTalk.IDENTITY: "저는 사람이 아니라 AI 상담 도우미예요. 도움말을 바탕으로 답해 드리고, 원하시면 언제든 상담사에게 연결해 드려요.",
        SmallTalk.FAREWELL: "이용해 주셔서 감사합니다. 좋은 하루 보내세요!",
        SmallTalk.YES: "네, 알겠습니다. 더 궁금한 점이 있으면 말씀해 주세요.",
        SmallTalk.NO: "네, 알겠습니다. 다른 궁금한 점이 있으면 언제든 말씀해 주세요.",
    },
    "en": {
        "not_found": "I'm sorry, I couldn't find that in our help articles. Would you like me to connect you to one of our agents?",
        "offer_repeat": "I'm sorry you had to ask again. If the information below doesn't settle it, I can connect you to one of our agents.",
        "offer_upset": "I'm sorry for the trouble. Here is what I found; if you like, I'll connect you to one of our agents right away.",
        "offer_upset_alone": "I'm really sorry for the trouble. I can't settle this for you myself; would you like me to connect you to one of our agents?",
        "offer_end": "Would you like me to connect you to one of our agents?",
        "clarify": "I'd like to be sure I understand. Is one of these what you're looking for?",
        "barely": "I couldn't find quite what you asked for. Is one of these what you're looking for, or would you like me to connect you to one of our agents?",
        "which": "Which one is it?",
        "acknowledged": "Thank you for telling me. If there is anything else you'd like to check, just ask.",
        "chat": "I'm the AI assistant and only know our help articles, so I can't help with that one. If there is anything about our service, just ask.",
        "calm": "I'm sorry for the trouble. I'd like to help you get this sorted.",
        "choice_yes": "Talk to a person",
        "choice_no": "No, thanks",
        SmallTalk.GREETING: "Hello! I'm the AI assistant. How can I help you?",
        SmallTalk.THANKS: "You're welcome! If there is anything else, just ask.",
        SmallTalk.IDENTITY: "I'm an AI assistant, not a person. I answer from our help articles, and I can connect you to one of our agents whenever you like.",
        SmallTalk.FAREWELL: "Thank you for contacting us. Have a nice day!",
        SmallTalk.YES: "All right. If there is anything else, just ask.",
        SmallTalk.NO: "All right. If anything else comes up, just ask.",
    },
}


def words(lang: str) -> dict[str, str]:
    """The texts of a language (English for those we have none in)."""
    return TEXTS.get(lang, TEXTS["en"])


@dataclass(frozen=True, slots=True)
class Reply:
    """What is shown: text, whether the draft's citations go with it, texts offered as chips, and their articles."""

    text: str
    cited: bool
    choices: tuple[str, ...] = ()
    choice_ids: tuple[str, ...] = ()


def compose_reply(verdict: Verdict, draft: Draft | None, lang: str, country: str = "KR") -> Reply:
    """The words that go with a verdict.

    Args:
        draft: What the assistant would say; None where the guard decided without.
        lang: The language to write in.
        country: ISO 3166: whose crisis lines are named where somebody speaks of self-harm.
    """
    text = words(lang)
    if verdict.decision is Decision.HAND_OFF or draft is None:
        return Reply(holding(verdict, lang, country), cited=False)
    choices = (text["choice_yes"], text["choice_no"])
    if verdict.rule == "acknowledged":
        return Reply(text[_ACKNOWLEDGED.get(str(verdict.signals.get("act")), "acknowledged")], cited=False)
    opening = f"{text['calm']}\n\n" if verdict.rule == "calmed" else ""
    if verdict.decision is Decision.CLARIFY and draft.kind is DraftKind.CLARIFY and draft.text:
        return Reply(opening + draft.text, cited=True, choices=draft.near, choice_ids=draft.near_ids)
    if verdict.decision is Decision.CLARIFY and draft.near and verdict.rule == "barely":
        beside = (*draft.near, text["choice_yes"])
        return Reply(text["barely"], cited=False, choices=beside, choice_ids=draft.near_ids)
    if verdict.decision is Decision.CLARIFY and draft.near:
        return Reply(opening + text["clarify"], cited=False, choices=draft.near, choice_ids=draft.near_ids)
    if verdict.decision is Decision.OFFER:
        usable = draft.kind is DraftKind.ANSWER and draft.citations and verdict.rule != "unclear_again"
        if not usable or verdict.rule == "nothing_found":
            alone = "offer_upset_alone" if Reason.FRUSTRATION in verdict.reasons else "not_found"
            return Reply(text[alone], cited=False, choices=choices)
        opening = text["offer_upset" if Reason.FRUSTRATION in verdict.reasons else "offer_repeat"]
        return Reply(f"{opening}\n\n{draft.text}\n\n{text['offer_end']}", cited=True, choices=choices)
    if verdict.decision is Decision.CLARIFY or not draft.text:
        # A guard of one's own may ask for what there is not; an empty bubble helps nobody.
        return Reply(text["not_found"], cited=False, choices=choices)
    return Reply(opening + draft.text, cited=True)


_ACKNOWLEDGED = {
    "thanks": SmallTalk.THANKS,
    "decline_offer": SmallTalk.NO,
    "accept_offer": SmallTalk.YES,
    "chitchat": "chat",
}
"""By what the turn does (``signals["act"]``)."""
