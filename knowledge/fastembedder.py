"""Embedding models that run here: ONNX through fastembed (the optional extra), fetched once or read from a folder.

Nothing is imported, loaded or downloaded before a ``FastEmbedder`` is made.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .base import KnowledgeError
from .embedders import EmbeddingError, Vectors, unit

if TYPE_CHECKING:
    from fastembed import TextEmbedding

_BATCH = 16  # a batch is padded to its longest text
_SETTINGS = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
)
_SUGGESTED = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a model wants in front of questions and of passages."""

    query: str = ""
    passage: str = ""


# As the models' authors say; fastembed adds none of them.
_PROMPTS = (
    (r"(^|[/-])e5-", Prompts("query: ", "passage: ")),
    (r"nomic-embed", Prompts("search_query: ", "search_document: ")),
    (r"embeddinggemma", Prompts("task: search result | query: ", "title: none | text: ")),
    (r"qwen3-embedding", Prompts("Instruct: Find the passages that answer the question\nQuery:")),
    (
        r"snowflake-arctic|mxbai-embed|bge-\w+-en$",
        Prompts("Represent this sentence for searching relevant passages: "),
    ),
)


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: TextEmbedding
    name: str
    prompts: Prompts


class FastEmbedder:
    """A local ONNX model.

    Args:
        model: A name that fastembed knows, or a folder with an ONNX file and its tokenizer, as
            sentence-transformers exports them (absolute, or beginning with ``.`` or ``~``).
        cache: Where named models are kept. One that is there already needs no network.
        download: Whether a named model that is missing may be fetched from the Hugging Face hub.
        threads: Threads of one inference; None: as onnxruntime likes.

    Raises:
        KnowledgeError: the extra is not installed, or there is no such model, or it does not work.
    """

    def __init__(self, model: str, *, cache: Path, download: bool = True, threads: int | None = None) -> None:
        self._label = model
        library = _library()
        with _one_line_errors(model):
            if _is_folder(model):
                found = _from_folder(library, Path(model).expanduser(), threads)
            else:
                found = _from_cache(library, model, cache, download, threads)
            self._model, self._name, self._prompts = found.model, found.name, found.prompts
            # A model that cannot embed shall say so now, and not before a customer.
            self._rows([found.prompts.query + "?"])

    @property
    def name(self) -> str:
        """The model's name and a digest of its files: other weights under an old name embed all anew."""
        return self._name

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One row per text.

        Raises:
            EmbeddingError: the model failed.
        """
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        try:
            return self._rows([self._prompts.passage + text for text in texts])
        except Exception as error:
            raise EmbeddingError(f"embedding model {self._label}: {_one_line(error)}") from error

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question.

        Raises:
            EmbeddingError: the model failed.
        """
        try:
            return self._rows([self._prompts.query + text[:8000]])[0]
        except Exception as error:
            raise EmbeddingError(f"embedding model {self._label}: {_one_line(error)}") from error

    def _rows(self, texts: list[str]) -> Vectors:
        # Half a surrogate pair is no text to a tokenizer.
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        rows = np.stack(list(self._model.embed(clean, batch_size=_BATCH))).astype(np.float32)
        if rows.ndim != 2 or not np.isfinite(rows).all():
            raise ValueError(f"gave no vectors (shape {rows.shape})")
        return unit(rows)


def _library() -> Any:
    try:
        import fastembed
        from loguru import logger
    except ImportError as error:
        raise KnowledgeError(
            f"local embedding models need the extra 'fastembed' ({_one_line(error)}): "
            "pip install 'batonpass[fastembed]'"
        ) from error
    logger.disable("fastembed")  # its failures arrive here as exceptions
    return fastembed


@contextmanager
def _one_line_errors(model: str) -> Iterator[None]:
    try:
        yield
    except KnowledgeError:
        raise
    except Exception as error:
        raise KnowledgeError(f"embedding model {model} cannot be loaded: {_one_line(error)}") from error


def _is_folder(model: str) -> bool:
    return model.startswith((".", "~")) or Path(model).is_absolute()


# a model by its name


def _from_cache(library: Any, model: str, cache: Path, download: bool, threads: int | None) -> _Loaded:
    known = {each["model"].lower(): each for each in library.TextEmbedding.list_supported_models()}
    described = known.get(model.lower())
    if described is None:
        raise KnowledgeError(
            f"fastembed does not know the embedding model {model!r}: name one of its models, such as "
            f"{_SUGGESTED}, or a folder with an ONNX file and its tokenizer"
        )
    folder = _snapshot(described, cache, download)
    loaded = library.TextEmbedding(
        described["model"], cache_dir=str(cache), specific_model_path=str(folder), threads=threads
    )
    prompts = prompts_of(model)
    weights = [described["model_file"], *described["additional_files"]]
    # Releases of fastembed have changed how a model's output is pooled.
    digest = _digest(folder, weights, type(loaded.model).__name__, repr(prompts))
    return _Loaded(loaded, f"fastembed:{described['model']}-{digest}", prompts)


