"""How people ask for a person in English, on lower-case clauses with the key words' slips mended ("agnet")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .wording import Mapped

Patterns = dict[str, re.Pattern[str]]

_CUT = re.compile(
    r"[.!?\n;…]+|,\s+(?=agent\b|human\b|get\b|talk\b|but\b|and\b|so\b|just\b|please\b|connect\b|can\b|could\b|let\b|i\b|how\b)"
)

_KEY = ("human", "person", "agent", "representative", "operator", "supervisor", "manager", "connect", "transfer", "someone", "somebody", "speak", "advisor", "colleague")  # fmt: skip
# One letter away from a key word, and words of their own.
_WORDS_OF_THEIR_OWN = {"humane", "humans", "persona", "persons", "parson", "agents", "agency", "manage", "managed", "manages", "managers", "sneak", "speaks", "spear", "steak", "operators", "operates", "connects", "transfers", "speaker"}  # fmt: skip


def clauses(text: str) -> Iterator[Mapped]:
    """The text's clauses in lower case; none where there is no Latin letter."""
    if not re.search(r"[A-Za-z]{1,}", text):
        return
    for part in _CUT.split(text):
        clause = re.sub(r"\s+", " ", part or "").strip()
        if clause:
            yield Mapped.respell(clause, dict(_slips(clause)))


