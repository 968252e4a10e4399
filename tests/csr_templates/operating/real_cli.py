"""The AWS CLI 2 of this machine, and a server of moto to which its commands are sent."""

import json
import logging
import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

AWS: Final = Path("/usr/bin/aws")
"""Where the package awscli of Debian and Ubuntu installs it."""

_NOWHERE: Final = "http://127.0.0.1:1"
_SENT: Final = f'Could not connect to the endpoint URL: "{_NOWHERE}'

# Reads lists of words, and gives each to the CLI, in one process, because starting it takes a second. A new
# driver for each, because options stay registered.
_PARSER: Final = """
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver
messages = []
for words in json.load(sys.stdin):
    error = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(error):
        try:
            create_clidriver().main(words)
        except SystemExit:
            pass
    messages.append(error.getvalue().strip())
json.dump(messages, sys.stdout)
"""


@cache
def version() -> str:
    """Return the version of the AWS CLI, such as ``2.23.6``; empty if there is no version 2."""
    if not AWS.exists():
        return ""
    done = subprocess.run([str(AWS), "--version"], capture_output=True, text=True, check=False)
    name, _, number = done.stdout.partition(" ")[0].partition("/")
    return number if name == "aws-cli" and number.startswith("2.") else ""


def problems(lines: Sequence[str]) -> dict[str, str]:
    """Return the lines that the AWS CLI refuses, with its message.

    The CLI validates all options and values, and then cannot connect. With
    ``--generate-cli-skeleton output``, it would not try to, but it refuses its own skeleton of some answers,
    such as that of put-secret-value.
    """
    words = [shlex.split(line, comments=True)[1:] for line in lines]
    interpreter = AWS.read_text("utf-8").splitlines()[0].removeprefix("#!")
    done = subprocess.run(
        [interpreter, "-c", _PARSER],
        input=json.dumps(words),
        capture_output=True,
        text=True,
        check=True,
        env={**_settings(), "AWS_ENDPOINT_URL": _NOWHERE, "AWS_MAX_ATTEMPTS": "1"},
    )
    messages = zip(lines, json.loads(done.stdout), strict=True)
    return {line: message for line, message in messages if not message.startswith(_SENT)}


def run(line: str, endpoint: str) -> subprocess.CompletedProcess[str]:
    """Run a printed line in bash, against a server."""
    return subprocess.run(
        ["bash", "-c", f"set -eu\n{line}\n"],
        capture_output=True,
        text=True,
        check=False,
        env={**_settings(), "AWS_ENDPOINT_URL": endpoint},
    )


@contextmanager
def server() -> Iterator[str]:
    """Yield the endpoint of a server that has what moto in this process has."""
    from moto.server import ThreadedMotoServer  # the import takes a while

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        moto.stop()


def _settings() -> Mapping[str, str]:
    return {
        "PATH": f"{AWS.parent}:{os.environ['PATH']}",
        "HOME": "/nonexistent",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "only-in-the-mock",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }
