"""A command that runs checks of an account: its options, its report and its exit code."""

from __future__ import annotations

import argparse
import signal
from functools import partial
from typing import TYPE_CHECKING

from cfn_analysis.model.wording import repeated
from csr_templates.account.errors import AccountError
from csr_templates.cli import account_facts, folders
from csr_templates.cli.messages import FINE, FOUND, INTERRUPTED, InputError, say, tell
from csr_templates.hand_over.built_folder import BuiltFolderError
from csr_templates.preflight import report
from csr_templates.preflight.drift import detection, rows
from csr_templates.preflight.drift.detection import DetectionStoppedError
from csr_templates.preflight.facts import FactsError
from csr_templates.preflight.report import IgnoreError
from csr_templates.preflight.resolved_environment import (
    ResolvedEnvironment,
    SelectionError,
    resolve_environment,
)
from csr_templates.preflight.results import judge, missing_calls

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence

    from csr_templates.preflight.checked_account import CheckedAccount
    from csr_templates.preflight.facts import Facts
    from csr_templates.preflight.results import Check


def add_arguments(parser: ArgumentParser, stack_help: str) -> None:
    """Declare the arguments."""
    parser.add_argument("environment", metavar="ENVIRONMENT", help="name of an environment, such as prod")
    parser.add_argument(
        "--stack",
        action="append",
        default=[],
        metavar="NAME",
        help=f"{stack_help}; can be repeated (default: all)",
    )
    folders.add_built(parser)
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
        help="check, or one of its subjects, that does not change the exit status; can be repeated",
    )
    account_facts.add_arguments(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="format of the report (default: text)",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="also list the checks that passed, with what they found",
    )


def run(
    arguments: Namespace, name: str, checks: Sequence[Check], title: str, *, detects_drift: bool = False
) -> int:
    """Print the report, and return the exit code.

    Args:
        arguments: of the command.
        name: of the command, of its policy, and of its page.
        checks: the checks.
        title: of the report.
        detects_drift: whether to detect the drift of the stacks; its results replace those of the check.
    """
    names = [check.name for check in checks]
    detect = None
    if detects_drift:
        checks = [check for check in checks if check.name not in rows.SUMMARIES]
        names += rows.SUMMARIES
        detect = _detect
    try:
        report.require_checks(arguments.ignore, names, f"docs/{name}.md")
        per_deploy = _parameters(arguments.parameter)
        path = arguments.out or folders.default_output()
        folder = folders.read_built(path)

        def environment_of(account: str) -> ResolvedEnvironment:
            return resolve_environment(
                folder, arguments.environment, account, arguments.stack, per_deploy, path.as_posix()
            )

        environment, facts = account_facts.obtain(
            arguments, name, partial(missing_calls, checks), environment_of, detect
        )
    except DetectionStoppedError as error:
        tell(str(error))
        return INTERRUPTED
    except (AccountError, BuiltFolderError, FactsError, IgnoreError, SelectionError) as error:
        raise InputError(str(error)) from error
    results = judge(checks, environment, facts)
    if detects_drift:
        results += rows.results(environment, facts)
    results = report.ignore(results, arguments.ignore)
    subjects = {f"{result.check}:{result.subject}" for result in results}
    for ignored in arguments.ignore:
        if ":" in ignored and ignored not in subjects:
            tell(f"csr-templates: --ignore {ignored} has no effect: there is no such result.")
    match arguments.format:
        case "json":
            say(report.as_json(results, environment, facts))
        case "markdown":
            say(report.as_markdown(results, environment, facts, title, is_verbose=arguments.verbose))
        case _:
            say(report.as_text(results, environment, facts, title, is_verbose=arguments.verbose))
    return FOUND if any(result.is_bad for result in results) else FINE


def _detect(
    account: CheckedAccount,
    environment: ResolvedEnvironment,
    facts: Facts,
    show: Callable[[Sequence[str], float], None],
) -> None:
    """Detect the drift of the stacks; Ctrl-C, which otherwise ends the process, leads to a sentence first."""
    ends_process = signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    if ends_process:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        detection.detect(account, environment, facts, show)
    finally:
        if ends_process:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _parameters(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the values of ``--parameter`` by name."""
    if twice := repeated(name for name, _ in pairs):
        raise InputError(f"--parameter {twice[0]} is given twice. Remove one.")
    return dict(pairs)


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE.")
    return name, value
