"""Several processes return the same results as one, and all of them end."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from cfn_analysis.linting import workers

can_fork = workers._can_fork
SRC = Path(__file__).resolve().parents[3] / "src"

pytestmark = [
    pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="never forks"),
    pytest.mark.usefixtures("interruptible"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),  # pytest-xdist uses a thread
]


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Simulate three cores, and return the processes that are started."""
    pids: list[int] = []
    fork = os.fork

    def noting() -> int:
        if pid := fork():
            pids.append(pid)
        return pid

    monkeypatch.setattr(workers, "_cores", lambda: 3)
    monkeypatch.setattr(workers, "_can_fork", lambda: True)
    monkeypatch.setattr(os, "fork", noting)
    return pids


def assert_gone(pids: list[int], count: int = 3) -> None:
    """Fail if one of the processes still runs, or is a zombie."""
    assert len(pids) == count
    for pid in pids:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_results_come_in_the_order_of_the_items(forked: list[int]) -> None:
    """Each item is processed in one of the other processes, and can be large."""
    later = multiprocessing.get_context("fork").Event()

    def work(number: int) -> tuple[str, int]:
        if number == 2:
            later.set()
        assert later.wait(60)  # the first items end after this one began
        return "x" * 100_000 * number, os.getpid()

    texts = workers.results(work, range(7))

    assert [len(text) for text, _ in texts] == [100_000 * number for number in range(7)]
    assert {pid for _, pid in texts} <= set(forked)
    assert_gone(forked)


class UnpicklableError(Exception):
    """An exception with two arguments, only one of which pickle passes."""

    def __init__(self, message: str, _second: str) -> None:
        super().__init__(message)


def failing(number: int) -> int:
    """Raise another exception for each item but the first."""
    if number == 0:
        return 0
    if number == 4:
        raise UnpicklableError("lost", "in transit")
    raise ValueError(number)


def test_the_first_error_is_raised(forked: list[int]) -> None:
    """The exception is the same, and shows the line in the other process."""
    with pytest.raises(ValueError, match="1") as caught:
        workers.results(failing, [0, 1, 2, 3])

    assert caught.value.args == (1,)
    assert "in failing\n    raise ValueError(number)\nValueError: 1\n" in str(caught.value.__cause__)
    assert_gone(forked)


def test_an_error_that_cannot_be_pickled_is_reported(forked: list[int]) -> None:
    """The message of the replacement exception is the traceback."""
    with pytest.raises(RuntimeError, match=r"in failing(.|\n)*UnpicklableError: lost"):
        workers.results(failing, [0, 4])


def test_a_killed_process_is_an_error(forked: list[int]) -> None:
    """If the system kills a process, the error is a message, and the other processes end."""

    def killed(number: int) -> None:
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(
        ChildProcessError,
        match=r"^A lint process was killed, possibly because the memory was not sufficient\. ",
    ):
        workers.results(killed, range(3))

    assert_gone(forked)


def test_an_interrupt_ends_the_processes(forked: list[int]) -> None:
    """KeyboardInterrupt is raised in a caller that handles Ctrl-C, and all processes end."""
    interrupted = multiprocessing.get_context("fork").Event()

    def interrupt(number: int) -> None:
        if number == 2:
            os.kill(os.getppid(), signal.SIGINT)
            interrupted.set()
        assert interrupted.wait(60)  # all processes work when the interrupt comes

    with pytest.raises(KeyboardInterrupt):
        workers.results(interrupt, range(9))

    assert_gone(forked)


def test_an_interrupt_while_work_is_handed_out_ends_the_processes(
    forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same applies to an interrupt before all work is distributed."""
    submit = ProcessPoolExecutor.submit
    ended = multiprocessing.get_context("fork").Event()

    def interrupted(
        pool: ProcessPoolExecutor, function: Callable[[int], object], number: int
    ) -> Future[object]:
        if number == 2:
            ended.set()
            raise KeyboardInterrupt
        return submit(pool, function, number)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workers.results(lambda _: ended.wait(60), range(9))

    assert_gone(forked)


def test_processes_end_with_the_one_that_started_them() -> None:
    """Even if the parent is killed, all processes end, so that they do not keep standard output open."""
    code = (
        "import os, time\nfrom cfn_analysis.linting import workers\nworkers._cores = lambda: 2\n"
        "workers.results(lambda number: [os.write(1, b'here\\n'), time.sleep(60)], range(2))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=SRC, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["here\n"] * 2
        process.kill()
        process.communicate(timeout=60)


@pytest.mark.parametrize(
    "why", ["one core", "one item", "a thread", "no fork", "fork fails", "no semaphores"]
)
def test_one_process_where_several_are_not_possible(
    why: str, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The results are the same if several processes are not possible."""
    fork = os.fork

    def fails() -> int:
        if forked:
            raise BlockingIOError
        return fork()

    def no_pool(*_: object) -> None:
        raise ImportError

    if why == "one core":
        monkeypatch.setattr(workers, "_cores", lambda: 1)
    elif why in ("a thread", "no fork"):
        monkeypatch.setattr(workers, "_can_fork", can_fork)
        monkeypatch.setattr(threading, "active_count", lambda: 1 + (why == "a thread"))
        if why == "no fork":
            monkeypatch.delattr(os, "fork")
    elif why == "fork fails":
        monkeypatch.setattr(os, "fork", fails)
    elif why == "no semaphores":
        monkeypatch.setattr(workers, "ProcessPoolExecutor", no_pool)
    items = [1] if why == "one item" else [1, 2, 3]

    assert workers.results(lambda number: (number, os.getpid()), items) == [
        (number, os.getpid()) for number in items
    ]
    for process in multiprocessing.active_children():
        process.join(10)
    assert_gone(forked, count=1 if why == "fork fails" else 0)


def test_cores_are_those_that_this_process_may_use() -> None:
    """The number of cores is that of the process, which a container or taskset can limit."""
    assert 1 <= workers._cores() <= (os.cpu_count() or 1)
