"""Whatever an operator names as a source: folders, files, and addresses of web sites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..base import Progress
from ..types import Document, LoadFailure
from .folders import load_folders
from .successors import without_circles

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def load_sources(
    sources: Sequence[str],
    *,
    hosts: Sequence[str] = (),
    max_pages: int | None = None,
    progress: Progress | None = None,
) -> tuple[list[Document], list[LoadFailure]]:
    """Read folders, files and web sites.

    Args:
        sources: Paths, and addresses that begin with http:// or https://.
        hosts: Further hosts that a site may be read from; see ``load_site``.
        max_pages: How many pages of each site at most.
        progress: Told of each page that was read.

    Returns:
        The documents, and what failed.

    Raises:
        KnowledgeError: a path is missing, or a site cannot be read at all.
    """
    paths = [source for source in sources if not _ADDRESS.match(source)]
    documents, failures = load_folders(paths) if paths else ([], [])
    for address in sources:
        if _ADDRESS.match(address):
            from .site import MAX_PAGES, load_site

            pages, failed = load_site(address, hosts=hosts, max_pages=max_pages or MAX_PAGES, progress=progress)
            taken = {document.id for document in documents}
            documents += [page for page in pages if page.id not in taken]
            failures += failed
    kept, circles = without_circles(documents)
    return kept, failures + circles
