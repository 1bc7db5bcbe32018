"""What importing the package costs, and that its names are all there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import batonpass.knowledge as knowledge


def test_import_loads_no_index_and_no_model() -> None:
    code = (
        "import sys, batonpass.knowledge\n"
        "heavy = {'chromadb', 'tantivy', 'kiwipiepy', 'sqlalchemy', 'openai', 'numpy', 'markdown_it',\n"
        "         'langchain_core', 'fastembed', 'onnxruntime'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_searching_needs_no_langchain_and_no_local_model(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, batonpass.knowledge.fastembedder\n"
        "from batonpass.knowledge import LocalKnowledgeBase, OpenAIEmbedder, make_document\n"
        "base = LocalKnowledgeBase(pathlib.Path(sys.argv[1]))\n"
        "base.sync([make_document('a', 'Lamp', 'The lamp needs a bulb.')])\n"
        "assert base.search('lamp').passages\n"
        "sys.exit(' '.join(sorted({'langchain_core', 'fastembed', 'huggingface_hub'} & set(sys.modules))) or 0)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "kb")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_every_name_resolves() -> None:
    for name in knowledge.__all__:
        assert getattr(knowledge, name) is not None
    assert set(knowledge._HOME) == set(knowledge.__all__)
    assert dir(knowledge) == sorted(knowledge.__all__)
