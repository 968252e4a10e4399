"""If only STS answers, each command that reads an account ends in time, and asks each endpoint once."""

import os
import subprocess
import sys
import time
from collections import Counter
from typing import Final, NamedTuple

import pytest

from csr_templates.account.session import FIRST_ATTEMPTS
from tests.system import ROOT

from .mock_account import ENVIRONMENT
from .silent_aws import SERVERS, Requests, sts

pytestmark = pytest.mark.acceptance

LIMIT: Final = 25.0  # seconds
COMMANDS: Final = {
    "preflight": ["preflight", "prod"],
    "verify": ["verify", "prod"],
    "deployed": ["review", "--before", "deployed:prod"],
}


class Ended(NamedTuple):
    """The end of a command: its status, what it printed, and the seconds until then."""

    code: int
    out: str
    seconds: float


def run_command(command: list[str], sts_url: str, url: str) -> Ended:
    """Run a command in a new process, against servers in place of AWS."""
    cleared = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
    }
    environment = {
        **cleared,
        **ENVIRONMENT,
        "AWS_ENDPOINT_URL": url,
        "AWS_ENDPOINT_URL_STS": sts_url,
        "PYTHONPATH": str(ROOT / "src"),
    }
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "csr_templates", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    return Ended(done.returncode, done.stdout + done.stderr, time.monotonic() - started)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_ends_in_time_and_asks_each_endpoint_once(command: str, server: str) -> None:
    """The first call to an endpoint decides, with its attempts; what it would show is unknown."""
    requests: Requests = Counter()
    with sts() as sts_url, SERVERS[server](requests) as url:
        ended = run_command(COMMANDS[command], sts_url, url)
    print(f"\n{command}, {server}: {ended.seconds:.1f} s, requests: {dict(requests)}")

    assert ended.code == 1, ended.out
    assert "AWS does not respond to cloudformation " in ended.out
    assert "passed" not in ended.out.splitlines()[0]
    assert ended.seconds <= LIMIT
    if server == "accept":
        assert len(requests) > 1
        assert set(requests.values()) == {FIRST_ATTEMPTS}
