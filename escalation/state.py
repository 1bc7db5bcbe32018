"""A turn in its conversation: what was said, offered and tried before it, read once for all rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .conversation import Author, Message
from .heads import Heads, Reading, asks_for_person
from .repetition import likeness, repeats
from .requests import only_named
from .smalltalk import SmallTalk, accepts, declines, small_talk
from .topics import injection, named
from .verdict import Decision, Evidence, Reason, Turn
from .wording import LIMIT

BESIDE = "barely"
"""Rule of a clarifying question that offers a person beside its choices."""
FAILED = ("nothing_found", "unclear_again", "not_helped")
"""Rules of replies that answered nothing."""
_WANTS = 0.25
"""Of the acts that want something, one must be so likely, and likelier than a closing remark; by dev scenarios."""
_ASKING = re.compile(
    r"\?|(?:나요|까요|가요|은요|는요|냐고요?|니까요?|을까|ㄹ까|는지요?|건지요?|던가요?|어떡해?|어째요?"
    r"|디요|당가요?|죠|되노|하노)\W*$"
    r"|궁금|알려\s?(?:주|줘)|알고\s?싶|여쭤|문의|\b(?:tell\sme|let\sme\sknow|i(?:'d|\swould)\slike|i\s(?:need|want)|looking\sfor)\b"
    r"|(?:얼마|언제|어디|어떻게|무슨|무엇|뭐가|뭘|몇|왜|어느|누구)"
    r"|(?:^|[.!,;]\s|\b(?:and|so|but|ok|then|also|hi|hello)\s)(?:how|what|when|where|which|who|whom|whose|why|can|could"
    r"|do|does|did|is|are|was|will|would|should|may|must|any\schance|what'?s|where'?s|how'?s|wich|wot|wat)\b",
    re.I,
)
_DO_SO = re.compile(
    r"주세요|주십|줘|부탁|연결|그렇게|\b(?:please|pls|plz|yes|do\s(?:that|it|so)|go\sahead|connect)\b", re.I
)
SAME_MATTER = 0.55
"""Cosine of the encoder from which a question is about the matter of one before it."""
_NOT_THAT = re.compile(
    r"\S\s?말고(?:요|는|도)?(?:[\s,.!]|$)|(?:그|이)(?:게|거|건)\s?(?:가\s)?아니(?:라|고|에요|예요|야|요)"
    r"|(?:[둘셋넷]|다|전부|모두|아무것도)\s?(?:다\s?)?(?:아니|아녜|아닌)|^\W*(?:none|neither)\b"
    r"|(?:^|[.!?]\s)(?:no[,.]?\s)?(?:not\s(?!sure|yet|now|bad|today|at\sall|really|a\sproblem)"
    r"|i\s(?:do\s?n[o']?t|did\s?n[o']?t)\s(?:mean|ask)|i\smeant?\b|i(?:'m|\sam)\snot\s(?:asking|talking))",
    re.I,
)
"""Who says what is not meant turns the choices down that were given."""


def asks_in_form(text: str) -> bool:
    """Whether a text has the form of a question: a mark, an ending, a word that asks."""
    return bool(_ASKING.search(text[:LIMIT]))


_WITHOUT = re.compile(
    r"(?:사람|상담[원사]|직원|담당자?|통화|전화|얘기|대화)\S{0,3}\s?(?:통화|얘기|대화|말)?\S{0,1}\s?안\s?(?:하고|해도|하려|걸고|거치)"
    r"|^(?!.*\b(?:can'?t|cannot|won'?t|refuse)\b).*\bwithout\s(?:having\sto\s|needing\sto\s)?(?:talk|speak|call|phon|ring|chatt)",
    re.I | re.S,
)
"""Who wants it without a person asks for none."""
_NAMED_SURE = 0.95
_NAMED_ONLY = 0.45  # of a wish for a person, where the rules find people named and none asked for
_NAMED = 0.3
_UNNAMED = {"self_harm": 0.62}  # seldom said in so many words, and the gravest to miss
_RECENT = 6  # earlier messages of the customer that are looked at: mood changes, and a turn has 10 ms


@dataclass
class TurnState:
    """What the guard knows of a turn without a draft.

    Attributes:
        pending: The customer's unanswered messages.
        since: What was said before them since the last human had it.
        reading: What the heads make of the question.
        talk: Its kind of small talk.
    """

    turn: Turn
    pending: list[Message]
    since: list[Message]
    heads: Heads
    reading: Reading
    talk: SmallTalk | None
    words_asking: str | None
    asking: float
    own: list[Message] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)

    @classmethod
    def of(cls, turn: Turn) -> TurnState:
        """Read a turn."""
        heads = Heads.load()
        pending, earlier = split(turn.messages)
        since = since_human(earlier)
        texts = [message.text for message in pending] or [turn.question]
        reading = heads.read(texts[-1], texts[:-1])
        found = [asks_for_person(text, heads) for text in texts]
        asking = max(
            min(chance, _NAMED_ONLY)
            if _WITHOUT.search(text[:LIMIT]) or (chance < _NAMED_SURE and only_named(text))
            else chance
            for text, (chance, _) in zip(texts, found, strict=True)
        )
        words = next((words for _, words in found if words), None)
        if any(message.meta.get("intent") == "human" for message in pending):
            asking, words = 1.0, words or turn.question
        return cls(
            turn,
            pending,
            since,
            heads,
            reading,
            small_talk(turn.question),
            words,
            asking,
            own=[m for m in since if m.author is Author.CUSTOMER and small_talk(m.text) is None],
            said=[m for m in since if m.author is Author.BOT],
        )

    @property
    def seq(self) -> int | None:
        """Where the turn's last message stands."""
        return self.pending[-1].seq if self.pending else None

    @cached_property
    def readings(self) -> list[Reading]:
        """Of each pending message: a threat in a burst is not thinned by what surrounds it."""
        return [self.heads.read(message.text) for message in self.pending] or [self.reading]

    @cached_property
    def before(self) -> list[Reading]:
        """Of the customer's last messages before these, oldest first."""
        return [self.heads.read(m.text) for m in self.since if m.author is Author.CUSTOMER][-_RECENT:]

    @cached_property
    def again(self) -> list[Message]:
        """Earlier messages that say the same in nearly the same words."""
        return [self.own[place] for place in repeats(self.turn.question, [m.text for m in self.own])]

    @cached_property
    def likeness(self) -> float:
        """How near the question is in meaning to the nearest earlier one, 0..1."""
        return likeness(self.turn.question, [m.text for m in self.own[-_RECENT:]])

    def act(self, name: str) -> float:
        """The probability that the turn does this (see ``heads.ACTS``)."""
        return max(reading.act[name] for reading in self.readings)

    @cached_property
    def asks(self) -> float:
        """How far the turn wants something, 0..1: a closing remark or a reaction does not."""
        heard = max(self.act(name) for name in ("question", "problem_report", "complaint", "not_helped"))
        return max(heard, 0.9 if asks_in_form(self.turn.question) else 0.0)

    @property
    def does(self) -> str:
        """The likeliest act; ``other`` where none is likelier than not."""
        name = max(self.reading.act, key=self.act)
        return name if self.act(name) >= 0.5 else "other"

    @property
    def wants(self) -> bool:
        """Whether something is wanted: asked, reported or complained of, and likelier than a closing remark."""
        if self.doubts and _NOT_THAT.search(self.turn.question[:LIMIT]):
            return True
        closing = max(self.act(name) for name in ("thanks", "chitchat", "accept_offer", "decline_offer"))
        return self.asks >= max(_WANTS, closing)

    @cached_property
    def sensitive(self) -> dict[str, float]:
        """How likely each sensitive topic is, 0..1: what the head says, held against words that name the topic.

        The head alone must be very sure; where the words are there it is believed from .3 on (chosen on the dev
        scenarios: 36 of 45 sensitive turns and 6 of 697 others reach .5; the head's own .5 gives 38 and 29).
        """
        texts = [message.text for message in self.pending] or [self.turn.question]
        found = dict.fromkeys(self.reading.sensitive, 0.0)
        if self.injected:
            return found
        for text, reading in zip(texts, self.readings, strict=True):
            for name, chance in reading.sensitive.items():
                said = chance >= _NAMED and named(text, name)
                chance = 0.5 + chance / 2 if said else chance * _UNNAMED.get(name, 0.55)
                if _calmly_asked(text, reading) and not (name == "self_harm" or (name == "safety" and said)):
                    chance *= 0.6  # what documents a court's paper needs is a question for the articles
                found[name] = max(found[name], chance)
        return found

    @cached_property
    def injected(self) -> bool:
        """Whether it tries to give the assistant orders; how that sounds tells nothing of the customer's mood."""
        return injection(self.turn.question)

    @cached_property
    def abuse(self) -> float:
        """Probability of abuse in this turn."""
        return max(each.abuse for each in self.readings)

    @property
    def replies(self) -> int:
        """The assistant's replies so far."""
        return len(self.said)

    @property
    def last(self) -> str | None:
        """What was decided on the turn before."""
        return self.said[-1].meta.get("decision") if self.said else None

    @property
    def offered(self) -> bool:
        """Whether a person was offered just before, be it beside choices."""
        return self.last == Decision.OFFER or bool(self.said and self.said[-1].meta.get("rule") == BESIDE)

    @property
    def clarified(self) -> bool:
        """Whether choices were given just before."""
        return self.last == Decision.CLARIFY

    @cached_property
    def doubts(self) -> int:
        """Replies in a row, up to the last, that only gave choices or answered nothing."""
        count = 0
        for message in reversed(self.said):
            if message.meta.get("decision") != Decision.CLARIFY and message.meta.get("rule") not in FAILED:
                break
            count += 1
        return count

    @cached_property
    def same_matter(self) -> bool:
        """Whether this is about what the last reply did not settle."""
        return self.unsettled or self.likeness >= SAME_MATTER

    @cached_property
    def unsettled(self) -> bool:
        """Whether this says that the last reply did not settle it: asks again, did not help, was not meant."""
        text = self.turn.question[:LIMIT]
        return bool(self.again) or self.act("not_helped") >= 0.5 or bool(_NOT_THAT.search(text))

    @cached_property
    def failures(self) -> int:
        """Replies in a row, up to the last, that answered nothing."""
        count = 0
        for message in reversed(self.said):
            if message.meta.get("rule") not in FAILED:
                break
            count += 1
        return count

    @cached_property
    def taken_up(self) -> bool:
        """Whether this takes up an offer just made."""
        if not self.offered or self.declines_now:
            return False
        if self.last != Decision.OFFER:  # a bare "ok" may also be about the choices
            return accepts(self.turn.question) and bool(_DO_SO.search(self.turn.question))
        return accepts(self.turn.question) or self.act("accept_offer") >= 0.5

    @cached_property
    def declines_now(self) -> bool:
        """Whether this turns down an offer just made."""
        if not self.offered or accepts(self.turn.question):
            return False
        return declines(self.turn.question) or (self.act("decline_offer") >= 0.5 and self.asks < 0.5)

    @cached_property
    def declined_before(self) -> bool:
        """Whether the turn before this one turned an offer down."""
        return self._declined(len(self._bots) - 2)

    @cached_property
    def ever_declined(self) -> bool:
        """Whether any earlier turn turned an offer down."""
        return any(self._declined(place) for place in range(len(self._bots) - 1))

    @cached_property
    def _bots(self) -> list[int]:
        return [place for place, message in enumerate(self.since) if message.author is Author.BOT]

    def _declined(self, nth: int) -> bool:
        """Whether the assistant's nth reply was an offer that the customer turned down at once."""
        if nth < 0 or self.since[self._bots[nth]].meta.get("decision") != Decision.OFFER:
            return False
        after = self.since[self._bots[nth] + 1 : self._bots[nth + 1]]
        texts = [message.text for message in after if message.author is Author.CUSTOMER]
        if not texts or accepts(texts[-1]):
            return False
        return declines("\n".join(texts)) or self.heads.read(texts[-1]).act["decline_offer"] >= 0.5

    def evidence(
        self, reason: Reason, head: str | None = None, says: Callable[[str], object] | None = None
    ) -> Evidence:
        """A reason with the customer's own words.

        Args:
            head: The head that tells: the words that speak most for it, in the message that does most.
            says: Otherwise the first pending message of which this holds, else the last.
        """
        if not self.pending:  # a turn judged outside of a stored conversation
            return Evidence(reason=reason, text=self.turn.question[:200])
        if head is not None:
            said = max(self.pending, key=lambda m: self._chance(m.text, head))
            return Evidence(
                reason=reason, text=(self.heads.words(said.text, head) or said.text)[:200], seq=said.seq
            )
        said = next((m for m in self.pending if says and says(m.text)), self.pending[-1])
        return Evidence(reason=reason, text=said.text[:200], seq=said.seq)

    def _chance(self, text: str, head: str) -> float:
        reading = self.heads.read(text)
        if head.startswith("frustration_"):
            return reading.frustration[int(head[-1]) - 1]
        if head in reading.sensitive:
            return reading.sensitive[head]
        return reading.act[head] if head in reading.act else getattr(reading, head)


def _calmly_asked(text: str, reading: Reading) -> bool:
    trouble = max(reading.act["problem_report"], reading.act["complaint"])
    return asks_in_form(text) and reading.frustration[0] < 0.4 and trouble < 0.5


def split(messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """The unanswered tail of customer messages, and everything before it."""
    visible = [m for m in messages if not m.internal]
    cut = len(visible)
    while cut and visible[cut - 1].author is Author.CUSTOMER:
        cut -= 1
    return visible[cut:], visible[:cut]


def since_human(messages: list[Message]) -> list[Message]:
    """What came after the last human agent: what they settled counts no more.

    An agent who settled it by telephone wrote nothing; then it counts from the hand-off to them.
    """
    for place in range(len(messages) - 1, -1, -1):
        message = messages[place]
        handed_off = message.author is Author.BOT and message.meta.get("decision") == Decision.HAND_OFF
        if message.author is Author.AGENT or handed_off:
            return messages[place + 1 :]
    return messages
