"""The ``csr-templates`` command: arguments in, messages out.

Standard output carries the product: reports, findings, diffs, YAML. Sentences about what went wrong go to
standard error.
"""

from __future__ import annotations

import argparse
import io
import sys
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from csr_templates.assembly.folder import OutputError
from csr_templates.cli import build, environments, lint, parameters, reference, render
from csr_templates.cli.declared_stacks import add_stacks, stacks_of
from csr_templates.cli.folders import add_parameters
from csr_templates.cli.messages import (
    BAD_INPUT,
    FINE,
    InputError,
    did_you_mean,
    discard_stdout,
    headline,
    say,
    tell,
)
from csr_templates.cloudformation.rendering import RenderError
from csr_templates.environments.environment import EnvironmentsError
from csr_templates.hand_over.manifest import REFRESH
from csr_templates.stacks.listing import STACKS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PIPE_CLOSED = 141  # as shells report SIGPIPE

# As wide in a log as on a screen; asking for the width of the terminal takes longer than parsing arguments.
_HELP = partial(argparse.RawDescriptionHelpFormatter, width=110)

EXIT_CODES = """\
exit codes:
  0    fine
  1    lint findings, or stale files (--check)
  2    something to fix first: an unknown option or stack, a mistake in the parameter files, an unusable
       output folder, an unreadable file, an error in the code of a stack
  130  interrupted (Ctrl-C), as shells report it
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: the arguments without the program's name; those of the process by default.

    Raises:
        SystemExit: the arguments are wrong (code 2), or asked for help or the version (code 0).
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # LF on Windows too; no console is too old for a path
            stream.reconfigure(newline="\n", errors="backslashreplace")
    try:
        arguments = _parse(sys.argv[1:] if argv is None else argv)
        if getattr(arguments, "declared_in", None):
            arguments.stacks = stacks_of(arguments.declared_in)
            arguments.refresh = f"csr-templates build --stacks {arguments.declared_in}"
        code: int = arguments.run(arguments)
        say("", end="", flush=True)
    except EnvironmentsError as error:
        return _complain(headline(error.mistakes), *map(str, error.mistakes))
    except (OutputError, RenderError, InputError, ChildProcessError) as error:
        return _complain(str(error))
    except BrokenPipeError:
        discard_stdout()
        return PIPE_CLOSED
    except Exception:  # a mistake in the code of a stack: shown in full, but not with the code for findings
        import traceback

        traceback.print_exc()
        return BAD_INPUT
    return code


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return the arguments; a misspelt command or option is named with the one that was probably meant."""
    parser, commands = _parsers()
    if not argv:
        parser.print_help()
        return argparse.Namespace(run=lambda _: FINE)
    first, *others = argv
    if not first.startswith("-") and first not in commands:
        names = ", ".join(commands)
        parser.error(
            f"there is no command {first!r}.{did_you_mean(first, commands)} The commands are: {names}."
        )
    if command := commands.get(first):
        known = command._option_string_actions
        before = others[: others.index("--")] if "--" in others else others
        for word in before:
            option = word.partition("=")[0]
            if option.startswith("--") and option not in known:
                command.error(f"there is no option {option}.{did_you_mean(option, known)}")
    return parser.parse_args(argv)


def _parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """Return the parser, and that of each command."""
    parser = argparse.ArgumentParser(
        prog="csr-templates",
        description="Build, show and lint the CloudFormation templates.",
        epilog=EXIT_CODES,
        formatter_class=_HELP,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show name and version")
    parser.set_defaults(stacks=STACKS, refresh=REFRESH)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    by_name: dict[str, argparse.ArgumentParser] = {}

    def command(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=EXIT_CODES,
            formatter_class=_HELP,
            allow_abbrev=False,
        )
        sub.set_defaults(run=run)
        by_name[name] = sub
        return sub

    build.add_arguments(
        command("build", build.run, "build and lint every stack, then write the output folder")
    )
    environments.add_arguments(
        command("environments", environments.run, "show the parameters of every environment, side by side")
    )
    parameters.add_arguments(
        command("parameters", parameters.run, "print what a deploy of one stack in one environment passes")
    )
    render.add_arguments(command("render", render.run, "print the YAML of one stack and touch no file"))
    command("reference", reference.run, "print the page that says what the templates hold, and touch no file")
    for sub in by_name.values():
        add_stacks(sub)
    for name in ("environments", "parameters", "render"):
        add_parameters(by_name[name])
    lint.add_arguments(
        command("lint", lint.run, "lint templates, also those of other projects, with cfn-lint and our rules")
    )
    return parser, by_name


class _Version(argparse.Action):
    """Look the version up only when it is asked for."""

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
