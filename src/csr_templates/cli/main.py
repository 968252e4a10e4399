"""The ``csr-templates`` command: parses the arguments, runs the command and reports errors.

Reports, findings, diffs and YAML go to standard output. Error messages go to standard error.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from cfn_analysis.model.data_files import DataError
from cfn_analysis.model.rendering import RenderError
from cfn_analysis.model.wording import hint
from csr_templates.assembly.folder import OutputError
from csr_templates.cli import data_checks
from csr_templates.cli.messages import (
    BAD_INPUT,
    FINE,
    InputError,
    discard_stdout,
    say,
    tell,
)
from csr_templates.environments.environment import EnvironmentsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csr_templates.stacks.listing import Stack

STACKS: Sequence[Stack] = ()
"""The stacks; if empty, those of ``stacks.listing``, which is imported only by commands that need it."""

_COMMANDS = {
    "build": "build and lint every stack, then write the output folder",
    "environments": "show the parameters of every environment, side by side",
    "parameters": "print the parameters or tags of one stack in one environment, for the AWS CLI",
    "render": "print the template of one stack as YAML, without writing a file",
    "review": "show the effects of a deploy on the running system: replacements, interruptions, risks",
    "cost": "show what the built stacks cost in a month, line by line",
    "preflight": "check whether the built templates can be deployed to an AWS account",
    "verify": "check after a deploy whether the stacks are as built and the system works",
    "lint": "lint templates of this or another project with cfn-lint and the rules of csr-templates",
    "completion": "print the completion of csr-templates and csr-operate for a shell",
}
_OF_STACKS = ("build", "environments", "parameters", "render")
"""Commands for the stacks of this package, or of another project."""
_READING_DATA = ("review", "cost", "lint")
"""Commands that check the files of data first. A build does so with --check or --pages, or when it fails."""
_VALIDATION = "The change set of a deploy shows the validation by AWS: aws cloudformation create-change-set."
_REMOVED = {
    "build --output": "Use --out, as for the other commands.",
    "release-notes": "Use csr-templates review --before v0.2.0 --format markdown.",
    "reference": "A build writes the page: out/reference.md.",
    "preflight --change-set": _VALIDATION,
    "preflight --s3-bucket": _VALIDATION,
}
"""Command or option of an earlier version -> what to use instead."""

PIPE_CLOSED = 141  # as shells report SIGPIPE

WIDTH = 100  # columns of the help
# A fixed width: the same in a log, and reading the terminal's width takes longer than parsing arguments.
_HELP = partial(argparse.RawDescriptionHelpFormatter, width=WIDTH)

EXIT_CODES = """\
exit status of every command:
  0    success
  1    lint findings, stale files (build --check), risks that are not accepted (review), failed
       checks (preflight, verify), resources without a price (cost), unclear answers of the Price
       List API (cost --refresh)
  2    bad input: an unknown option or stack, an error in the parameter files, an output folder
       that cannot be written, a file that cannot be read, an error in the code of a stack
  130  interrupted (Ctrl-C)
  141  the reader of the output closed the pipe
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Raises:
        SystemExit: the arguments are wrong (code 2), or are ``--help`` or ``--version`` (code 0).
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # LF on Windows too; escape what the console lacks
            stream.reconfigure(newline="\n", errors="backslashreplace")
    try:
        if argv is None:
            argv = sys.argv[1:]
        return _run_command(_parse(argv))
    except (OutputError, InputError, ChildProcessError, DataError) as error:
        return _complain(str(error))
    except BrokenPipeError:
        discard_stdout()
        return PIPE_CLOSED
    except Exception as error:
        from csr_templates.cli.stack_errors import explain

        modules = {stack.build.__module__ for stack in STACKS}
        if sentence := explain(error, modules) or data_checks.cause(error):
            return _complain(sentence)
        import traceback  # an error in csr-templates: full traceback, but not the exit code of findings

        traceback.print_exc()
        return BAD_INPUT


