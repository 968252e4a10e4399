"""The printed lines, given to the real AWS CLI 2: it parses each, and some run against moto's server."""

import json
import os
import shlex

import pytest

from csr_templates.operating.aws import CommandGroup
from csr_templates.operating.command_line import COMMANDS, command

from . import edge, real_cli
from .conftest import Operator
from .scenarios import SCENARIOS
from .test_every_command import prepared

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        "PROGRAMS_REQUIRED" not in os.environ and not real_cli.version(), reason="no AWS CLI 2 in /usr/bin"
    ),
]

NEWER: dict[str, str] = {
    # https://github.com/awslabs/aws-sdk-rust/releases/tag/release-2026-02-24
    "aws cloudwatch delete-alarm-mute-rule": "of February 2026",
    "aws cloudwatch put-alarm-mute-rule": "of February 2026",
}
"""Beginning of a line that version 2.23 of the AWS CLI does not know -> the version that does."""

# Commands whose lines also run; the secret of the test stands in the place of <hidden>.
RUN = [
    "roll-back",
    "stop-api",
    "repeat-password",
    "new-password",
    "restore-password",
    "subscribe",
    "enable-key",
    "upload-package",
    "plan-deploy",
    "delete-old-files",
    "set-concurrency",
    "block-address",
    "disable-deletion-protection",
]


def test_the_cli_parses_every_printed_line(operator: Operator) -> None:
    """With all options and values, without a call."""
    lines: list[str] = []
    for each in COMMANDS:
        if each.group is not CommandGroup.READS:
            operator.world.reset()
            lines += operator.run(*prepared(operator, each)).printed
    parseable = [line for line in dict.fromkeys(lines) if not line.startswith(tuple(NEWER))]

    assert real_cli.problems(parseable) == {}
    assert len(parseable) >= len(SCENARIOS) // 2


def test_the_parser_refuses_a_wrong_line() -> None:
    """An option and a member that do not exist; the next line is judged anew."""
    alias = "aws lambda update-alias --region ap-northeast-1 --function-name f --name prod"
    lines = [f"{alias} --bogus 1", f"{alias} --routing-config '{{\"Bogus\":{{}}}}'", alias]

    problems = real_cli.problems(lines)

    assert list(problems) == lines[:2]
    assert "Unknown options: --bogus" in problems[lines[0]]


@pytest.mark.parametrize("name", RUN)
def test_the_cli_does_what_the_command_does(operator: Operator, name: str) -> None:
    """The lines of a dry run, in bash, against a server with the same account."""
    each = command(name)
    arguments = prepared(operator, each)
    lines = operator.run(*arguments, "--dry-run").would_call
    secret = json.dumps({"username": "csradmin", "password": "it's a test"})
    with real_cli.server() as endpoint:
        for line in lines:
            hidden = secret if "secret-string" in line else "it-is-a-test"
            done = real_cli.run(line.replace("'<hidden>'", shlex.quote(hidden)), endpoint)
            assert (done.returncode, done.stderr) == (0, "")

    assert lines
    match name:
        case "roll-back":
            assert operator.world.alias() == "1"
        case "stop-api":
            assert operator.world.keys_enabled() == [False]
        case "upload-package" | "plan-deploy":  # the dry run ends where it needs the object version
            digests = list(operator.world.packages().values())
            assert len(digests) == 2
            assert all(digests)
        case "delete-old-files":
            assert list(operator.world.site()) == ["index.html"]
        case "set-concurrency":
            client = operator.world.client("lambda")
            answer = client.get_function_concurrency(FunctionName=operator.world.function)
            assert answer["ReservedConcurrentExecutions"] == 50
        case "block-address":
            assert edge.blocked_addresses(operator.world)[0] == ["203.0.113.7/32", "203.0.113.9/32"]
        case "new-password":
            assert operator.world.secret_value()["username"] == "csradmin"
