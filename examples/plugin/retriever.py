"""Batonpass's search in your own LangChain chain; it runs offline, as no model is called here."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from batonpass import KnowledgeBase, KnowledgeRetriever, LocalKnowledgeBase
from batonpass.knowledge import load_folders
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

PROMPT = ChatPromptTemplate.from_template(
    "Answer from these passages only, and cite them as [n].\n\n{passages}\n\nQuestion: {question}"
)


def numbered(documents: Iterable[Document]) -> str:
    """The passages as the model reads them, each with the place it was taken from."""
    return "\n".join(
        f"[{n}] {' > '.join(found.metadata['heading_path'])} "
        f"({found.metadata['source']}, characters {found.metadata['start']}-{found.metadata['end']})\n"
        f"{found.page_content}"
        for n, found in enumerate(documents, 1)
    )


def build(knowledge: KnowledgeBase) -> Any:
    """A chain of your own: pipe it into any chat model, or put the retriever into an EnsembleRetriever."""
    retriever = KnowledgeRetriever(knowledge=knowledge, limit=2)
    return {"passages": retriever | numbered, "question": RunnablePassthrough()} | PROMPT


def main() -> None:
    """Print what a model would be asked."""
    documents, failures = load_folders([Path(__file__).parent / "help"])
    with TemporaryDirectory() as folder, LocalKnowledgeBase(Path(folder)) as knowledge:
        knowledge.sync(documents, failures=failures)
        for said in ("How much does delivery cost?", "배송비는 얼마인가요?"):
            print(build(knowledge).invoke(said).to_string(), end="\n\n")


if __name__ == "__main__":
    main()
