"""``locking``: one process at a time, and no lock outlives its process."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from csr_templates.assembly import locking
from csr_templates.assembly.locking import LockHeldError, locked

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys, time
from pathlib import Path
from csr_templates.assembly.locking import locked
with locked(Path(sys.argv[1]), 0):
    print("held", flush=True)
    time.sleep(60)
"""

COUNTER = """
import sys
from pathlib import Path
from csr_templates.assembly.locking import locked
counter = Path(sys.argv[2])
for _ in range(100):
    with locked(Path(sys.argv[1]), 60):
        counter.write_text(str(int(counter.read_text()) + 1))
"""


def test_removes_its_file(tmp_path: Path) -> None:
    """The lock file exists while the lock is held and no longer."""
    lock = tmp_path / "lock"

    with locked(lock, 0):
        assert lock.exists()

    assert not lock.exists()


def test_is_released_after_an_exception(tmp_path: Path) -> None:
    """A block that fails gives the lock back."""
    lock = tmp_path / "lock"

    with pytest.raises(ZeroDivisionError), locked(lock, 0):
        _ = 1 // 0

    assert not lock.exists()


def test_gives_up_on_a_lock_that_stays_held(tmp_path: Path) -> None:
    """A second holder is refused after the time it was willing to wait."""
    lock = tmp_path / "lock"

    with locked(lock, 0):
        started = time.monotonic()
        with pytest.raises(LockHeldError) as caught, locked(lock, 0.1):
            pytest.fail("two holders at once")

        assert time.monotonic() - started >= 0.1
    assert str(caught.value) == f"{lock} was held by another process for 0.1 seconds."


def test_waits_for_the_holder(tmp_path: Path) -> None:
    """A second holder gets the lock once the first is done, although the first removes the file."""
    lock = tmp_path / "lock"
    events: list[str] = []

    def second() -> None:
        with locked(lock, 30):
            events.append("second")

    with locked(lock, 0):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        events.append("first")
    thread.join()

    assert events == ["first", "second"]
    assert not lock.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not remove open files")
def test_notices_that_the_file_was_removed_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock on a file that its last holder removed between opening and locking counts for nothing."""
    lock = tmp_path / "lock"
    seize, calls = locking._seize, []

    def seize_late(descriptor: int) -> bool:
        calls.append(descriptor)
        if len(calls) == 1:
            lock.unlink()
        return seize(descriptor)

    monkeypatch.setattr(locking, "_seize", seize_late)

    with locked(lock, 1):
        assert len(calls) == 2
        assert lock.exists()


def test_dies_with_its_process(tmp_path: Path) -> None:
    """The file that a killed holder leaves behind holds nobody up."""
    lock = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(LockHeldError), locked(lock, 0):
            pytest.fail("two holders at once")
        holder.kill()

    assert lock.exists()
    with locked(lock, 0):
        pass
    assert not lock.exists()


def test_keeps_processes_apart(tmp_path: Path) -> None:
    """Three processes that count in one file, each under the lock, lose no step."""
    counter = tmp_path / "counter"
    counter.write_text("0")
    command = [sys.executable, "-c", COUNTER, str(tmp_path / "lock"), str(counter)]

    processes = [subprocess.Popen(command) for _ in range(3)]

    assert [process.wait() for process in processes] == [0, 0, 0]
    assert counter.read_text() == "300"
