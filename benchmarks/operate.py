"""Measures ``csr-operate prod show-state`` with answers that take 50 ms: ``python benchmarks/operate.py``.

Each run is a new process, as for an operator: it starts Python, loads boto3, creates the clients and prints.
The answers are given in the process, so the time of the network is the delay alone.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
DELAY: Final = 0.05  # seconds of each answer
LIMIT: Final = 1.5  # seconds of the command
RUNS: Final = 7
_NOW: Final = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
_ALARM: Final = {"AlarmName": "csr-lambda-api-prod-aurora-cpu", "StateUpdatedTimestamp": _NOW}
_VERSION: Final = {"Version": "12", "LastModified": "2026-11-25T01:30:00.000+0000", "Description": "package"}
_ANSWERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "GetCallerIdentity": {
        "Account": "123456789012",
        "Arn": "arn:aws:sts::123456789012:assumed-role/on-call/x",
    },
    "DescribeStacks": {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "CreationTime": _NOW}]},
    "DescribeAlarms": {"MetricAlarms": [_ALARM]},
    "DescribeStackResource": {"StackResourceDetail": {"PhysicalResourceId": "csr-lambda-api-prod-api"}},
    "GetAlias": {"FunctionVersion": "12"},
    "ListVersionsByFunction": {"Versions": [_VERSION]},
    "ListObjectVersions": {"Versions": [{"Key": "index.html", "IsLatest": True, "LastModified": _NOW}]},
}


class Http(NamedTuple):
    """What botocore reads of an HTTP answer whose body is parsed."""

    status_code: int


def show_state() -> int:
    """Run the command in this process, with the answers above."""
    import botocore.session
    from boto3.session import Session

    from csr_templates.account.session import Account
    from csr_templates.operating import command_line

    def answer(model: Any, **_: Any) -> Any:
        time.sleep(DELAY)
        return Http(200), {**_ANSWERS[model.name], "ResponseMetadata": {}}

    def account(profile: str | None) -> Account:
        del profile
        core = botocore.session.Session()
        core.get_component("event_emitter").register_last("before-call", answer)
        return Account(session=Session(botocore_session=core))

    command_line.Account = account  # type: ignore[misc, assignment]
    return command_line.main(["prod", "show-state", "--out", str(ROOT / "out")])


def measure(script: Path, command: str, limit: float, once: Callable[[], int]) -> int:
    """Print the median time of a command, run in new processes; ``--once`` runs it in this one.

    Args:
        script: the benchmark, which a new process runs with ``--once``.
        command: the name that is printed.
        limit: seconds.
        once: runs the command.

    Returns:
        1 if the median is over the limit, and the exit status of the command with ``--once``.
    """
    if "--once" in sys.argv[1:]:
        return once()
    seconds(script)  # compiles the modules
    runs = [seconds(script) for _ in range(RUNS)]
    median = statistics.median(clock for clock, _ in runs)
    spent = statistics.median(on_processor for _, on_processor in runs)
    verdict = "fine" if median <= limit else "OVER"
    print(f"{median:7.2f}  at most {limit:<5g} {verdict}  seconds of {command}, if an answer takes {DELAY} s")
    print(f"         {spent:.2f} s of them on the processor; on a busy machine, the first figure says little")
    return int(median > limit)


def seconds(script: Path) -> tuple[float, float]:
    """Return how long a new process takes, by the clock and of the processor."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "PYTHONPATH": str(ROOT / "src")}
    before = processor()
    started = time.perf_counter()
    command = [sys.executable, str(script), "--once"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment, cwd=ROOT)
    return time.perf_counter() - started, processor() - before


def processor() -> float:
    """Return the seconds that the processor has spent on the processes that this one has waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    sys.exit(measure(Path(__file__), "show-state", LIMIT, show_state))
