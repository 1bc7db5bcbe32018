"""What a search may see, frozen: swapped as one reference, so that a search sees the old base or the new one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from .language import DEFAULT_LANGUAGE
from .ledger import Contents
from .names import Names
from .questions import key as question_key
from .succession import replaced
from .translations import translations
from .types import Audience, Chunk, Document, DocumentStatus

_NONE = Names()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ledger's contents at one moment.

    Attributes:
        contents: As they were read.
        documents: By id, whatever their status.
        chunks: Chunks of current documents by id; nothing else can come out of a search.
        version: Digest of all ids and content hashes.
        languages: Languages of the current documents, with their number.
        asked: First chunks of the documents that have an alias, by its ``key``.
        translations: Ids of current documents that say the same in another language, by id.
        chunks_of: Ids of the chunks of those documents.
        names: Names that its articles brought; see ``names``.
    """

    contents: Contents = field(default_factory=Contents)
    documents: dict[str, Document] = field(default_factory=dict)
    chunks: dict[str, Chunk] = field(default_factory=dict)
    version: str = ""
    languages: dict[str, int] = field(default_factory=dict)
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    translations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    chunks_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: Names = field(default_factory=Names, compare=False)

    @classmethod
    def of(cls, contents: Contents, names: Names = _NONE) -> Snapshot:
        """Freeze the ledger's contents, with the names that its articles were indexed with."""
        current = [d for d in contents.documents.values() if d.status is DocumentStatus.CURRENT]
        pairs = translations(current)
        return cls(
            contents=contents,
            documents=contents.documents,
            chunks={chunk.id: chunk for d in current for chunk in contents.chunks.get(d.id, ())},
            version=digest(contents.documents),
            languages=dict(Counter(document.lang for document in current).most_common()),
            asked=_asked(current, contents),
            translations=pairs,
            chunks_of={key: tuple(chunk.id for chunk in contents.chunks.get(key, ())) for key in pairs},
            names=names,
        )

    @property
    def main_language(self) -> str:
        """The language of most articles."""
        return next(iter(self.languages), DEFAULT_LANGUAGE)

    def visible(self, chunk_id: str, audience: Audience, today: date) -> bool:
        """Whether this chunk may be shown: still there, live today, for this audience, and not superseded."""
        chunk = self.chunks.get(chunk_id)
        if chunk is None:
            return False
        document = self.documents[chunk.document_id]
        if not document.live(today) or (audience is Audience.PUBLIC and document.audience is not Audience.PUBLIC):
            return False
        return not (document.superseded_by and replaced(document, self.documents, audience, today))


def _asked(current: Iterable[Document], contents: Contents) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for document in current:
        chunks = contents.chunks.get(document.id, ())
        for name in {question_key(text) for text in document.aliases} if chunks else ():
            found[name] = (*found.get(name, ()), chunks[0].id)
    return found


def digest(documents: dict[str, Document]) -> str:
    """SHA-256 (hex) over ids and content hashes, in order of the ids."""
    hasher = hashlib.sha256()
    for key in sorted(documents):
        hasher.update(f"{key}\0{documents[key].content_hash}\n".encode("utf-8", "surrogatepass"))
    return hasher.hexdigest()
