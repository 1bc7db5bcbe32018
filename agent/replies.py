"""The texts that code writes, in Korean and English: a transfer never depends on a model's wording."""

from __future__ import annotations

from dataclasses import dataclass

from ..escalation.smalltalk import SmallTalk
from ..escalation.verdict import Decision, Draft, DraftKind, Reason, Verdict

TEXTS: dict[str, dict[str, str]] = {
    "ko": {
        "hand_off": "상담사에게 연결해 드릴게요. 지금까지 나눈 내용은 그대로 전달되니 다시 설명하지 않으셔도 됩니다.",
        "hand_off_trouble": "지금은 제가 정확히 안내해 드리기 어려워 상담사에게 연결해 드릴게요. 남겨 주신 내용은 그대로 전달됩니다.",
        "hand_off_upset": "불편을 드려 죄송합니다. 바로 상담사에게 연결해 드릴게요. 지금까지의 내용은 그대로 전달되니 다시 설명하지 않으셔도 됩니다.",
        "not_found": "죄송하지만 도움말에서 그 내용을 찾지 못했어요. 상담사에게 연결해 드릴까요?",
        "offer_repeat": "같은 내용을 다시 여쭤보시게 해서 죄송해요. 아래 안내로 해결되지 않으면 상담사에게 연결해 드릴게요.",
        "offer_upset": "불편을 드려 죄송합니다. 우선 관련 안내를 드리고, 원하시면 바로 상담사에게 연결해 드릴게요.",
        "offer_upset_alone": "불편을 드려 정말 죄송합니다. 제가 바로 해결해 드리기 어려운 내용이라, 상담사에게 연결해 드릴까요?",
        "offer_end": "상담사에게 연결해 드릴까요?",
        "clarify": "제가 정확히 이해했는지 확인하고 싶어요. 혹시 이 중에 찾으시는 내용이 있나요?",
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
        "hand_off": "I'm connecting you to one of our agents. They will see everything we've talked about, so you won't have to explain it again.",
        "hand_off_trouble": "I can't give you a reliable answer right now, so I'm connecting you to one of our agents. They will see what you've written.",
        "hand_off_upset": "I'm sorry for the trouble. I'm connecting you to one of our agents right away; they will see everything, so you won't have to explain it again.",
        "not_found": "I'm sorry, I couldn't find that in our help articles. Would you like me to connect you to one of our agents?",
        "offer_repeat": "I'm sorry you had to ask again. If the information below doesn't settle it, I can connect you to one of our agents.",
        "offer_upset": "I'm sorry for the trouble. Here is what I found; if you like, I'll connect you to one of our agents right away.",
        "offer_upset_alone": "I'm really sorry for the trouble. I can't settle this for you myself; would you like me to connect you to one of our agents?",
        "offer_end": "Would you like me to connect you to one of our agents?",
        "clarify": "I'd like to be sure I understand. Is one of these what you're looking for?",
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
    """What is shown: text, whether the draft's citations go with it, and texts offered as chips."""

    text: str
    cited: bool
    choices: tuple[str, ...] = ()


def compose_reply(verdict: Verdict, draft: Draft | None, lang: str) -> Reply:
    """The words that go with a verdict.

    Args:
        draft: What the assistant would say; None where the guard decided without.
        lang: The language to write in.
    """
    text = words(lang)
    if verdict.decision is Decision.HAND_OFF or draft is None:
        return Reply(text[_holding(verdict)], cited=False)
    choices = (text["choice_yes"], text["choice_no"])
    if verdict.decision is Decision.CLARIFY and draft.kind is DraftKind.CLARIFY and draft.text:
        return Reply(draft.text, cited=True)
    if verdict.decision is Decision.CLARIFY and draft.near:
        return Reply(text["clarify"], cited=False, choices=draft.near)
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
    return Reply(draft.text, cited=True)


def _holding(verdict: Verdict) -> str:
    if Reason.FRUSTRATION in verdict.reasons or Reason.ABUSE in verdict.reasons:
        return "hand_off_upset"
    if {Reason.GUARD_ERROR, Reason.TOOL_FAILURE, Reason.FAILED_ATTEMPTS} & set(verdict.reasons):
        return "hand_off_trouble"
    return "hand_off"
