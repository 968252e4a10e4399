"""Calls a function for many items in several forked processes.

A forked process has all loaded modules, so that only items and results are pickled.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import sys
import threading
import traceback
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def results(
    function: Callable[[_Item], _Result], items: Sequence[_Item], done: Callable[[], None] = lambda: None
) -> list[_Result]:
    """Return the results of a function for all items, in the order of the items.

    Args:
        function: the function; its changes in memory are lost if it runs in another process.
        items: the items, longest first.
        done: called in this process after each item, also from another thread.

    Raises:
        ChildProcessError: a process was killed, for example because of missing memory.
        Exception: the exception of the function for the first item with an exception.
    """
    count = min(_cores(), len(items))
    if count < 2 or not _can_fork():
        return _one_by_one(function, items, done)
    others = set(multiprocessing.active_children())
    try:
        started = _started(count, function, items)
        if started is None:
            return _one_by_one(function, items, done)
        pool, futures = started
        for future in futures:
            future.add_done_callback(lambda _: done())
        try:
            return [future.result() for future in futures]
        finally:
            pool.shutdown(cancel_futures=True)
    except BrokenProcessPool:
        raise ChildProcessError(
            "A lint process was killed, possibly because the memory was not sufficient. Close other "
            "programs and try again."
        ) from None
    finally:  # an interrupt, or a broken pool, may come before the shutdown or during it
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
            process.join()


def _started(
    count: int, function: Callable[[_Item], _Result], items: Sequence[_Item]
) -> tuple[ProcessPoolExecutor, list[Future[_Result]]] | None:
    """Return the processes and the results to come; None without semaphores, or more processes or memory."""
    try:
        pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork"), _begin, (function,))
        return pool, [pool.submit(_call, argument) for argument in items]
    except (ImportError, OSError):
        return None


def _one_by_one(
    function: Callable[[_Item], _Result], items: Sequence[_Item], done: Callable[[], None]
) -> list[_Result]:
    all_results = []
    for argument in items:
        all_results.append(function(argument))
        done()
    return all_results


def _cores() -> int:
    """Return the number of cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    """Return whether forking is possible and safe: locks of other threads would stay locked in the copy.

    Libraries of macOS start threads implicitly.
    """
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


_function: Callable[[Any], Any]  # in a worker


def _begin(function: Callable[[Any], Any]) -> None:
    """Prepare a worker."""
    global _function
    _function = function
    gc.freeze()  # exclude existing objects from garbage collection, which would copy their memory pages
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Exit when the parent process ends."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _call(argument: Any) -> Any:
    try:
        return _function(argument)
    except Exception as error:
        if _survives_pickling(error):
            raise
        raise RuntimeError("".join(traceback.format_exception(error))) from None


def _survives_pickling(error: Exception) -> bool:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return False
    return True
