"""An environment in moto, in which the commands run."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import pytest

from csr_templates.account.printed_calls import MADE, NOT_MADE
from csr_templates.account.session import Account
from csr_templates.operating import command_line, environment, waiting, words
from csr_templates.operating.environment import OperatedEnvironment
from tests.csr_templates.preflight.mock_account import ENVIRONMENT
from tests.docs.aws_cli import Command, parse
from tests.system import ROOT

from . import moto_rds, sessions
from .recorded import Call
from .stacks import CloudFormation
from .world import World

OUT: Final = ROOT / "out"


class Run(NamedTuple):
    """What a command did.

    Attributes:
        status: its exit status.
        out: lines of standard output.
        err: lines of standard error.
        calls: the calls that reached AWS, in order.
    """

    status: int
    out: list[str]
    err: list[str]
    calls: list[Call]

    @property
    def printed(self) -> list[str]:
        """The calls that were printed before they were made, as commands of the AWS CLI."""
        return [line.removeprefix(MADE).strip() for line in self.out if line.startswith(MADE)]

    @property
    def would_call(self) -> list[str]:
        """The calls that a dry run printed."""
        return [line.removeprefix(NOT_MADE).strip() for line in self.out if line.startswith(NOT_MADE)]

    @property
    def called(self) -> list[str]:
        """Service and operation of each call: ``rds:ModifyDBCluster``."""
        return [call.name for call in self.calls]


class Operator:
    """Types commands for production.

    Attributes:
        world: the account.
        clock: their time.
    """

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self._monkeypatch = monkeypatch
        self._is_first = True
        self.clock = world.recorder.between.clock
        monkeypatch.setattr(waiting, "sleep", self.clock.sleep)

    def run(self, *arguments: str, folder: Path = OUT) -> Run:
        """Run a command, such as ``run("roll-back", "1")``; each is typed a minute after the one before."""
        if not self._is_first:
            self.clock.sleep(60)
        self._is_first = False
        self.clock.restart()
        self._monkeypatch.setattr(words, "now", self.clock.now)
        self._monkeypatch.setattr(command_line, "Account", self._account)
        before = len(self.world.recorder.made)
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = command_line.main(["prod", *arguments, "--out", str(folder)])
        calls = self.world.recorder.made[before:]
        return Run(status, out.getvalue().splitlines(), err.getvalue().splitlines(), calls)

    def _account(self, profile: str | None) -> Account:
        assert profile is None
        session: Any = sessions.SharedSession()
        account = Account(session=session)
        self.world.recorder.register(session)
        return account


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use credentials of no account, and do not pause."""
    isolate(monkeypatch)


def isolate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use credentials of no account and no terminal, and do not pause."""
    monkeypatch.setattr(sys, "stdin", StringIO())
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(waiting, "sleep", lambda seconds: None)


@pytest.fixture(scope="session")
def production() -> OperatedEnvironment:
    """What the output folder says of production."""
    return environment.read(OUT, "prod")


@contextmanager
def started() -> Iterator[Any]:
    """Yield moto's mock of AWS."""
    _install_validator()
    # It would take a second for each region, and no test has an instance.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    from moto import mock_aws
    from moto.core.utils import method_names_from_class
    from moto.kms.utils import generate_private_key
    from moto.rds.models import RDSBackend

    mock = mock_aws()
    mock.start()
    # Each key gets a new key pair, which takes a quarter of a second, also if it is symmetric.
    # Each call lists the methods of the class that answers it.
    with (
        patch("moto.kms.models.generate_private_key", cache(generate_private_key)),
        patch("moto.core.responses.method_names_from_class", cache(method_names_from_class)),
        patch.object(
            RDSBackend,
            "restore_db_cluster_to_point_in_time",
            moto_rds.restores_backups(RDSBackend.restore_db_cluster_to_point_in_time),
        ),
    ):
        yield mock
    mock.stop()


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    """Yield moto's mock of AWS, which starts once for a file because its start takes longer than a test."""
    with started() as mock:
        yield mock


@pytest.fixture
def world(production: OperatedEnvironment, moto: Any, tmp_path: Path) -> Iterator[World]:
    """Yield an account with what production has deployed."""
    moto.reset()
    world = World(production, CloudFormation(production), moto, tmp_path)
    yield world
    world.close()


@contextmanager
def opened(stacks: CloudFormation, folder: Path) -> Iterator[World]:
    """Yield an account in a moto of its own with these stacks, and an empty folder."""
    with started() as mock:
        world = World(stacks.environment, stacks, mock, folder)
        yield world
        world.close()


def _install_validator() -> None:
    """Install modules in place of a package with 15 dependencies.

    moto's API Gateway imports it to validate an OpenAPI document, which no test has.
    """
    if find_spec("openapi_spec_validator"):
        return
    package = ModuleType("openapi_spec_validator")
    validation = ModuleType("openapi_spec_validator.validation")
    exceptions = ModuleType("openapi_spec_validator.validation.exceptions")
    package.validate = None  # type: ignore[attr-defined]
    exceptions.OpenAPIValidationError = ValueError  # type: ignore[attr-defined]
    for module in (package, validation, exceptions):
        module.__spec__ = ModuleSpec(module.__name__, None)
        sys.modules[module.__name__] = module


@pytest.fixture
def operator(world: World, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Someone who types commands for production."""
    return Operator(world, monkeypatch)


def as_command(line: str, folder: Path) -> Command:
    """Return a printed line as the AWS CLI reads it, by botocore's models.

    Raises:
        CommandError: the AWS CLI would refuse it.
    """
    program, *words = shlex.split(line, comments=True)
    assert program == "aws"
    return parse(words, folder)
