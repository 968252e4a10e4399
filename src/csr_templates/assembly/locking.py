"""A lock between processes that dies with the process holding it."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _seize(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(descriptor: int, path: Path) -> None:
        os.close(descriptor)  # Windows does not remove open files
        with suppress(OSError):  # the next holder has it open already and will remove it
            path.unlink()

else:
    import fcntl

    def _seize(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(descriptor: int, path: Path) -> None:
        path.unlink(missing_ok=True)  # while still held: whoever waits for it sees that the file is gone
        os.close(descriptor)


class LockHeldError(Exception):
    """Another process held the lock for as long as we were willing to wait."""


@contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Hold the lock file ``path``; it is removed afterwards.

    The operating system keeps the lock, not the file's existence: a file that a killed process left behind
    holds nobody up.

    Args:
        path: the lock file, in a folder that exists.
        patience: seconds to wait for another holder.

    Raises:
        LockHeldError: another process held the lock all that time.
        OSError: the file cannot be made or locked.
    """
    deadline = time.monotonic() + patience
    while (descriptor := _acquire(path)) is None:
        if time.monotonic() >= deadline:
            raise LockHeldError(f"{path} was held by another process for {patience:g} seconds.")
        time.sleep(0.02)
    try:
        yield
    finally:
        _release(descriptor, path)


def _acquire(path: Path) -> int | None:
    """Return the descriptor that holds the lock, or None where somebody else does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    held = False
    try:
        held = _seize(descriptor) and _is_open_file(path, descriptor)
    finally:
        if not held:
            os.close(descriptor)
    return descriptor if held else None


def _is_open_file(path: Path, descriptor: int) -> bool:
    """Tell whether ``path`` still names the open file; its last holder may have removed it just before."""
    try:
        return os.path.samestat(path.stat(follow_symlinks=False), os.fstat(descriptor))
    except FileNotFoundError:
        return False
