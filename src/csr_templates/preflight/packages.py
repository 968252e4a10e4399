"""The directory of a zip archive in S3, read from the end of the object and not by loading all of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

_TAIL: Final = 65_557  # bytes: the longest end of an archive, with a comment of 65,535 bytes


class _Ranges(io.RawIOBase):
    """An object in S3 as a file: each read is a request for a range, but what is near the end is kept."""

    def __init__(self, client: Any, parameters: Mapping[str, Any]) -> None:
        self._client = client
        self._parameters = parameters
        answer = client.get_object(**parameters, Range=f"bytes=-{_TAIL}")
        self._kept: bytes = answer["Body"].read()
        self._size = int(str(answer.get("ContentRange", f"/{len(self._kept)}")).rpartition("/")[2])
        self._first = self._size - len(self._kept)
        self._position = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = start + offset
        if self._position < 0:
            raise OSError("a place before the beginning")
        return self._position

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._position + size)
        start, self._position = self._position, max(self._position, end)
        if start >= end:
            return b""
        if start < self._first:  # the directory of an archive with very many files
            answer = self._client.get_object(**self._parameters, Range=f"bytes={start}-{self._first - 1}")
            self._kept = answer["Body"].read() + self._kept
            self._first = start
        return self._kept[start - self._first : end - self._first]


def files(client: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the directory of an archive says.

    Args:
        client: boto3's client of S3.
        parameters: ``Bucket``, ``Key`` and, for one version, ``VersionId``.

    Returns:
        ``unzipped``: bytes of all files; ``files``: the paths at the top and one level below it, in order.
        ``unzipped`` is missing where the object is not a zip archive.
    """
    try:
        with zipfile.ZipFile(_Ranges(client, parameters)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        return {"files": []}
    names = sorted(entry.filename for entry in entries if entry.filename.count("/") < 2)
    return {"unzipped": sum(entry.file_size for entry in entries), "files": names}