def _run_command(arguments: argparse.Namespace) -> int:
    """Run the command of the arguments, and return its exit code."""
    try:
        if arguments.reads_data:
            data_checks.check()
        code: int = arguments.run(arguments)
        say("", end="", flush=True)
    except EnvironmentsError as error:
        from csr_templates.cli.parameter_findings import headline

        return _complain(headline(arguments, error.findings), *(str(finding) for finding in error.findings))
    except RenderError as error:
        from csr_templates.cli.stack_errors import with_line

        return _complain(with_line(str(error), arguments.stacks))
    return code


def _parse(words: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments. For a misspelt command or option, the error suggests the nearest one."""
    if not words:
        _parser("")[0].print_help()
        return argparse.Namespace(run=lambda _: FINE, reads_data=False)
    first = words[0]
    parser, command = _parser(first)
    if command:
        _refuse_unknown_options(command, first, words[1:])
    elif first in _REMOVED:
        parser.error(f"{first} was removed. {_REMOVED[first]}")
    elif not first.startswith("-"):
        parser.error(
            f"there is no command {first!r}.{hint(first, _COMMANDS)} The commands are: "
            f"{', '.join(_COMMANDS)}."
        )
    arguments = parser.parse_args(words)
    if getattr(arguments, "declared_in", None):
        from csr_templates.cli.declared_stacks import stacks_of

        arguments.stacks = stacks_of(arguments.declared_in)
        arguments.refresh = f"csr-templates build --stacks {arguments.declared_in}"
    return arguments


def _refuse_unknown_options(command: argparse.ArgumentParser, name: str, words: Sequence[str]) -> None:
    options = ["--help", *re.findall("--[a-z-]+", command.format_usage())]
    for word in words:
        if word == "--":  # what follows are not options
            return
        option = word.partition("=")[0]
        if f"{name} {option}" in _REMOVED:
            command.error(f"{option} was removed. {_REMOVED[f'{name} {option}']}")
        if option.startswith("--") and option not in options:
            command.error(f"there is no option {option}.{hint(option, options)}")


def _parser(first: str) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser | None]:
    """Return the main parser and the parser of the command ``first``; None if there is no such command."""
    parser = argparse.ArgumentParser(
        prog="csr-templates",
        description="Build, lint, review and check the CloudFormation templates.",
        epilog=EXIT_CODES,
        formatter_class=_HELP,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show name and version")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=_HELP,
            allow_abbrev=False,
        )

    if first in _COMMANDS:
        chosen = command(first, _COMMANDS[first])
        _complete(chosen, first)
        return parser, chosen
    for name, summary in _COMMANDS.items():  # for the help
        command(name, summary)
    return parser, None


def _complete(parser: argparse.ArgumentParser, command: str) -> None:
    """Add the arguments of one command and the function that runs it, without importing other commands."""
    module = import_module(f"csr_templates.cli.{command}")
    module.add_arguments(parser)
    parser.epilog = "\n".join(["examples:", *(f"  {parser.prog} {words}" for words in module.EXAMPLES)])
    parser.set_defaults(run=module.run, reads_data=command in _READING_DATA)
    if command in _OF_STACKS:
        from csr_templates.cli.declared_stacks import add_stacks
        from csr_templates.hand_over.manifest import REFRESH
        from csr_templates.stacks import listing

        add_stacks(parser)
        parser.set_defaults(stacks=STACKS or listing.STACKS, refresh=REFRESH)


class _Version(argparse.Action):
    """Reads the version of the package only for ``--version``."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        import importlib.metadata  # takes longer than rendering a template

        try:
            version = importlib.metadata.version("csr-templates")
        except importlib.metadata.PackageNotFoundError:
            version = "(not installed, run from its source)"
        say(f"csr-templates {version}")
        parser.exit()


def _complain(sentence: str, *details: str) -> int:
    tell(f"csr-templates: {sentence}", *details)
    return BAD_INPUT
