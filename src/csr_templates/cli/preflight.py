"""``csr-templates preflight``: checks whether the built templates can be deployed to an account."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from csr_templates.cli import folders
from csr_templates.cli.messages import FINE, FOUND, InputError, say
from csr_templates.hand_over.built_folder import BuiltFolderError
from csr_templates.preflight import facts as saved
from csr_templates.preflight import report
from csr_templates.preflight.account import Account, AccountError, collect
from csr_templates.preflight.checks.listing import CHECKS
from csr_templates.preflight.facts import Facts, FactsError
from csr_templates.preflight.needs import Needs, NeedsError, needs
from csr_templates.preflight.report import IgnoreError
from csr_templates.preflight.results import judge

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from csr_templates.hand_over.built_folder import BuiltFolder
    from csr_templates.preflight.results import Result

PATIENCE: Final = 1.0  # seconds before progress is shown on a terminal


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("environment", metavar="ENVIRONMENT", help="name of an environment, such as prod")
    parser.add_argument(
        "--stack",
        action="append",
        default=[],
        metavar="NAME",
        help="stack to be deployed; can be repeated (default: all)",
    )
    parser.add_argument(
        "--out",
        type=folders.named_folder,
        metavar="DIR",
        help="output folder of a build (default: out/ in the checkout, or ./out)",
    )
    parser.add_argument(
        "--profile", metavar="NAME", help="profile of the AWS CLI (default: as for the AWS CLI)"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_parameter,
        metavar="NAME=VALUE",
        help="per-deploy parameter, such as LambdaCodeS3ObjectVersion; can be repeated",
    )
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="CHECK[:ID]",
        help="check, or one of its subjects, that does not change the exit code; can be repeated",
    )
    parser.add_argument(
        "--save-facts", type=Path, metavar="FILE", help="write the responses of AWS to this file"
    )
    parser.add_argument(
        "--facts", type=Path, metavar="FILE", help="use a file of --save-facts instead of calling AWS"
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="format of the report (default: text)",
    )
    parser.add_argument("--change-set", action=_Removed, nargs=0, help=argparse.SUPPRESS)
    parser.add_argument("--s3-bucket", action=_Removed, help=argparse.SUPPRESS)


def run(arguments: Namespace) -> int:
    """Print the report, and return the exit code."""
    for option in ("save_facts", "profile"):
        if arguments.facts and getattr(arguments, option):
            raise InputError(
                f"--facts does not call AWS, so --{option.replace('_', '-')} has no effect. Remove one."
            )
    names = [check.name for check in CHECKS]
    try:
        report.ignore([], arguments.ignore, names)
        folder = folders.read_built(arguments.out or folders.default_output())
        if arguments.facts:
            needed, facts = _offline(arguments, folder)
        else:
            needed, facts = _asked(arguments, folder)
    except (AccountError, BuiltFolderError, FactsError, IgnoreError, NeedsError) as error:
        raise InputError(str(error)) from error
    if arguments.save_facts:
        _write(arguments.save_facts, saved.as_json(facts))
    results = report.ignore(judge(CHECKS, needed, facts), arguments.ignore, names)
    say(_report(arguments.format, results, needed, facts))
    return FOUND if any(result.is_bad for result in results) else FINE


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE.")
    return name, value


def _needs(arguments: Namespace, folder: BuiltFolder, account: str) -> Needs:
    return needs(folder, arguments.environment, account, arguments.stack, dict(arguments.parameter))


def _offline(arguments: Namespace, folder: BuiltFolder) -> tuple[Needs, Facts]:
    path: Path = arguments.facts
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(
            f"Cannot read {path.as_posix()}: {reason}. Specify a file that --save-facts wrote."
        ) from error
    facts = saved.from_json(text, path.as_posix())
    return _needs(arguments, folder, facts.account), facts


def _asked(arguments: Namespace, folder: BuiltFolder) -> tuple[Needs, Facts]:
    _needs(arguments, folder, "123456789012")  # report wrong options before AWS is called
    account = Account(arguments.profile)
    progress = _Progress()
    try:
        facts = account.start()
        needed = _needs(arguments, folder, facts.account)
        collect(account, facts, CHECKS, needed, progress.show)
    finally:
        progress.clear()
        account.close()
    return needed, facts


class _Removed(argparse.Action):
    """Rejects an option of earlier versions, and names what replaces it."""

    def __call__(self, parser: ArgumentParser, *_: object) -> NoReturn:
        parser.error(
            f"{self.option_strings[0]} was removed: the command only reads. To let AWS validate a "
            "deploy, create a change set (aws cloudformation create-change-set, or the steps in "
            "docs/hand-over.md), and read its result with aws cloudformation describe-events "
            "--change-set-name ARN --filters FailedEvents=true."
        )


class _Progress:
    """Shows the progress on a terminal after one second."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._width = 0

    def show(self, done: int, known: int) -> None:
        if self._is_terminal and time.monotonic() - self._started >= PATIENCE:
            text = f"{done} of {known} calls completed"
            print(f"\r{text:{self._width}}", end="", file=sys.stderr, flush=True)
            self._width = len(text)

    def clear(self) -> None:
        if self._width:
            print(f"\r{'':{self._width}}\r", end="", file=sys.stderr, flush=True)
            self._width = 0


def _report(form: str, results: list[Result], needed: Needs, facts: Facts) -> str:
    make = {"text": report.as_text, "json": report.as_json, "markdown": report.as_markdown}
    return make[form](results, needed, facts)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"Cannot write {path.as_posix()}: {error.strerror or error}.") from error
