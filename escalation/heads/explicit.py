"""Does the customer ask for a person? Phrase rules and the learned head, each covering for the other."""

from __future__ import annotations

from ..requests import explicit_request
from ..smalltalk import accepts
from .artefact import LANGUAGES
from .model import Heads, language_of


def asks_for_person(text: str, heads: Heads | None = None) -> tuple[float, str | None]:
    """The probability that a message asks for a person, and the words that do.

    The head has the rules' finding among its features, so its probability already weighs both: a rule that fired
    on a trap can be overruled, and a wording that no rule knows can still be heard.

    Args:
        text: One message.
        heads: Default: the built-in ones.

    Returns:
        The probability, and the words where it reaches the threshold (``heads.weights.thresholds``, by language):
        the rule's where one fired, else those that weighed most. None says that nobody is asked for.
    """
    if accepts(text) and not explicit_request(text):
        return 0.0, None  # a bare yes takes up what was offered and asks for nobody of itself
    heads = heads or Heads.load()
    chance = heads.read(text).explicit
    at = LANGUAGES.index("ko" if language_of(text) == "ko" else "en")
    if chance < float(heads.weights.thresholds[at]):
        return chance, None
    return chance, explicit_request(text) or heads.words(text, "explicit") or text[:80]
