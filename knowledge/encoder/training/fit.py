"""Learns the feature vectors from the bank: contrastive, with a teacher's similarities where there is one.

The loss is in-batch softmax (InfoNCE; van den Oord et al. 2018) over pairs of an utterance with its article and
with another utterance, across languages, at temperature .06. Batches come from one part of the bank half of the
time: near-by situations are what must be told apart. Where a teacher's vectors are given, the student's
likenesses over English sentences are drawn towards the teacher's (relational distillation; Park et al. 2019).

Tried without gain (on the bank with a trade left out): targets softened by the teacher's likenesses, the same
distillation over situations in both languages, larger batches, more steps.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .bank import Situation

Bags = list[NDArray[np.int64]]
"""Texts as rows of the vocabulary."""


@dataclass(frozen=True, slots=True)
class Example:
    """A situation as bags.

    Attributes:
        articles: Bags of its article in each language it has.
        utterances: By language, bags of the utterances.
    """

    part: str
    articles: Bags
    utterances: list[Bags]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; the numbers were chosen on the shop's paraphrases and the bank with a trade left out."""

    dimensions: int = 160
    steps: int = 1500
    batch: int = 128
    temperature: float = 0.06
    rate: float = 3e-3
    dropout: float = 0.3
    distil: float = 1.0
    sentences: int = 128
    distil_temperature: float = 0.06
    seed: int = 7


@dataclass(slots=True)
class Teacher:
    """What a larger English model makes of sentences.

    Attributes:
        sentences: Bags.
        vectors: (m, t), the teacher's of them, normalised.
    """

    sentences: Bags
    vectors: NDArray[np.float32]


class Student(nn.Module):
    """A text is the normalised sum of its features' vectors times their weights.

    A feature's vector is its prior, mapped into the encoder's space, plus what was learned of itself.

    Args:
        priors: (n, k), zeros where nothing is known.
        weights: (n,), where the learned weights start.
        dimensions: Of the encoder's space.
    """

    def __init__(self, priors: NDArray[np.float32], weights: NDArray[np.float32], dimensions: int) -> None:
        super().__init__()
        self.prior = nn.EmbeddingBag.from_pretrained(torch.from_numpy(priors), freeze=True, mode="sum")
        start = torch.randn(len(priors), dimensions) * 0.3 / dimensions**0.5
        self.own = nn.EmbeddingBag.from_pretrained(start, freeze=False, mode="sum", sparse=True)
        self.weight = nn.Embedding.from_pretrained(torch.from_numpy(weights)[:, None], freeze=False)
        self.map = nn.Linear(priors.shape[1], dimensions, bias=False)
        nn.init.orthogonal_(self.map.weight)

    def forward(self, bags: Bags, dropout: float, rng: np.random.Generator) -> Tensor:
        """Vectors (n, d)."""
        kept = [_thinned(bag, dropout, rng) for bag in bags]
        flat = torch.from_numpy(np.concatenate(kept))
        offsets = torch.from_numpy(np.cumsum([0, *(len(bag) for bag in kept[:-1])]))
        weights = self.weight(flat)[:, 0]
        own = self.own(flat, offsets, per_sample_weights=weights)
        known = self.map(self.prior(flat, offsets, per_sample_weights=weights))
        return functional.normalize(own + known, dim=1)

    @torch.no_grad()
    def start(self, vectors: NDArray[np.float32], typical: float) -> None:
        """Begin from these vectors (n, d); rows of zeros begin anywhere, ``typical`` in each direction."""
        given = torch.from_numpy(vectors)
        blank = ~given.any(dim=1, keepdim=True)
        self.own.weight.copy_(torch.where(blank, torch.randn_like(given) * typical, given))

    @torch.no_grad()
    def vectors(self) -> NDArray[np.float32]:
        """Every feature's vector, its weight included (n, d)."""
        return ((self.own.weight + self.map(self.prior.weight)) * self.weight.weight).numpy()


def _thinned(bag: NDArray[np.int64], dropout: float, rng: np.random.Generator) -> NDArray[np.int64]:
    if not dropout or len(bag) < 3:
        return bag
    kept = bag[rng.random(len(bag)) >= dropout]
    return kept if len(kept) else bag[:1]


