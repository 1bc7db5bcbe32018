"""Learning from use: a question that an agent answered with an article is proposed as one of its aliases."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from ..knowledge import KnowledgeBase, Passage
from ..knowledge.aliases import Aliases, Origin
from ..knowledge.markdown import plain_text
from ..knowledge.masking import mask
from ..knowledge.questions import MAX_CHARS, key
from ..knowledge.sentences import sentence_spans
from ..knowledge.types import Audience
from .accounts import HumanAgent
from .conversation import Author, EventKind, Message
from .customers import CustomerDirectory
from .facts import find_facts
from .handoff import open_question
from .store import ConversationStore, Result

log = logging.getLogger(__name__)

COPIED = 15
"""Letters and digits of a sentence that no agent types by chance in an article's very words."""
SHORTEST = 4
"""Letters and digits that a question has at least."""


class Learning:
    """Proposes aliases from what agents send.

    A reply rests on an article when it holds one of its sentences word for word, as it does where the suggested
    reply was inserted or a passage copied, and perhaps worked over. Other replies propose nothing.

    Args:
        store: The conversations.
        directory: Whose names must not be kept.
        knowledge: Where articles are looked up.
        aliases: Where proposals go.
    """

    def __init__(
        self, store: ConversationStore, directory: CustomerDirectory, knowledge: KnowledgeBase, aliases: Aliases
    ) -> None:
        self._store, self._directory = store, directory
        self._knowledge, self._aliases = knowledge, aliases

    def replied(self, result: Result, agent: HumanAgent) -> None:
        """Look at a stored reply; what goes wrong is logged, as the reply is sent already."""
        if result.repeated:
            return
        try:
            for item in result.items:
                if isinstance(item, Message) and item.author is Author.AGENT and not item.internal:
                    self._look(item, agent)
        except Exception:
            log.exception("cannot learn from a reply in %s", result.conversation.id)

    def _look(self, reply: Message, agent: HumanAgent) -> None:
        head = self._store.get(reply.conversation_id)
        items = self._store.items(head.id)
        own = [i for i in items if isinstance(i, Message) and i.author is Author.CUSTOMER and i.seq < reply.seq]
        question = open_question(own)
        if question is None:
            return
        customer = self._directory.get(head.customer_id) if head.customer_id else None
        names = [fact.value for fact in find_facts(own) if fact.slot == "name"]
        text = mask(question.text, [*names, customer.name] if customer else names)
        if len(text) > MAX_CHARS or len(key(text)) < SHORTEST:
            return
        source = self._source(reply)
        if source is None or key(text) in {key(each) for each in (source.title, *source.aliases)}:
            return
        self._aliases.propose(source.id, [text], origin=Origin.DESK, by=agent.id)

    def _source(self, reply: Message):
        """The article of which the reply holds a sentence."""
        said = key(plain_text(reply.text))
        for passage in self._candidates(reply):
            if any(sentence in said for sentence in _sentences(passage.chunk.text)):
                return passage.document
        return None

    def _candidates(self, reply: Message) -> Iterable[Passage]:
        packet = self._store.last_event(reply.conversation_id, EventKind.HANDOFF)
        suggested = (packet.payload.get("suggested_source") or {}) if packet else {}
        if suggested and (found := self._knowledge.passage(suggested["chunk_id"], audience=Audience.AGENT)):
            yield found
        yield from self._knowledge.search(reply.text, limit=5, audience=Audience.AGENT).passages


def _sentences(text: str) -> Iterable[str]:
    plain = plain_text(text)
    for start, end in sentence_spans(plain):
        # A list has no full stops: its lines are its sentences.
        for line in plain[start:end].split("\n"):
            if len(name := key(line)) >= COPIED:
                yield name
