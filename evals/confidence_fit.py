"""Fits the knowledge base's confidence to suites: ``python -m batonpass.evals.confidence_fit SUITE...``.

Each suite's questions are put to its base as it is, and with a third of its articles left out (an article and
its translations together). The mixed logistics learn from all of that (``knowledge.calibration.fit``); slope and
shift then from the bases as they are, of those suites whose unanswerable questions are such as customers ask. Of a
BEIR suite only the half to tune on is asked, and only the first part is learned from.

Prints, for each suite, how well a fit to the *other* suites tells its questions apart, the same of the fit to all,
and the coefficients to put into ``knowledge/confidence.py``.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from ..knowledge import load_folders, make_document
from ..knowledge.calibration import Example, auroc, fit, leave_out
from ..knowledge.confidence import Coefficients, confidence, literal_share, logit
from ..knowledge.types import Document, DocumentStatus
from .guard_fit import calibration_error
from .runner import half_of
from .suite import Suite, SuiteError, load_suite

L2 = 1e-4
"""Penalty on squared weights; as 1e-3, it changed no figure by more than .01."""
OFF = 0.4
"""Weight of an unanswerable question on a topic that is there (BEIR), beside 1: no feature tells it apart."""
DRAWS = (1, 2)
"""Seeds of the articles that are left out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A suite's questions as examples.

    Attributes:
        whole: Put to the base as it is.
        thinned: Put to it with articles left out.
        literal: The suite is BEIR: its unanswerable questions are near misses.
    """

    name: str
    whole: list[Example]
    thinned: list[Example]
    literal: bool

    @property
    def every(self) -> list[Example]:
        """Both."""
        return self.whole + self.thinned


def ask(path: Path, limit: int) -> Asked:
    """Put a suite's questions to its base.

    Args:
        path: The suite.
        limit: At most so many of a BEIR suite's questions.

    Raises:
        SuiteError: the suite cannot be read.
    """
    suite = load_suite(path)
    documents, questions, off = _read(suite, limit)
    whole = leave_out(documents, questions, off_topic=off, share=0.0)
    thinned = [each for seed in DRAWS for each in leave_out(documents, questions, off_topic=off, seed=seed)]
    return Asked(suite.name, whole, thinned, suite.beir is not None)


def _read(suite: Suite, limit: int) -> tuple[list[Document], dict[str, frozenset[str]], list[str]]:
    if suite.beir is None:
        found, _ = load_folders([suite.kb]) if suite.kb else ([], [])
        documents = [document for document in found if document.status is DocumentStatus.CURRENT]
        told = {q.text: frozenset(q.articles) for q in suite.questions if q.answerable and q.articles}
        return documents, told, [q.text for q in suite.questions if not q.answerable]
    documents = [make_document(entry.id, entry.title, entry.text) for entry in suite.beir.corpus]
    queries = [query for query in suite.beir.queries if half_of(query.id) == "tune"]
    random.Random(3).shuffle(queries)
    qrels = suite.beir.qrels
    told = {q.text: frozenset(qrels[q.id]) for q in queries if q.answerable is not False and qrels.get(q.id)}
    off = [query.text for query in queries if query.answerable is False]
    return documents, dict(list(told.items())[:limit]), off[: limit // 2]


def learn(suites: Sequence[Asked]) -> Coefficients:
    """Fit the logistics to all examples, then slope and shift to the bases as they are (Platt 1999).

    Questions in the articles' words are shifted by themselves, into the first intercept: such ones more often only
    mention what an article says.
    """
    examples, weights = [], []
    for suite in suites:
        every = suite.every
        own = np.array([OFF if suite.literal and each.kind == "off" else 1.0 for each in every])
        examples += every
        weights += (own / own.sum()).tolist()
    coefficients = fit(examples, weights=weights, l2=L2)
    asked = [suite for suite in suites if not suite.literal]
    x = np.array([logit(each.features, coefficients) for suite in asked for each in suite.whole])
    y = np.array([each.kind == "in" for suite in asked for each in suite.whole], dtype=float)
    w = np.array([1 / len(suite.whole) for suite in asked for _ in suite.whole]) / max(len(asked), 1)
    literal = np.array([literal_share(each.features) for suite in asked for each in suite.whole])

    def loss(beta: np.ndarray) -> float:
        z = beta[0] * (x + beta[2] * literal) + beta[1]
        return float(w @ (np.logaddexp(0, z) - y * z))

    slope, shift, own = minimize(loss, [1.0, 0.0, 0.0]).x if asked else (1.0, 0.0, 0.0)
    first, *rest = coefficients.literal
    return replace(coefficients, literal=(first + float(own), *rest), slope=float(slope), shift=float(shift))


def told(suite: Asked, coefficients: Coefficients) -> str:
    """How well coefficients tell a suite's questions apart, in one line."""
    parts = [f"{suite.name:16s}"]
    for name, examples in (("whole", suite.whole), ("thinned", suite.thinned)):
        sure = [confidence(each.features, coefficients) for each in examples]
        # Of the whole base: is there an answer at all. Of the thinned one: is one among the first found.
        right = [each.kind == "in" if name == "whole" else each.answered for each in examples]
        high = [value for value, label in zip(sure, right, strict=True) if label]
        low = [value for value, label in zip(sure, right, strict=True) if not label]
        area = f"{auroc(high, low):.3f}" if high and low else "  -  "
        parts.append(f"{name}: n {len(sure)}, AUROC {area}, error {calibration_error(sure, right):.3f}")
    return "  ".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(prog="python -m batonpass.evals.confidence_fit", description=__doc__)
    parser.add_argument("suites", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=400, help="questions of a BEIR suite (default: 400)")
    chosen = parser.parse_args(arguments)
    try:
        suites = [ask(path, chosen.limit) for path in chosen.suites]
    except SuiteError as error:
        print(error, file=sys.stderr)
        return 2
    for suite in suites:
        # Suites over one base are left out together: its articles are known otherwise.
        others = [other for other in suites if other.name.split("-")[-1] != suite.name.split("-")[-1]]
        if others:
            print(told(suite, learn(others)))
    final = learn(suites)
    for suite in suites:
        print("of all: ", told(suite, final))
    for name in ("literal", "everyday"):
        print(f"{name}=({', '.join(f'{value:.2f}' for value in getattr(final, name))}),")
    print(f"slope={final.slope:.2f},\nshift={final.shift:.2f},")
    return 0


if __name__ == "__main__":
    sys.exit(main())