def fit(
    student: Student,
    examples: Sequence[Example],
    recipe: Recipe,
    teacher: Teacher | None = None,
    progress: Callable[[int, float], None] = lambda step, loss: None,
    *,
    focus: str = "",
) -> None:
    """Train in place; half of the batches come from the part ``focus``, by default from any one part.

    Equal inputs and seed give equal weights on one machine.
    """
    torch.manual_seed(recipe.seed)
    rng, choose = np.random.default_rng(recipe.seed), random.Random(recipe.seed)  # noqa: S311
    parts: dict[str, list[int]] = {}
    for at, example in enumerate(examples):
        parts.setdefault(example.part, []).append(at)
    names = sorted(parts)
    rows = RowAdam(cast("nn.Parameter", student.own.weight), recipe.rate)
    weights = {"params": [student.weight.weight], "lr": recipe.rate}
    optimiser = torch.optim.Adam([weights, {"params": student.map.parameters(), "lr": recipe.rate / 3}])
    fall = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.1, recipe.steps)
    for step in range(recipe.steps):
        pool = parts[focus or choose.choice(names)] if step % 2 else range(len(examples))
        chosen = choose.sample(list(pool), min(recipe.batch, len(pool)))
        bags = _drawn([examples[at] for at in chosen], choose)
        read = rng.choice(len(teacher.sentences), recipe.sentences, replace=False) if teacher else []
        # All texts in one pass: each pass makes its own gradient of all rows.
        vectors = student(bags + [teacher.sentences[at] for at in read if teacher], recipe.dropout, rng)
        loss = _contrast(vectors[: len(bags)], recipe)
        if teacher:
            loss = loss + recipe.distil * _distil(vectors[len(bags) :], teacher.vectors[read], recipe)
        optimiser.zero_grad()
        student.own.weight.grad = None
        loss.backward()
        rows.step(1 - 0.9 * step / recipe.steps)
        optimiser.step()
        fall.step()
        if step % 100 == 0:
            progress(step, float(loss.detach()))


class RowAdam:
    """Adam on the rows that a step touched, one second moment a row; torch's SparseAdam takes ten times as long.

    Args:
        rows: (n, d), with sparse gradients.
        rate: The learning rate, before a step's share of it.
    """

    def __init__(self, rows: nn.Parameter, rate: float, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self._rows, self._rate, self._betas = rows, rate, betas
        self._first = torch.zeros_like(rows.data)
        self._second = torch.zeros(len(rows), 1)
        self._steps = 0

    @torch.no_grad()
    def step(self, share: float) -> None:
        """Take a step of this share of the rate."""
        gradient = self._rows.grad
        if gradient is None:
            return
        self._steps += 1
        one, two = self._betas
        at, places = torch.unique(gradient._indices()[0], return_inverse=True)
        sums = torch.zeros(len(at), self._rows.shape[1]).index_add_(0, places, gradient._values())
        first = self._first[at].mul_(one).add_(sums, alpha=1 - one)
        second = self._second[at].mul_(two).add_(sums.square().mean(1, keepdim=True), alpha=1 - two)
        self._first[at], self._second[at] = first, second
        root = (second / (1 - two**self._steps)).sqrt_().add_(1e-8)
        self._rows.data[at] -= self._rate * share / (1 - one**self._steps) * first / root


def _drawn(some: Sequence[Example], choose: random.Random) -> Bags:
    """Of each example two utterances, in any language, and an article."""

    def said(example: Example) -> NDArray[np.int64]:
        return choose.choice(choose.choice(example.utterances))

    return [said(e) for e in some] + [said(e) for e in some] + [choose.choice(e.articles) for e in some]


def _contrast(vectors: Tensor, recipe: Recipe) -> Tensor:
    one, other, article = vectors.split(len(vectors) // 3)
    own = torch.arange(len(one))
    pairs = ((one, article), (article, one), (one, other))
    return torch.stack([functional.cross_entropy(a @ b.T / recipe.temperature, own) for a, b in pairs]).sum()


def _distil(mine: Tensor, vectors: NDArray[np.float32], recipe: Recipe) -> Tensor:
    known = torch.from_numpy(vectors)
    hidden = torch.eye(len(known)) * 1e4  # a sentence's likeness to itself says nothing
    wanted = functional.softmax(known @ known.T / recipe.distil_temperature - hidden, dim=1)
    given = functional.log_softmax(mine @ mine.T / recipe.distil_temperature - hidden, dim=1)
    return functional.kl_div(given, wanted, reduction="batchmean")


def bags_of(situations: Sequence[Situation], bag: Callable[[str], NDArray[np.int64]]) -> list[Example]:
    """Situations as bags; those without a known feature are left out of their lists."""
    found = []
    for s in situations:
        articles = [b for b in map(bag, s.articles.values()) if len(b)]
        utterances = [kept for us in s.utterances.values() if (kept := [b for b in map(bag, us) if len(b)])]
        if articles and utterances:
            found.append(Example(s.part, articles, utterances))
    return found
