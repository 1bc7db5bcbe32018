"""A model folder as sentence-transformers exports it, small enough to be made by the test itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

WORDS = ["[PAD]", "[UNK]", "refund", "card", "garage", "parking", "query", "passage", ":", "환불", "?"]
TABLE = np.random.default_rng(7).normal(size=(len(WORDS), 6)).astype(np.float32)
"""The model: each word's vector. A text's is their mean, normalised, unless pooling says otherwise."""


def expected(*words: str) -> np.ndarray:
    """The vector that mean pooling gives these words."""
    mean = TABLE[[WORDS.index(word) if word in WORDS else 1 for word in words]].mean(axis=0)
    return mean / np.linalg.norm(mean)


def write(
    folder: Path,
    *,
    table: np.ndarray = TABLE,
    file: str = "model.onnx",
    pooled: str = "",
    pooling: str = "",
    prompts: dict[str, str] | None = None,
) -> Path:
    """Write ONNX, tokenizer and settings.

    Args:
        folder: Made if missing.
        table: The words' vectors.
        file: The ONNX file's place in it.
        pooled: Name of an output that is one vector a text already (then the maximum); empty: one a token.
        pooling: The mode that 1_Pooling/config.json names, such as ``pooling_mode_cls_token``.
        prompts: Those of config_sentence_transformers.json.
    """
    from onnx import TensorProto, helper, numpy_helper, save
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "length", 6])]
    if pooled:
        nodes.append(helper.make_node("ReduceMax", ["last_hidden_state", "axis"], [pooled], keepdims=0))
        outputs.append(helper.make_tensor_value_info(pooled, TensorProto.FLOAT, ["batch", 6]))
    weights = [
        numpy_helper.from_array(table, "table"),
        *([numpy_helper.from_array(np.array([1]), "axis")] if pooled else []),
    ]
    graph = helper.make_graph(nodes, "words", inputs, outputs, weights)
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    save(made, str(folder / file))

    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()  # type: ignore[assignment]
    tokenizer.save(str(folder / "tokenizer.json"))
    settings: dict[str, Any] = {
        "tokenizer_config.json": {"model_max_length": 16, "pad_token": "[PAD]"},
        "config.json": {"pad_token_id": 0},
    }
    if pooling:
        settings["1_Pooling/config.json"] = {pooling: True}
    if prompts:
        settings["config_sentence_transformers.json"] = {"prompts": prompts}
    for name, content in settings.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return folder