def prompts_of(model: str) -> Prompts:
    """What a named model wants in front of its texts."""
    return next((prompts for pattern, prompts in _PROMPTS if re.search(pattern, model.lower())), Prompts())


def _snapshot(described: dict[str, Any], cache: Path, download: bool) -> Path:
    """The folder of a model's files, in the hub's own cache layout."""
    from huggingface_hub import snapshot_download

    model, weights = described["model"], [described["model_file"], *described["additional_files"]]
    source = described["sources"]["hf"]
    if not source:
        raise KnowledgeError(
            f"embedding model {model} is not on the Hugging Face hub: fetch it and name its folder"
        )

    def fetch(**how: Any) -> Path:
        return Path(snapshot_download(source, cache_dir=str(cache), allow_patterns=[*_SETTINGS, *weights], **how))

    try:
        folder = fetch(local_files_only=True)
        if all((folder / name).is_file() for name in (*weights, "tokenizer.json")):
            return folder
        why = "its files there are incomplete"
    except Exception as error:
        why = _one_line(error)
    if not download:
        raise KnowledgeError(f"embedding model {model} is not in {cache}, and downloading is off ({why})")
    try:
        return fetch()
    except Exception as error:
        raise KnowledgeError(
            f"embedding model {model} is not in {cache} and cannot be downloaded ({_one_line(error)}): connect "
            "this machine once, or copy that folder from one that has it"
        ) from error


# a model in a folder


def _from_folder(library: Any, folder: Path, threads: int | None) -> _Loaded:
    from fastembed.common.model_description import ModelSource

    if not folder.is_dir():
        raise KnowledgeError(f"embedding model folder {folder} is not there")
    for needed in ("tokenizer.json", "tokenizer_config.json"):
        if not (folder / needed).is_file():
            raise KnowledgeError(f"embedding model folder {folder} has no {needed}")
    file = _onnx_file(folder)
    pooling, output = _pooling(folder, file)
    prompts = _own_prompts(folder)
    weights = [file, *sorted(str(path.relative_to(folder)) for path in folder.glob(f"{file}[._]*data"))]
    name = f"fastembed:{folder.resolve().name}-{_digest(folder, weights, pooling, repr(prompts))}"
    if all(each["model"].lower() != name.lower() for each in library.TextEmbedding.list_supported_models()):
        library.TextEmbedding.add_custom_model(
            model=name,
            pooling=pooling,
            normalization=True,
            sources=ModelSource(hf=name),  # never asked: the folder is given
            dim=0,  # nobody asks that either
            model_file=file,
            additional_files=weights[1:],
            output_name=output,
        )
    return _Loaded(library.TextEmbedding(name, specific_model_path=str(folder), threads=threads), name, prompts)


def _onnx_file(folder: Path) -> str:
    for name in ("model.onnx", "onnx/model.onnx", "model_optimized.onnx"):
        if (folder / name).is_file():
            return name
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.onnx"))
    if len(found) != 1:
        raise KnowledgeError(
            f"embedding model folder {folder} has {len(found) or 'no'} .onnx files, and none of them is model.onnx"
        )
    return found[0]


def _pooling(folder: Path, file: str) -> tuple[Any, str | None]:
    """How token vectors become one: by the graph itself, else as sentence-transformers wrote down."""
    import onnxruntime
    from fastembed.common.model_description import PoolingType

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # opened for a look only
    outputs = onnxruntime.InferenceSession(
        str(folder / file), options, providers=["CPUExecutionProvider"]
    ).get_outputs()
    ranks = {output.name: len(output.shape) for output in outputs}
    if ranks.get("sentence_embedding") == 2:
        return PoolingType.DISABLED, "sentence_embedding"
    if ranks[outputs[0].name] == 2:
        return PoolingType.DISABLED, None
    said = _json(folder / "1_Pooling" / "config.json")
    if said.get("pooling_mode_cls_token"):
        return PoolingType.CLS, None
    if said.get("pooling_mode_lasttoken"):
        return PoolingType.LAST_TOKEN, None
    return PoolingType.MEAN, None


def _own_prompts(folder: Path) -> Prompts:
    said = _json(folder / "config_sentence_transformers.json").get("prompts")
    if not isinstance(said, dict):
        return Prompts()
    return Prompts(str(said.get("query") or ""), str(said.get("document") or said.get("passage") or ""))


def _json(file: Path) -> dict[str, Any]:
    try:
        read = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise KnowledgeError(f"{file} is not JSON: {_one_line(error)}") from None
    return read if isinstance(read, dict) else {}


def _digest(folder: Path, weights: Iterable[str], *more: str) -> str:
    """Of everything that the vectors depend on."""
    total = hashlib.sha256("\0".join(more).encode())
    for name in (*weights, *_SETTINGS):
        file = folder / name
        if file.is_file():
            with file.open("rb") as opened:
                total.update(f"\0{name}\0".encode() + hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()[:12]


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
