"""``csr-templates preflight``: whether an account will take what a build wrote."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from csr_templates.cli import folders
from csr_templates.cli.messages import FINE, FOUND, INTERRUPTED, InputError, say, tell
from csr_templates.hand_over import built_folder
from csr_templates.hand_over.built_folder import BuiltFolderError
from csr_templates.hand_over.manifest import MANIFEST
from csr_templates.preflight import change_sets, report
from csr_templates.preflight import facts as saved
from csr_templates.preflight.account import Account, AccountError, collect
from csr_templates.preflight.checks.listing import CHECKS
from csr_templates.preflight.facts import Facts, FactsError
from csr_templates.preflight.needs import Needs, NeedsError, needs
from csr_templates.preflight.report import IgnoreError
from csr_templates.preflight.results import Result, judge

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from csr_templates.hand_over.built_folder import BuiltFolder

PATIENCE: Final = 1.0  # seconds after which a terminal sees how far it is


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("environment", metavar="ENVIRONMENT", help="the environment, such as prod")
    parser.add_argument(
        "--stack",
        action="append",
        default=[],
        metavar="NAME",
        help="a stack to be deployed; may be repeated (default: all)",
    )
    parser.add_argument(
        "--out",
        type=folders.named_folder,
        metavar="DIR",
        help="the folder that a build wrote (default: out/ of the checkout, or ./out)",
    )
    parser.add_argument(
        "--profile", metavar="NAME", help="a profile of the AWS CLI (default: as the AWS CLI looks)"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_parameter,
        metavar="NAME=VALUE",
        help="a parameter that each deploy decides, such as LambdaCodeS3ObjectVersion; may be repeated",
    )
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="CHECK[:ID]",
        help="a check, or one of its subjects, that does not count; may be repeated",
    )
    parser.add_argument("--save-facts", type=Path, metavar="FILE", help="write what the account answered")
    parser.add_argument(
        "--facts", type=Path, metavar="FILE", help="judge what --save-facts wrote, and ask no account"
    )
    parser.add_argument(
        "--change-set",
        action="store_true",
        help="have AWS validate the deploy, too. This writes: it creates a change set for each stack, and "
        "deletes it again, with the empty stack that it makes",
    )
    parser.add_argument(
        "--s3-bucket",
        metavar="NAME",
        help="takes the templates of change sets (default: the artifact bucket of each region)",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="of the report"
    )


def run(arguments: Namespace) -> int:
    """Print the report, and return the exit code."""
    for option in ("save_facts", "change_set", "profile"):
        if arguments.facts and getattr(arguments, option):
            raise InputError(
                f"--facts asks no account, so --{option.replace('_', '-')} means nothing. Leave one out."
            )
    if arguments.s3_bucket and not arguments.change_set:
        raise InputError("--s3-bucket is for change sets: add --change-set, or leave it out.")
    names = [*(check.name for check in CHECKS), change_sets.CHECK]
    validated: list[Result] = []
    try:
        report.ignore([], arguments.ignore, names)
        folder = _folder(arguments.out or folders.default_output())
        if arguments.facts:
            needed, facts = _offline(arguments, folder)
        else:
            needed, facts, validated = _asked(arguments, folder)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (AccountError, BuiltFolderError, FactsError, IgnoreError, NeedsError) as error:
        raise InputError(str(error)) from error
    if arguments.save_facts:
        _write(arguments.save_facts, saved.as_json(facts))
    results = report.ignore([*judge(CHECKS, needed, facts), *validated], arguments.ignore, names)
    say(_report(arguments.format, results, needed, facts))
    return FOUND if any(result.is_bad for result in results) else FINE


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE.")
    return name, value


def _folder(path: Path) -> BuiltFolder:
    if not (path / MANIFEST).exists():
        raise InputError(
            f"There is no {(path / MANIFEST).as_posix()}. Build first (make templates), or name a folder "
            "that a build wrote: --out DIR."
        )
    return built_folder.read(lambda name: (path / name).read_bytes(), path.as_posix())


def _needs(arguments: Namespace, folder: BuiltFolder, account: str) -> Needs:
    return needs(folder, arguments.environment, account, arguments.stack, dict(arguments.parameter))


def _offline(arguments: Namespace, folder: BuiltFolder) -> tuple[Needs, Facts]:
    path: Path = arguments.facts
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(
            f"Cannot read {path.as_posix()}: {reason}. Name a file that --save-facts wrote."
        ) from error
    facts = saved.from_json(text, path.as_posix())
    return _needs(arguments, folder, facts.account), facts


def _asked(arguments: Namespace, folder: BuiltFolder) -> tuple[Needs, Facts, list[Result]]:
    _needs(arguments, folder, "123456789012")  # a mistake in the options needs no account
    account = Account(arguments.profile)
    progress = _Progress()
    try:
        facts = account.start()
        needed = _needs(arguments, folder, facts.account)
        collect(account, facts, CHECKS, needed, progress.show)
        progress.clear()
        validated = _validated(account, needed, facts, arguments.s3_bucket) if arguments.change_set else []
    finally:
        progress.clear()
        account.close()
    return needed, facts, validated


def _validated(account: Account, needed: Needs, facts: Facts, bucket: str | None) -> list[Result]:
    """Have AWS validate, and clean up also when interrupted."""
    tell("Creating change sets, to be validated by AWS and deleted again.")
    complete = Facts(facts.time, facts.account, facts.caller, facts, is_complete=True)
    validation = change_sets.ChangeSets(account, needed, complete, bucket)
    before = {one: signal.signal(one, _interrupt) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        return list(validation.results())
    except KeyboardInterrupt:
        if validation.left:
            tell("These could not be deleted. Delete them:", *validation.left)
        raise
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _interrupt(number: int, frame: object) -> None:
    """End by an exception, so that what was created is deleted; a second signal does not stop that."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    tell("Interrupted: deleting the change sets.")
    raise KeyboardInterrupt


class _Progress:
    """How far it is, on a terminal that has waited for a second."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._width = 0

    def show(self, done: int, known: int) -> None:
        if self._is_terminal and time.monotonic() - self._started >= PATIENCE:
            text = f"{done} of {known} calls answered"
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
