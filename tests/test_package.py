"""The project as something to install: imports, wheel, import direction, the public names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import batonpass
import pytest

ROOT = Path(batonpass.__file__).parent


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_import_from_another_folder_loads_neither_gradio_nor_chromadb(tmp_path: Path) -> None:
    code = (
        "import sys, batonpass\n"
        "heavy = {'gradio', 'chromadb', 'langchain', 'sqlalchemy', 'kiwipiepy', 'numpy'} & set(sys.modules)\n"
        "print(batonpass.__version__, sorted(heavy))"
    )
    assert run(sys.executable, "-c", code, cwd=tmp_path).strip() == f"{batonpass.__version__} []"


@pytest.mark.parametrize("name", [name for name in batonpass.__all__ if name != "__version__"])
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(batonpass, name) is not None


def test_the_public_names_are_those_that_are_loaded() -> None:
    assert set(batonpass.__all__) == {"__version__", *batonpass._HOME}


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="nonesuch"):
        batonpass.nonesuch  # noqa: B018


def test_wheel_from_sdist_holds_the_packages_and_the_sample_and_no_tests(tmp_path: Path) -> None:
    source = tmp_path / "source"
    run("git", "clone", "-q", str(ROOT), str(source), cwd=tmp_path)
    # What is not committed yet counts too, else the test looks at the past.
    changed = run("git", "ls-files", "-mo", "--exclude-standard", cwd=ROOT).splitlines()
    for name in changed:
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    out = tmp_path / "dist"
    run(sys.executable, "-m", "build", "--no-isolation", "-o", str(out), str(source), cwd=tmp_path)
    (wheel,) = out.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "batonpass/__init__.py",
        "batonpass/py.typed",
        "batonpass/agent/turn.py",
        "batonpass/escalation/migrations/versions/0001_conversations.py",
        "batonpass/ui/static/chat.js",
        "batonpass/evals/templates/report.html",
        "batonpass/ui/static/favicon.svg",
        "batonpass/examples/shop/kb/ko/points.md",
        "batonpass/knowledge/encoder/encoder.npz",
        "batonpass/knowledge/lexicon/concepts.tsv",
        "batonpass/knowledge/bank/commerce.jsonl",
        "batonpass/escalation/combiner.json",
        "batonpass/escalation/heads/heads.npz",
        "batonpass/escalation/training/turns/train-ko.tsv",
        "batonpass/escalation/heads/training/fit.py",
        "batonpass/escalation/facts/find.py",
        "batonpass/examples/shop/customers.jsonl",
        "batonpass/examples/suites/shop-dev/suite.yaml",
        "batonpass/examples/suites/insurer-test/suite.yaml",
    ):
        assert needed in names, needed
    # Every suite finds its articles.
    bases = {name.split("/")[2] for name in names if name.startswith("batonpass/examples/") and "/kb/" in name}
    for suite in ROOT.glob("examples/suites/*/suite.yaml"):
        found = re.search(r"^kb: \.\./\.\./(\w+)/kb$", suite.read_text(encoding="utf-8"), re.M)
        assert found, suite
        assert found[1] in bases, suite
    assert not [name for name in names if "test" in name.split("/")[1] or name.startswith("batonpass/tests")]
    packages = {path.parent.relative_to(ROOT) for path in ROOT.glob("[a-z]*/**/*.py")}
    ours = {p for p in packages if p.parts[0] in ("agent", "knowledge", "escalation", "evals", "ui")}
    shipped = {Path(*Path(name).parts[1:-1]) for name in names if name.endswith(".py")}
    assert ours <= shipped, ours - shipped


def test_environment_is_read_by_settings_only() -> None:
    """Outside settings nobody asks os.environ.

    ui/app.py sets one switch of Gradio's before importing it; the eval jobs pass the environment on to a child.
    """
    readers = set()
    for path in ROOT.glob("[a-z]*/*.py"):
        if path.parent.name not in ("agent", "knowledge", "escalation", "evals", "ui"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
                readers.add(f"{path.parent.name}/{path.name}")
    assert readers <= {"agent/settings.py", "ui/app.py", "ui/evals_jobs.py", "ui/evals_compare.py"}, readers


def test_dependencies_stay_in_their_rooms() -> None:
    """gradio only in ui, chromadb only in the vector index, SQLAlchemy only in stores."""
    homes = {
        "gradio": lambda path: path.parts[0] == "ui",
        # evals/stock.py is what Batonpass is measured beside: the stack that a user would otherwise build.
        "chromadb": lambda path: path.name in ("chroma.py", "vectors.py", "stock.py"),
        "sqlalchemy": lambda path: path.parts[0] in ("escalation", "knowledge"),
    }
    strangers = []
    for path in ROOT.glob("[a-z]*/**/*.py"):
        inside = path.relative_to(ROOT)
        if inside.parts[0] not in ("agent", "knowledge", "escalation", "evals", "ui"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            for module in modules:
                home = homes.get(module.split(".")[0])
                if home and not home(inside):
                    strangers.append(f"{inside}: {module}")
    assert not strangers