def _slips(clause: str) -> Iterator[tuple[tuple[int, int], str]]:
    for match in re.finditer(r"[A-Za-z]{4,16}", clause):
        word = match[0].lower()
        if word in _KEY or word in _WORDS_OF_THEIR_OWN:
            continue
        for key in _KEY:
            if word[0] == key[0] and abs(len(word) - len(key)) <= 1 and _one_slip(word, key):
                yield match.span(), key
                break


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter was dropped, doubled, mistaken or swapped with its neighbour."""
    start = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest, other = a[start:], b[start:]
    swapped = rest[:2] == other[1::-1] and len(rest) > 1 and rest[2:] == other[2:]
    return swapped or rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]


_REP = r"(?:repre?s\w{2,9}e?|reps?)"
_SOMEONE = r"(?:some\s?(?:one|body|1)|sum(?:one|1|body)|sb|any(?:one|body))"
_HUMAN = r"(?:humans?(?:\s(?:beings?|beeing|agents?|reps?|persons?|advis[eo]rs?))?|persons?(?!-)|people|(?<=real\s)(?:one|1))"
_AGENT = rf"(?:(?:(?:customer|support|service|live|human)\s){{0,3}}(?:agents?|{_REP}|operators?|advis[eo]rs?)|specialist|consultant|colleague|employee|associate|case\s?worker|(?:staff|team|crew)\smembers?|staff|members?\sof\s(?:your\s|the\s)?(?:\w+\s){{0,2}}(?:team|staff)|worker|csr|(?<=your\s)people)"
_BOSS = r"(?:supervisors?|managers?|boss|team\slead(?:er)?|(?:someone|some1|whoever(?:\sis)?|person)\sin\scharge)"
_PRO = r"(?:nurse|doctor|pharmacist|lawyer|engineer|technician|developers?|devs?|vet|accountant)"
_DESK = r"(?:(?:customer|cust|client|technical|tech|live|phone|human)\s(?:services?|support|care|relations|help)(?:\s(?:team|staff|desk|people))?|(?:support|service)\s(?:team|staff|people|desk|department)|(?:billing|sales|returns|refunds|retention|complaints)(?:\s(?:team|department|dept|people|guys|desk))?|(?:accounts?|claims|tech|it)\s(?:team|department|dept|people|guys|desk)|(?:\w+\s){0,2}(?:department|dept|team))"
_DET = r"(?:(?:an?|the|your|ur|some|another|any|one|one\sof\s(?:your|ur|the)|with|directly)\s)?"
_KIND = r"(?:(?:real|live|actual|proper|different|other|senior|human|available|friendly|qualified|customer|support|service|next|of|your|ur|the|duty|store|general|branch|floor|shift|account|polish|spanish|english|korean|fucking|damn|bloody|goddamn)\s){0,3}"
_ONE = rf"(?:{_HUMAN}|{_AGENT}|{_BOSS}|{_PRO})"
_WHO = rf"{_DET}{_KIND}(?:(?:(?!of|at|for|in|on|my)\w+\s)?{_ONE}|{_SOMEONE}|{_DESK}|whoever)"
_BOT = r"(?:(?:chat)?bots?|robots?|machines?|ai|automated\s\w+|automation|computers?|algorithm)"
_DAY = r"(?:weekends?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|holidays?|christmas|easter|bank\sholidays?)"
_POLITE = r"(?:please|pls|plz|now|asap|here|thanks?|thx|thank\syou|ok|okay|just|no|hi|hello|hey|yes|i\ssaid|to|get|me|a|an|the|needed|required|requested|only|immediately|right|today|sorry|um|ffs|w|with|give|talk|speak|real|live|actual|want|need|my|your|0|one|any|again)"

DROPPED: Patterns = {
    # What time do your agents start? Are agents available on Sundays?
    "hours": re.compile(
        rf"\b(?:what|which)\s(?:time|hours|days?)\b|\b(?:until|till)\swhen\b|\bhow\slate\b|\b(?:opening|working|business|office)\s(?:hours|times)\b|\bhours\b"
        rf"|\bwhen\s(?:do|does|is|are|will)\b.{{0,40}}\b(?:open|opens|start|close|closes|available|work|working|finish|end|online|staffed)\b"
        rf"|\b(?:agents?|{_REP}|people|staff|someone|anyone|chat|lines?|support|service)\b.{{0,24}}\b(?:on|over|at|during)\s{_DAY}\b"
    ),
    # What's the average wait for an agent?
    "waiting_time": re.compile(r"\b(?:average|usual|typical|how\slong)\b.{0,30}\b(?:wait|queue|take)\b"),
    # How do I become an agent? Are service jobs remote?
    "jobs": re.compile(
        r"\b(?:become|jobs?|hire|hiring|salary|training|earn|vacanc\w+|careers?|employ\w*\sas|work\sas|register\sas)\b"
    ),
    # I don't need an agent, no need to connect me, please don't call me, why do you keep calling
    "declines": re.compile(
        rf"\b(?:don'?t|do\snot|didn'?t|won'?t|not|never|needn'?t)\s(?:\w+\s){{0,2}}?(?:need|want|have|wish|like|require)?\s?(?:to\s)?(?:be\s)?(?:an?\s|any\s|the\s|your\s)?(?:talk|speak|chat|connect(?:ed)?|transfer(?:red)?|call|phone|ring|bother|contact)?\s?(?:to|with)?\s?(?:me\b|us\b|{_DET}(?:{_AGENT}|{_HUMAN}|{_SOMEONE})\b)(?!.*\bbots?\b)"
        r"|\bno\s(?:need|agents?|call|person|human)\b(?!.*\bno\s(?:bot|robot))(?=.*\b(?:need\w*|to|required|necessary|thanks?|please)\b)|\b(?:stop|keep|kept)\s(?:on\s)?(?:call|phon|ring|contact)ing\b"
    ),
    # Are you a real person? Am I talking to a human?
    "identity": re.compile(
        r"\b(?:are|r)\s(?:you|u)\s(?:an?\s)?(?:\w+\s)?(?:human|person|bot|robot|agent|ai|machine|real)\b|(?:\bam|^do)\si\s(?:talk\w*|speak\w*|chat\w*)\s(?:to|with)\b|\bis\s(?:this|it)\s(?:an?\s)?(?:real\s)?(?:bot|robot|human|person|machine|ai)\b"
    ),
}
"""Clauses that are about something else as a whole."""

MASKED: Patterns = {
    # how do I do this without calling an agent, rather than bother an agent
    "without": re.compile(
        r"\b(?:without|instead\sof\s(?=\w+ing)|rather\sthan\s(?=bother|call|wait|ask|talk|speak|\w+ing))\b.*"
    ),
    # the agent said, your rep told me, support told me
    "said": re.compile(
        rf"\b(?:{_ONE}|{_SOMEONE}|{_DESK}|support|driver|courier|guy|lady|man|woman)\s(?:(?!call|phone|help)\w+\s){{0,6}}?(?:said|says|told|promised|informed|mentioned|advised|was|were|hung|assured|explained|helped|gave|did|replied|had|fixed|already|charged|signed|sent)\b"
    ),
    # I spoke to an agent, have already talked to
    "talked": re.compile(
        rf"\b(?:spoke|spoken|talked|chatted|been\s(?:talking|speaking|chatting))\s(?:to|with)\s{_WHO}"
    ),
    # travel agent, cleaning agent, user agent
    "other_agents": re.compile(
        r"\b(?:travel|estate|insurance|cleaning|booking|user|shipping|customs|delivery|bleaching|drying|letting|free|secret|caking|monitoring|backup|reducing|sales|parking)[\s-](?:agents?|reps?)\b|\bagents?\s(?:accounts?|seats?|licen[cs]es?|fees?|portals?|apis?|strings?|on\s(?:linux|windows|my))\b"
    ),
    # in person, per person, another person, someone else, a person limit
    "people": re.compile(
        r"\b(?:in|per|each|first|third)\sperson\b|\b(?:another|different|same|second|one|two|three|four|sick|nice|morning|contact|\d+)\s(?:person|people)\b(?=\s(?:sign|pick|use|collect|share|book|pay|can|and|room|plan)|$|\s?\?)|\b(?:transfer|give|send|gift|money|ticket\w*|booking)\b(?!\s(?:me|us|this|it)\b).{0,24}\bto\s(?:another|someone|somebody|a\sdifferent)\b.*"
        rf"|\b{_SOMEONE}\s(?:else'?s|else\s(?=pick|sign|use|collect|pay|is|has|can|to\s(?:pick|sign|use|collect|pay|my)))|\bhow\smany\s\w+|\bpeople\s(?:say|on\sthe|are|have|per)\b|\bperson\s(?:limit|who|at\sthe\sdesk|in\sthe)\b(?!\s(?:can|handled|dealt|is\sdealing))"
    ),
    # a manager account, user roles, my manager
    "roles": re.compile(
        r"\b(?:manager|supervisor|agent|operator|staff|employee|admin)\s(?:accounts?|roles?|pages?|access|passwords?|dashboards?|mode|discounts?|permissions?|app|course|plan|status|view)\b|\b(?:property|product|project|password|task|file|device|download|hotel|bank)\smanagers?\b|\b(?:add|invite|make|set|remove|assign)\s(?:\w+\s){0,3}(?:managers?|supervisors?|operators?|colleagues?|agents?)\b(?!\sto\s(?:me|my))|\bmy\s(?:manager|boss|supervisor|colleague|team|staff)\b"
    ),
    # human hair, human resources, call quality, real lifesaver
    "idioms": re.compile(
        r"\breal\s?life\s?saver\b|\bhuman\s(?:error|resources|rights|hair|readable|size|kind|verification)\b|\bas\sa\s(?:person|human)\b|\bbetter\sthan\sa\s(?:human|person)\b|\b(?:i'?m|am)\s(?:not\s)?(?:a\s)?human\b|\bcall\s(?:quality|history|log|waiting|abroad)\b"
    ),
    # how do I call / connect things of one's own
    "things": re.compile(
        r"\b(?:connect|transfer|put|switch)\s(?:my|two|the|an?|money|funds|files?|photos?|data)\s(?!(?:call|chat|case|question|issue|request|ticket|complaint|matter|conversation)\b)\w+(?:\s\w+){0,3}?\s(?:to|with|on|onto|into)\s(?:my|the|an?|wifi|you|another)?\s?(?!agent|human|person|rep|manager)\w+"
    ),
    # which number will the driver call me from, will the courier call me
    "others_call": re.compile(
        r"\b(?:will|does|did|do|would|should|which|why)\s(?:the|your|my|an?|you)?\s?(?:\w+\s)?(?:driver|courier|number|bank|you|carrier|restaurant)\b.{0,16}\bcall\w*\sme\b"
    ),
}
"""Words that sound like a request and are none; the rest of their clause still counts."""

ASKS: Patterns = {
    # talk to a human, speak with your supervisor, chat w someone real
    "talk": re.compile(
        rf"\b(?:talk|speak|spk|chat|converse|discuss|communicate|word|conversation|conversing|interact|deal)(?:ing)?\s(?:(?:this|it|directly|about\sthis)\s)?(?:to|too|with|w/?|2)?\s?{_WHO}\b(?!\s(?:selling|renting))"
    ),
    # who can I talk to
    "whom": re.compile(
        r"\bwho(?:m)?\s(?:can|do|should|could|must|may)\s(?:i|we)\s(?:talk|speak|complain|escalate)\b"
    ),
    # connect me to an agent, put me through to billing, pass me on to a colleague
    "connect": re.compile(
        rf"\b(?:connect|transfer|forward|switch|redirect|patch|escalat\w+|put|pass|hand|send|route|direct|refer|move|assign|get)(?:ing|ed)?\s(?:(?:me|us|this|it|(?:my|the|an?|this)\s\w+)\s)?(?:(?:over|through|on|across|off|up|straight|back|in\stouch)\s)?(?:to|with|w/?|onto|2|thru)\s{_WHO}\b"
    ),
    # connect me, transfer, put me through (and no more)
    "connect_bare": re.compile(
        rf"(?:^|\b(?:please|can\syou|could\syou|just|and)\s)(?:{_POLITE}\s)*(?:i\swant\sto\s|i'?d\slike\sto\s)?(?:connect\sme|be\stransferred|transfer(?:\sme)?|put\sme\sthrough|patch\sme\sthrough|hand\sme\sover|escalate(?:\s(?:this|it|my\s\w+))?)(?:\s(?:again|over|back|{_POLITE}))*\W*$"
    ),
    # get me a real person, I need an agent, give me customer support
    "get": re.compile(
        rf"\b(?:get|give|find|bring|call|want|need|(?:would|'?d)\slike|prefer|request|demand|gimme|have|assign|put|help\sfrom|see|loop\sin|loop)\s(?:(?:to\s)?(?:me|us|in|on|for)\s)?(?:(?:the\s)?(?:contact|number|details)\sof\s)?(?:(?:an?|the|your|ur|some|another|one)\s)?{_KIND}(?:{_HUMAN}|{_AGENT}|{_BOSS}|(?:{_SOMEONE})(?=$|\sreal)|live\s(?:chat|support|help)|customer\s(?:support|service|care)|human\s(?:help|support|assistance))\b(?!\s(?:accounts?|mode|role|size|say))"
    ),
    # can someone call me, could a human look at this, please let a person handle it
    "shall_do": re.compile(
        rf"\b(?:can|could|may|will|would|please|have|let|is\sit\spossible\sfor|want|need|like|get|ask)\s(?:{_WHO}(?:\s(?:from|of|in|at|on|with)\s(?:\w+\s){{0,3}}?\w+)?\s(?:(?:please|actually|just|to|kindly|quickly|personally|there)\s){{0,3}}(?:call|phone|ring|contact|look|check|review|reach\sout|get\s(?:back|in\stouch)|email|step\sin|read|be\sin\stouch|speak\sto\sme|talk\sto\sme)"
        rf"|{_DET}{_KIND}{_ONE}\s(?:(?:please|actually|just|to|kindly)\s){{0,3}}(?:check|help|assist|handle|take|deal|fix|see|sort|answer|reply|respond|explain))\b(?!\s(?:another|the\sgame))"
    ),
    # human! agent please, customer service rep (and no more)
    "only": re.compile(
        rf"^\W*(?:{_POLITE}\W+)*(?:{_KIND})(?:humans?(?:\sbeing)?|person|(?:customer\s)?(?:service\s|support\s)?(?:agents?|{_REP})|operators?|supervisor|manager|csr|(?:customer|cust|phone)\s(?:service|support|care)|live\s(?:chat|support|agent|person|help)|human\shand[\s-]?(?:off|over)|{_SOMEONE}\s(?:real|from\s{_DESK}))(?:\W+(?:{_POLITE}|agent|human|person|i\smean))*\W*$"
    ),
    # I don't want to talk to a bot, skip the bot, not you, a person
    "no_bot": re.compile(
        rf"\b(?:don'?t|do\snot|dont|rather\snot|not|never|stop|no\smore|done|tired\sof|sick\sof|hate|refuse|skip|bypass|enough\sof|get\spast|no(?=\s(?:more\s)?(?:ro|chat)?bots?|\sai\b))\s(?:(?:want|wanna|wish|like|going|to|with|continue|be)(?:ing)?\s){{0,3}}(?:talk|speak|chat|deal|continue)?(?:ing)?\s?(?:to|with)?\s?(?:an?|this|the|these|your|more|any)?\s?(?:stupid|dumb|useless|fucking|damn|bloody|brainless)?\s?{_BOT}(?:$|\W|\s)(?!\s?(?:vacuum|mower|plan|cleaner))"
        rf"|\b(?:talk|speak|chat)ing\sto\s(?:an?|this|the)\s{_BOT}\sis\b"
        r"|\bnot\s(?:you|a\s(?:ro)?bot|the\s(?:ro)?bot)\b.{0,12}\b(?:person|human|agent|someone)\b"
        rf"|\b(?:human|person|agent|someone|people)\b.{{0,20}}\b(?:not|instead\sof|rather\sthan)\s(?:an?\s|this\s|the\s)?{_BOT}"
    ),
    # is there a real person I can chat with? anyone there?
    "anybody": re.compile(
        rf"\b(?:is|are)\s(?:there\s)?(?:any|an?\s|some)?\s?{_KIND}(?:{_SOMEONE}|{_AGENT}|{_HUMAN}|one|body)\b.{{0,16}}?\b(?:there|here|i\scan|who\scan|available|around|free|to\s(?:talk|speak|help|chat)|i\scould|we\scould|online|real|alive|human)\b(?!\s(?:on|at|until|from|during)\b)"
        rf"|^\W*(?:hello\s|hi\s)?any(?:one|body)\s(?:there|here|home|alive|real)\b|\bany\s(?:real|actual|live)\s{_ONE}|\bany\s{_KIND}{_ONE}\s(?:online|available|there|around|free|(?:that\s)?i\scan)"
    ),
    # how do I reach a human, what do I press to get an agent
    "reach": re.compile(
        rf"\b(?:reach|hold\sof|through\sto|contact|access|summon|get\sto)(?:ing)?\s(?:an?|the|your|some|another)?\s?{_KIND}(?:{_HUMAN}|{_AGENT}|{_BOSS}|(?<!hard\sto\sreach\s){_SOMEONE}(?!\sif)|customer\s(?:service|care|support|relations)|(?:live|human|phone)\ssupport)\b"
    ),
    # call me back, give me a ring, a call back please
    "call_me": re.compile(
        r"(?:^|\b(?:please|pls|plz|kindly|just|you|to|so|and|they|someone|somebody|or)\s)(?:call|phone|ring)\sme\b(?=\s(?:back|on|at|about|regarding|please|pls|plz|asap|now|later|today|tomorrow|tonight|this|in|to|instead|right|and|or|as|between|after|before|directly|number|\d|0)|\W*$|[,:])|\bgive\sme\sa\s(?:quick\s)?(?:call|ring|bell|buzz|call\s?back)\b"
        r"|\b(?:request|arrange|schedule|need|want|like|have|get|book)\s(?:\w+\s){0,2}?(?:call\s?back|(?:an?|your)\s(?:\w+\s)?(?:phone\s)?call)\b(?!\s(?:started|to\s|quality|log|history|waiting|forward\w*|with\smy|cut|plan|abroad|button))|\bcall\s?back\s(?:please|pls|plz|asap|now|request)"
    ),
    # is there a number I can call to speak with someone
    "number": re.compile(rf"\bnumber\b.{{0,24}}\b(?:{_SOMEONE}|human|person|picks?\sup|answers?)\b"),
    # please escalate this to your complaints team
    "escalate": re.compile(
        r"^(?:please\s|pls\s|can\syou\s|could\syou\s|i\swant\s(?:you\s)?to\s)*escalate\s(?:this|it|my\s\w+|the\s(?:issue|case|ticket|matter))?\s?(?:please|further|up|now)?\W*$"
    ),
    # only a human can sort this out, a member of your team should see this, I need this handled by a person
    "only_a_person": re.compile(
        rf"\b(?:an?|only|some|your|one)\s{_KIND}{_ONE}\s(?:(?:has|have|needs?)\sto|should|must|can|could|may|might)\s(?:please\s)?(?:look|check|sort|see|handle|fix|review|help|decide|answer|deal|solve|do\sthis|call|ring|phone|contact|explain|talk\sto\sme|speak\sto\sme|step\sin|reach\sout)\b"
        rf"|\b(?:handled|reviewed|checked|seen|looked\sat|answered|done|dealt\swith|decided|processed|examined)\sby\s{_DET}{_KIND}{_ONE}\b"
        rf"|\b(?:raise|take)\s(?:this|it)\s(?:up\s)?with\s{_DET}{_KIND}(?:{_BOSS}|{_DESK})\b"
    ),
    # I'm asking for a human, how about a real person, a rep would be great, where are the humans
    "wish": re.compile(
        rf"\b(?:ask(?:ing|ed)?|asked\s.{{0,24}}?|waiting|looking|beg(?:ging)?)\sfor\s{_DET}{_KIND}{_ONE}\b|\b(?:how|what)\sabout\san?\s{_KIND}(?:{_HUMAN}|{_AGENT})\b|\bwhere\s(?:are|is)\s(?:all\s)?(?:the|your)\s{_KIND}(?:{_HUMAN}|{_AGENT}|{_BOSS})\b(?!\sof)"
        rf"|\ban?\s{_KIND}{_ONE}\s(?:would\sbe\s(?:great|easier|better|nice|lovely|good|helpful)|will\sdo|would\shelp)|\bdo\s(?:any\s)?humans\swork\b|\bwho(?:'s|\sis)\syour\s{_BOSS}|\b(?:want|like|need|let\sme|through)\s(?:to\s)?(?:(?:speak\s|talk\s)?(?:to|with)\s)(?:him|her|them)\b"
        rf"|\b{_SOMEONE}\b.{{0,24}}\b(?:isn'?t|is\snot|that'?s\snot|not)\s(?:an?\s)?{_BOT}|\bwith\s(?:actual|real|live)\s(?:people|humans|agents)\b"
        rf"|\b(?:bring|get|send|have|put)\s(?:(?:me|in|over)\s)*{_SOMEONE}\s?(?:else\s?)?(?:to\shelp|who\scan|please|now|real|on\sthe\s(?:line|phone)|$)"
    ),
    # this needs a human; is a live agent free
    "needs": re.compile(
        rf"\b(?:needs?|requires?|takes)\s(?:an?|the)\s{_KIND}(?:{_HUMAN}|{_AGENT}|{_BOSS})\b|\bhuman\s(?:help|support|assistance|please|now|attention|review|eyes)\b|\blive\s(?:agent|support|chat|person)\s?(?:please|now|asap)\b"
    ),
}
"""How a person is asked for."""
