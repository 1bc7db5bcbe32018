"""What a customer reads while a person is on the way: by reason and topic, and for self-harm whom to call now."""

from __future__ import annotations

from collections.abc import Mapping

from ..escalation.verdict import Reason, Verdict

HOTLINES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "KR": {
        "ko": (
            "자살예방 상담전화 109 (24시간)",
            "정신건강 위기상담 1577-0199 (24시간)",
            "청소년 전화 1388 (24시간)",
            "긴급 상황은 119",
        ),
        "en": ("Suicide prevention line 109 (24 hours)", "Emergency 119"),
    },
    "US": {
        "ko": ("988 자살·위기 상담전화(전화·문자, 24시간)", "긴급 상황은 911"),
        "en": ("988 Suicide & Crisis Lifeline (call or text, 24 hours)", "Emergency 911"),
    },
    "CA": {
        "ko": ("988 자살위기 상담전화(전화·문자, 24시간)", "긴급 상황은 911"),
        "en": ("988 Suicide Crisis Helpline (call or text, 24 hours)", "Emergency 911"),
    },
    "GB": {
        "ko": ("Samaritans 116 123 (24시간, 무료)", "긴급 상황은 999"),
        "en": ("Samaritans 116 123 (24 hours, free)", "Emergency 999"),
    },
    "IE": {
        "ko": ("Samaritans 116 123 (24시간, 무료)", "긴급 상황은 112"),
        "en": ("Samaritans 116 123 (24 hours, free)", "Emergency 112"),
    },
    "AU": {
        "ko": ("Lifeline 13 11 14 (24시간)", "긴급 상황은 000"),
        "en": ("Lifeline 13 11 14 (24 hours)", "Emergency 000"),
    },
    "NZ": {
        "ko": ("1737 (전화·문자, 24시간)", "긴급 상황은 111"),
        "en": ("1737 (call or text, 24 hours)", "Emergency 111"),
    },
}
"""Crisis lines as their operators publish them, by country (ISO 3166) and language. Operators should check theirs."""

TEXTS: Mapping[str, Mapping[str, str]] = {
    "ko": {
        "plain": "상담사에게 연결해 드릴게요. 지금까지 나눈 내용은 그대로 전달되니 다시 설명하지 않으셔도 됩니다.",
        "trouble": "지금은 제가 정확히 안내해 드리기 어려워 상담사에게 연결해 드릴게요. 남겨 주신 내용은 그대로 전달됩니다.",
        "upset": "불편을 드려 죄송합니다. 바로 상담사에게 연결해 드릴게요. 지금까지의 내용은 그대로 전달되니 다시 설명하지 않으셔도 됩니다.",
        "safety": "다치지 않으셨는지 걱정됩니다. 위급하면 먼저 {emergency} 연락해 주세요. 상담사에게 가장 먼저 연결하고 있고, 말씀하신 내용은 그대로 전달됩니다.",
        "fraud": "많이 놀라셨겠어요. 바로 확인할 수 있도록 상담사에게 가장 먼저 연결하고 있습니다. 카드나 계좌가 관련되어 있다면 그사이 카드사나 은행에 먼저 정지를 요청해 주세요.",
        "privacy": "개인정보와 관련된 일이라 담당 상담사가 직접 확인하도록 연결해 드릴게요. 말씀하신 내용은 그대로 전달됩니다.",
        "legal": "중요한 말씀이라 담당 상담사가 직접 답변드리도록 연결해 드릴게요. 말씀하신 내용은 그대로 전달됩니다.",
        "self_harm": "지금 많이 힘드시군요. 그 마음을 말씀해 주셔서 고맙습니다. 혼자 견디지 않으셔도 돼요. 지금 바로 이야기할 수 있는 곳이 있습니다.",
        "self_harm_end": "저는 AI라서 곁에 있어 드리지는 못하지만, 저희 상담사에게도 바로 연결해 드리고 있습니다.",
        "emergency": "{number}에",
        "emergency_other": "가까운 응급 번호로",
    },
    "en": {
        "plain": "I'm connecting you to one of our agents. They will see everything we've talked about, so you won't have to explain it again.",
        "trouble": "I can't give you a reliable answer right now, so I'm connecting you to one of our agents. They will see what you've written.",
        "upset": "I'm sorry for the trouble. I'm connecting you to one of our agents right away; they will see everything, so you won't have to explain it again.",
        "safety": "I hope nobody is hurt. If it is an emergency, please call {emergency} first. I'm putting you at the front of the queue for one of our agents, who will see what you've written.",
        "fraud": "That must be worrying. I'm putting you at the front of the queue for one of our agents. If a card or an account is involved, please ask your bank to block it in the meantime.",
        "privacy": "As this is about personal data, one of our agents will look into it in person. They will see what you've written.",
        "legal": "This is important, so one of our agents will answer you in person. They will see what you've written.",
        "self_harm": "I'm so sorry you are going through this, and I'm glad you said it. You don't have to carry it alone: there are people you can talk to right now.",
        "self_harm_end": "I'm an AI and can't be there for you the way a person can, so I'm also connecting you to one of our agents straight away.",
        "emergency": "{number}",
        "emergency_other": "your local emergency number",
    },
}
_EMERGENCY = {"KR": "119", "US": "911", "CA": "911", "GB": "999", "IE": "112", "AU": "000", "NZ": "111"}


def holding(verdict: Verdict, lang: str, country: str = "KR") -> str:
    """The holding message of a hand-off.

    Args:
        verdict: Why a person is called; an operator's own message wins over all but self-harm.
        lang: ``ko``, else English.
        country: ISO 3166, of the hotlines; one that is not listed gets no numbers but the advice to call those.
    """
    lang = lang if lang in TEXTS else "en"
    words = TEXTS[lang]
    topic = str(verdict.signals.get("topic", "")) if Reason.SENSITIVE_TOPIC in verdict.reasons else ""
    if topic == "self_harm":
        lines = [f"· {line}" for line in HOTLINES.get(country, {}).get(lang, ())]
        lines = lines or [f"· {_emergency(words, country)}"]
        return "\n".join([words["self_harm"], "", *lines, "", words["self_harm_end"]])
    if own := verdict.message.get(lang) or next(iter(verdict.message.values()), ""):
        return own
    if topic == "safety":
        return words["safety"].format(emergency=_emergency(words, country))
    if topic in words:
        return words[topic]
    if Reason.FRUSTRATION in verdict.reasons or Reason.ABUSE in verdict.reasons:
        return words["upset"]
    if {Reason.GUARD_ERROR, Reason.TOOL_FAILURE, Reason.FAILED_ATTEMPTS} & set(verdict.reasons):
        return words["trouble"]
    return words["plain"]


def _emergency(words: Mapping[str, str], country: str) -> str:
    number = _EMERGENCY.get(country)
    if number is None:
        return words["emergency_other"]
    return words["emergency"].format(number=number)
