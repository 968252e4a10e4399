"""Reads the directory of a zip archive in S3 from the end of the object, without loading all of it."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

_TAIL: Final = 65_557  # bytes; the longest end record of an archive: its comment can have 65,535


class _Ranges(io.RawIOBase):
    """An object in S3 as a file: each read requests a range; the end of the object is cached."""

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
            raise OSError("a position before the start")
        return self._position

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._position + size)
        start, self._position = self._position, max(self._position, end)
        if start >= end:
            return b""
        if start < self._first:  # an archive with very many files
            answer = self._client.get_object(**self._parameters, Range=f"bytes={start}-{self._first - 1}")
            self._kept = answer["Body"].read() + self._kept
            self._first = start
        return self._kept[start - self._first : end - self._first]


def files(client: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the size and the files of an archive, from its directory.

    Args:
        client: boto3's client of S3.
        parameters: ``Bucket``, ``Key`` and, for one version, ``VersionId``.

    Returns:
        ``unzipped``: total bytes of the files, missing if the object is not a zip archive. ``files``: paths
        at the top level and one level below, sorted.
    """
    try:
        with zipfile.ZipFile(_Ranges(client, parameters)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        return {"files": []}
    names = sorted(entry.filename for entry in entries if entry.filename.count("/") < 2)
    return {"unzipped": sum(entry.file_size for entry in entries), "files": names}
