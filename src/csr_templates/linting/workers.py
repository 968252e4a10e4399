"""Calls a function for many items in several processes, which are forked from this one.

A forked process has everything that this one has loaded, and only its results must be pickled. It ends with
this process, however this one ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def results(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """Return what a function returns for each item, in the order of the items.

    Args:
        function: what it changes in memory is lost where it runs in another process.
        items: each goes to another process than the one before it, so neighbors should take equally long.

    Raises:
        ChildProcessError: a process was killed, as the system does when memory runs out.
        Exception: what the function raised for the first item for which it raised an exception.
    """
    count = min(_cores(), len(items))
    if count < 2 or not _can_fork():
        return [function(item) for item in items]
    alive, held = os.pipe()  # a worker ends once nothing holds the second end, which this process does
    workers: list[_Worker] = []
    try:
        for number in range(count):
            share = {index: items[index] for index in range(number, len(items), count)}
            workers.append(_fork(partial(_work, function, share, alive, held)))
        outputs = [worker.output() for worker in workers]
    except OSError:  # no more processes, memory or files are allowed
        return [function(item) for item in items]
    finally:
        os.close(held)
        os.close(alive)
        codes = [worker.end() for worker in workers]
    found: dict[int, Any] = {}
    errors: dict[int, BaseException] = {}
    for output, code in zip(outputs, codes, strict=True):
        try:
            done, failed = pickle.loads(output)
        except (EOFError, pickle.UnpicklingError):
            raise ChildProcessError(
                f"A process that linted was ended {_cause(code)}. If memory ran out, close other programs; "
                "then try again."
            ) from None
        found.update(done)
        errors.update(failed)
    if errors:
        raise errors[min(errors)]
    return [found[index] for index in range(len(items))]


class _Worker(NamedTuple):
    pid: int
    reader: int

    def output(self) -> bytes:
        """Wait until the process is done, or dead, and return what it wrote."""
        with os.fdopen(self.reader, "rb", closefd=False) as file:
            return file.read()

    def end(self) -> int | None:
        """End the process, unless it has ended, and return its exit code if that is known."""
        os.close(self.reader)
        try:
            os.kill(self.pid, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        except (ProcessLookupError, ChildProcessError):  # where SIGCHLD is ignored, the system forgets it
            return None


def _cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    """Tell whether forking is possible and safe: other threads would leave their locks locked in the copy.

    Libraries of macOS start threads unasked.
    """
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _fork(work: Callable[[], bytes]) -> _Worker:
    """Start a process that writes what a function returns, and ends."""
    reader, writer = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            _end_with_the_output_of(work, writer)
    except OSError:
        os.close(reader)
        raise
    finally:
        os.close(writer)
    return _Worker(pid, reader)


def _end_with_the_output_of(work: Callable[[], bytes], writer: int) -> NoReturn:
    """Run in a worker, in which nothing may get to the code that called this."""
    try:
        with os.fdopen(writer, "wb") as file:
            file.write(work())
    finally:
        os._exit(0)  # without what this process runs at its end


def _work(function: Callable[[Any], Any], share: dict[int, Any], alive: int, held: int) -> bytes:
    """Return the pickled results of a worker's share of the items, and the error that ended it, if any."""
    os.close(held)
    threading.Thread(target=_end_with_parent, args=(alive,), daemon=True).start()
    gc.freeze()  # what was there before is not garbage, and looking at it would copy it
    done: dict[int, Any] = {}
    for index, item in share.items():
        try:
            done[index] = function(item)
        except BaseException as error:
            return pickle.dumps((done, {index: _transferable(error)}))
    return pickle.dumps((done, {}))


def _end_with_parent(alive: int) -> NoReturn:
    os.read(alive, 1)  # nothing is ever written, so this returns when the parent has ended
    os._exit(1)


def _transferable(error: BaseException) -> BaseException:
    """Return the error with its traceback as a note; one that says the same if it cannot be pickled."""
    note = "".join(traceback.format_exception(error))
    try:
        error.add_note(f"In a process that linted:\n{note}")
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(note)
    return error


def _cause(code: int | None) -> str:
    return f"by signal {-code} ({signal.strsignal(-code)})" if code and code < 0 else "early"
