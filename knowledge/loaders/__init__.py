"""Files, tables of answers and web pages to documents; what cannot be read is named, and the rest comes in.

``folders`` walks folders and picks the reader of each file; ``documents`` makes what they return. The readers:
``text`` (plain text and Markdown in their encodings), ``page`` (HTML, drawn as Markdown by ``drawing``), ``pdf``,
``docx`` (behind the checks of ``archive`` and ``entities``) and ``pairs`` (CSV and JSONL).

``site`` crawls a web site through the guarded client of ``fetching`` (``addresses`` is the guard), by ``sitemap``
or ``links``, and ``answers`` picks the reader. ``sources`` takes folders and addresses alike, and ``successors``
refuses circles of ``superseded_by``.

All input is untrusted: nothing in it is executed, and no reference is followed.
"""

from .documents import Unreadable, make_document, with_hash
from .folders import SUFFIXES, Known, load_file, load_folders
from .sources import load_sources

__all__ = [
    "SUFFIXES",
    "Known",
    "Unreadable",
    "load_file",
    "load_folders",
    "load_sources",
    "make_document",
    "with_hash",
]
