"""Whether a zip archive may be unpacked, judged before anything of it is."""

from __future__ import annotations

import io
import zipfile

from .documents import Unreadable

MAX_MEMBERS = 5_000
MAX_UNPACKED = 100_000_000
"""Of all members together, in bytes."""
MAX_RATIO = 200
"""How often larger than packed a big member may get; Word's own files usually stay below 30."""
_SMALL = 20_000_000  # a member smaller than this may pack as well as it likes, as long tables do


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Open an archive whose declared sizes are harmless.

    A member that declares a smaller size than it has is cut off at the declared one by ``zipfile`` itself and
    then fails its checksum.

    Raises:
        Unreadable: not a zip archive, encrypted, or a zip bomb.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OverflowError) as error:
        raise Unreadable("damaged: not a zip archive") from error
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise Unreadable(f"zip bomb: {len(members)} members")
    unpacked = sum(member.file_size for member in members)
    # Overlapping members share their packed bytes, which then add up to more than the file.
    if unpacked > MAX_UNPACKED or sum(member.compress_size for member in members) > len(data):
        raise Unreadable(f"zip bomb: unpacks to {unpacked // 1_000_000} MB")
    for member in members:
        if member.flag_bits & 1:
            raise Unreadable("encrypted with a password")
        if member.file_size > _SMALL and member.file_size > MAX_RATIO * max(1, member.compress_size):
            raise Unreadable(f"zip bomb: {member.filename[:100]!r} unpacks to {member.file_size // 1_000_000} MB")
    return archive
