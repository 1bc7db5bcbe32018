"""Other people's test sets as suites: SQuAD and CLINC style JSON, and tables of paraphrases.

BEIR triples need no adapter: they are read as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..escalation.yamlfile import InputError, read_text
from .formats import CorpusEntry, Query, SuiteInfo
from .suite import Beir, Suite, SuiteError


def read_squad(path: Path | str) -> Suite:
    """SQuAD 1.1 or 2.0 and its likes (KorQuAD 1.0): paragraphs become documents, questions become queries.

    A reply must hold one of the answers and cite the paragraph; with ``is_impossible`` there is none.

    Raises:
        SuiteError: the file is not of this form; names the place within it.
    """
    path = Path(path)
    value = _json(path)
    corpus: list[CorpusEntry] = []
    queries: list[Query] = []
    qrels: dict[str, dict[str, int]] = {}
    place = ""
    try:
        for a, article in enumerate(value["data"]):
            for p, paragraph in enumerate(article["paragraphs"]):
                place = f"data[{a}].paragraphs[{p}]"
                document = f"{a:04d}-{p:04d}"
                corpus.append(_entry(document, str(article.get("title", "")), paragraph["context"]))
                for q, asked in enumerate(paragraph["qas"]):
                    place = f"data[{a}].paragraphs[{p}].qas[{q}]"
                    answers = list(dict.fromkeys(answer["text"] for answer in asked.get("answers", ())))
                    answerable = not asked.get("is_impossible", not answers)
                    queries.append(_query(str(asked["id"]), asked["question"], answerable, answers))
                    if answerable:
                        qrels[str(asked["id"])] = {document: 1}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SuiteError(f"{path}: {place or 'data'}: not SQuAD style: {type(error).__name__} {error}") from None
    return _suite(path, corpus, queries, qrels)


def read_clinc(path: Path | str, *, asked: str = "test", known: str = "train", examples: int = 20) -> Suite:
    """CLINC150 and its likes: ``{split: [[text, intent], ...], "oos_" + split: [[text, "oos"], ...]}``.

    Each intent becomes a document of its first examples in the ``known`` split; the ``asked`` split is asked, and
    its ``oos_`` half is what the documents do not cover.

    Args:
        examples: How many texts a document holds.

    Raises:
        SuiteError: the file is not of this form, or lacks a split.
    """
    path = Path(path)
    value = _json(path)
    for split in (known, asked):
        if not isinstance(value, dict) or not isinstance(value.get(split), list):
            raise SuiteError(f"{path}: not CLINC style: no split {split!r}")
    texts: dict[str, list[str]] = {}
    queries: list[Query] = []
    qrels: dict[str, dict[str, int]] = {}
    place = ""
    try:
        for n, (text, intent) in enumerate(value[known]):
            place = f"{known}[{n}]"
            texts.setdefault(intent, []).append(text)
        for split, answerable in ((asked, True), (f"oos_{asked}", False)):
            for n, (text, intent) in enumerate(value.get(split, [])):
                place = f"{split}[{n}]"
                queries.append(_query(f"{split}-{n:05d}", text, answerable, ()))
                if answerable and intent in texts:
                    qrels[f"{split}-{n:05d}"] = {intent: 1}
    except (TypeError, ValueError) as error:
        raise SuiteError(f"{path}: {place}: not CLINC style: {error}") from None
    corpus = [
        _entry(intent, intent.replace("_", " "), "\n".join(some[:examples])) for intent, some in texts.items()
    ]
    return _suite(path, corpus, queries, qrels)


def read_paraphrases(path: Path | str) -> Suite:
    """A table of questions and other wordings of them (tab-separated, with a header): each question is a document.

    Raises:
        SuiteError: a line has not two cells; file and line are named.
    """
    path = Path(path)
    try:
        lines = read_text(path).split("\n")
    except InputError as error:
        raise SuiteError(str(error)) from None
    documents: dict[str, str] = {}
    queries: list[Query] = []
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if len(cells) < 2 or not all(cells[:2]):
            raise SuiteError(f"{path}:{number}: not 'question<TAB>paraphrase'")
        document = documents.setdefault(cells[0], f"faq-{len(documents):04d}")
        query = f"p-{number:05d}"
        queries.append(_query(query, cells[1], True, ()))
        qrels[query] = {document: 1}
    return _suite(path, [_entry(key, "", text) for text, key in documents.items()], queries, qrels)


def write_suite(suite: Suite, folder: Path | str) -> Path:
    """Write a suite of a BEIR triple as a folder that ``batonpass eval`` takes; returns the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    beir = suite.beir or Beir((), (), {})
    _lines(folder / "corpus.jsonl", beir.corpus)
    _lines(folder / "queries.jsonl", beir.queries)
    rows = [
        f"{query}\t{document}\t{grade}" for query, some in beir.qrels.items() for document, grade in some.items()
    ]
    text = "\n".join(["query-id\tcorpus-id\tscore", *rows])
    (folder / "qrels.tsv").write_text(text + "\n", encoding="utf-8")
    return folder


def _lines(path: Path, entries: Iterable[CorpusEntry | Query]) -> None:
    dumped = (entry.model_dump(mode="json", by_alias=True) for entry in entries)
    path.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in dumped), encoding="utf-8")


def _json(path: Path) -> Any:
    try:
        return json.loads(read_text(path))
    except InputError as error:
        raise SuiteError(str(error)) from None
    except ValueError as error:
        raise SuiteError(f"{path}: not JSON: {error}") from None


def _entry(document: str, title: str, text: str) -> CorpusEntry:
    return CorpusEntry.model_validate({"_id": document, "title": title, "text": text})


def _query(query: str, text: str, answerable: bool, answers: Iterable[str]) -> Query:
    record = {"_id": query, "text": text, "answerable": answerable, "answers": list(answers)}
    return Query.model_validate(record)


def _suite(path: Path, corpus: list[CorpusEntry], queries: list[Query], qrels: dict[str, dict[str, int]]) -> Suite:
    if not queries:
        raise SuiteError(f"{path}: an empty suite: no questions in it")
    beir = Beir(tuple(corpus), tuple(queries), qrels)
    return Suite(name=path.stem, path=path, info=SuiteInfo(), kb=None, customers=None, beir=beir)
