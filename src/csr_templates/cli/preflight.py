"""``csr-templates preflight``: checks whether the built templates can be deployed to an account."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from csr_templates.cli import account_facts, folders
from csr_templates.cli.messages import FINE, FOUND, InputError, say
from csr_templates.hand_over import operator_policies
from csr_templates.hand_over.built_folder import BuiltFolderError
from csr_templates.preflight import report
from csr_templates.preflight.account import AccountError
from csr_templates.preflight.checks.listing import CHECKS
from csr_templates.preflight.facts import FactsError
from csr_templates.preflight.needs import Needs, NeedsError, needs
from csr_templates.preflight.report import IgnoreError
from csr_templates.preflight.results import judge

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from csr_templates.preflight.facts import Facts
    from csr_templates.preflight.results import Result


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
    account_facts.add_arguments(parser)
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
    names = [check.name for check in CHECKS]
    try:
        report.ignore([], arguments.ignore, names)
        folder = folders.read_built(arguments.out or folders.default_output())

        def needs_of(account: str) -> Needs:
            per_deploy = dict(arguments.parameter)
            return needs(folder, arguments.environment, account, arguments.stack, per_deploy)

        needed, facts = account_facts.obtain(arguments, operator_policies.PREFLIGHT, CHECKS, needs_of)
    except (AccountError, BuiltFolderError, FactsError, IgnoreError, NeedsError) as error:
        raise InputError(str(error)) from error
    results = report.ignore(judge(CHECKS, needed, facts), arguments.ignore, names)
    say(_report(arguments.format, results, needed, facts))
    return FOUND if any(result.is_bad for result in results) else FINE


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE.")
    return name, value


class _Removed(argparse.Action):
    """Rejects an option of earlier versions, and names what replaces it."""

    def __call__(self, parser: ArgumentParser, *_: object) -> NoReturn:
        parser.error(
            f"{self.option_strings[0]} was removed: the command only reads. To let AWS validate a "
            "deploy, create a change set (aws cloudformation create-change-set, or the steps in "
            "docs/hand-over.md), and read its result with aws cloudformation describe-events "
            "--change-set-name ARN --filters FailedEvents=true."
        )


def _report(form: str, results: list[Result], needed: Needs, facts: Facts) -> str:
    make = {"text": report.as_text, "json": report.as_json, "markdown": report.as_markdown}
    return make[form](results, needed, facts)
