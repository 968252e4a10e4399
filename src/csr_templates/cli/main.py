"""The ``csr-templates`` command: arguments in, messages out.

Standard output carries the product: reports, findings, diffs, YAML. Sentences about what went wrong go to
standard error.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NoReturn

from csr_templates.assembly import files as output
from csr_templates.assembly import folder as writing
from csr_templates.assembly.folder import OutputError
from csr_templates.cloudformation.rendering import RenderError
from csr_templates.cloudformation.schemas import SchemasError
from csr_templates.environments.environment import EnvironmentsError
from csr_templates.environments.table import rows_of_cells
from csr_templates.hand_over import git_sync
from csr_templates.linting import clean_cache as cache
from csr_templates.linting import interruption
from csr_templates.stacks.listing import STACKS, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csr_templates.assembly.files import Assembly
    from csr_templates.assembly.folder import Plan
    from csr_templates.environments.files import Mistake

FINE = 0
FOUND = 1  # findings or stale files
BAD_INPUT = 2  # argparse exits with the same code
INTERRUPTED = 130  # as shells report SIGINT
PIPE_CLOSED = 141  # as shells report SIGPIPE

# As wide in a log as on a screen; asking for the width of the terminal takes longer than parsing arguments.
_HELP = partial(argparse.RawDescriptionHelpFormatter, width=110)

DEFAULT_REGION = "ap-northeast-1"  # of every stack but the front end's

EXIT_CODES = """\
exit codes:
  0    fine
  1    lint findings, or stale files (--check)
  2    something to mend first: an unknown option or stack, a mistake in the parameter files, an unusable
       output folder, an unreadable file, an error in the code of a stack
  130  interrupted (Ctrl-C)
"""


class InputError(Exception):
    """The person at the keyboard can mend it; the message says how."""


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
        arguments = _parser().parse_args(argv)
        code: int = arguments.run(arguments)
        _say("", end="", flush=True)
    except EnvironmentsError as error:
        return _complain(_headline(error), *map(str, error.mistakes))
    except (OutputError, RenderError, InputError) as error:
        return _complain(str(error))
    except BrokenPipeError:
        _discard_stdout()
        return PIPE_CLOSED
    except KeyboardInterrupt:
        _tell("Interrupted; the next build mends what this one left unfinished.")
        return INTERRUPTED
    except Exception:  # a mistake in the code of a stack: shown in full, but not with the code for findings
        import traceback

        traceback.print_exc()
        return BAD_INPUT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="csr-templates",
        description="Build, show and lint the CloudFormation templates.",
        epilog=EXIT_CODES,
        formatter_class=_HELP,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show name and version")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

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
        return sub

    def parameters(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--parameters",
            type=_folder,
            metavar="DIR",
            help="the folder with shared.json and one file per environment (default: parameters/ of the "
            "checkout that the code runs from; ./parameters, if there is one, for an installed package)",
        )

    build = command("build", _build, "build and lint every stack, then write the output folder")
    build.add_argument(
        "--check",
        action="store_true",
        help="write nothing; show what is stale as a diff, and the command that refreshes it; lint with the "
        "values of every environment, too",
    )
    build.add_argument(
        "--output",
        type=_folder,
        metavar="DIR",
        help="the output folder (default: out/ of the checkout that the code runs from, from wherever it is "
        "called; ./out for an installed package)",
    )
    parameters(build)
    build.add_argument("--no-lint", action="store_true", help="do not lint, which takes most of the time")
    build.add_argument(
        "--cache",
        type=_folder,
        metavar="DIR",
        help="the folder that remembers which templates were linted clean, and may be deleted at any time "
        "(default: csr-templates/lint in the user's cache)",
    )
    build.add_argument("--no-cache", action="store_true", help="lint everything, and remember nothing")
    build.add_argument("--quiet", action="store_true", help="print nothing on success")
    build.add_argument(
        "--format", choices=("text", "json"), default="text", help="json: one document on standard output"
    )

    environments = command(
        "environments", _environments, "show the parameters of every environment, side by side"
    )
    parameters(environments)

    render = command("render", _render, "print the YAML of one stack and touch no file")
    render.add_argument("stack", type=_stack, metavar="STACK", help=f"one of: {_names()}")

    command("reference", _reference, "print the page that says what the templates hold, and touch no file")

    lint = command("lint", _lint, "lint templates, ours or anybody's, with cfn-lint and our rules")
    lint.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a template, YAML or JSON")
    lint.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help=f"a region that the templates are for; may be repeated (default: {DEFAULT_REGION})",
    )
    lint.add_argument(
        "--format",
        choices=("text", "json", "sarif", "junit"),
        default="text",
        help="cfn-lint's own formats; sarif and junit need the extra 'formats' (see the README)",
    )
    return parser


class _Version(argparse.Action):
    """Look the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        import importlib.metadata  # takes longer than rendering a template

        try:
            version = importlib.metadata.version("csr-templates")
        except importlib.metadata.PackageNotFoundError:
            version = "(not installed, run from its source)"
        _say(f"csr-templates {version}")
        parser.exit()


def _names() -> str:
    return ", ".join(stack.name for stack in STACKS)


def _folder(name: str) -> Path:
    if not name:  # an unset variable, mostly, and not the current folder
        raise argparse.ArgumentTypeError(
            "the name of the folder is empty; name one, or leave the option out."
        )
    return Path(name)


def _stack(name: str) -> Stack:
    for stack in STACKS:
        if stack.name == name:
            return stack
    raise argparse.ArgumentTypeError(f"there is no stack {name!r}; the stacks are: {_names()}.")


# ---- build ----


def _build(arguments: argparse.Namespace) -> int:
    folder = arguments.output or _default_folder()
    in_json = arguments.format == "json"
    in_repository = git_sync.in_repository(folder)
    if in_repository is None and not arguments.output and _checkout():
        in_repository = PurePosixPath("out")  # in a copy of the repository without .git
    try:
        assembly = output.assemble(
            STACKS,
            parameters=arguments.parameters or _default_parameters(),
            lint=not arguments.no_lint,
            every_environment=arguments.check,
            clean_lints=None if arguments.no_cache else arguments.cache or cache.default_folder(),
            in_repository=in_repository,
        )
        interruption.check()
        plan = None
        if arguments.check:
            plan = writing.plan(assembly.files, folder)
        elif assembly.is_clean:
            plan = writing.write(assembly.files, folder)
    except EnvironmentsError as error:
        if in_json:
            _say(_document("error", message=_headline(error), mistakes=error.mistakes))
        raise
    except Exception as error:
        if in_json:
            ours = isinstance(error, (OutputError, RenderError))
            _say(_document("error", message=str(error) if ours else f"{type(error).__name__}: {error}"))
        raise
    if not assembly.is_clean:
        status = "findings"
    elif arguments.check and plan is not None and plan.stale:
        status = "stale"
    else:
        status = "ok"
    if status != "ok" or not arguments.quiet:
        if in_json:
            _say(_document(status, assembly, plan, check=arguments.check))
        else:
            _say_outcome(assembly, plan, arguments, folder)
    return FINE if status == "ok" else FOUND


def _say_outcome(assembly: Assembly, plan: Plan | None, arguments: argparse.Namespace, folder: Path) -> None:
    for found in (*assembly.problems, *assembly.findings):
        _say(str(found))
    if not assembly.is_clean:
        count = _count(len(assembly.problems) + len(assembly.findings), "finding")
        _say(f"{count}." if arguments.check else f"{count}; nothing was written.")
    if plan is None:
        return
    if arguments.check and plan.stale:
        for path in plan.stale:
            _say(writing.difference(path, assembly.files.get(path), folder), end="")
        _say(f"Stale in {folder}: {', '.join(plan.stale)}.")
        _say(f"Refresh with: {_refresh_command(arguments)}")
    elif assembly.is_clean:
        for stack in assembly.stacks:
            _say(
                f"{stack.name:<10} {stack.file:<14} {len(stack.resources):>4} resources "
                f"{len(stack.text):>7,} bytes {assembly.seconds[stack.name]:>6.2f} s"
            )
        if arguments.check:
            _say(f"{folder} is up to date: {_count(len(plan.unchanged), 'file')}.")
        else:
            _say(
                f"{folder}: {len(plan.written)} written, {len(plan.removed)} removed, "
                f"{len(plan.unchanged)} unchanged."
            )
            if plan.removed:
                _say(f"Removed: {', '.join(plan.removed)}.")
    if plan.unknown:
        _say(f"Left alone, since no build wrote it like that: {', '.join(plan.unknown)}.")


def _document(
    status: str,
    assembly: Assembly | None = None,
    plan: Plan | None = None,
    *,
    check: bool = False,
    message: str = "",
    mistakes: Sequence[Mistake] = (),
) -> str:
    """Return the one document of ``--format json``; every key is always there."""
    done = plan if plan and not check else None
    document: dict[str, Any] = {
        "status": status,
        "message": message,
        "mistakes": [dataclasses.asdict(mistake) for mistake in mistakes],
        "stacks": _reports(assembly) if assembly else [],
        "files": {
            "written": done.written if done else (),
            "removed": done.removed if done else (),
            "unchanged": plan.unchanged if plan else (),
            "stale": plan.stale if plan and check else (),
            "unknown": plan.unknown if plan else (),
        },
        "problems": assembly.problems if assembly else (),
        "findings": [dataclasses.asdict(finding) for finding in assembly.findings] if assembly else [],
    }
    return json.dumps(document, indent=2)


def _reports(assembly: Assembly) -> list[dict[str, Any]]:
    return [
        {
            "name": stack.name,
            "template": stack.file,
            "region": stack.region,
            "resources": len(stack.resources),
            "bytes": len(stack.text),
            "seconds": assembly.seconds[stack.name],
        }
        for stack in assembly.stacks
    ]


def _headline(error: EnvironmentsError) -> str:
    count = len(error.mistakes)
    return f"There {'is' if count == 1 else 'are'} {_count(count, 'mistake')} in the parameter files."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _checkout() -> Path | None:
    """Return the root of the checkout that this code runs from; None for an installed package."""
    here = Path(__file__).resolve()
    root = here.parents[3]
    return root if here.parents[2].name == "src" and (root / "build.py").is_file() else None


def _default_folder() -> Path:
    root = _checkout()
    return _shown(root / "out") if root else Path("out")


def _default_parameters() -> Path | None:
    root = _checkout()
    if root:
        return _shown(root / "parameters")
    here = Path("parameters")
    return here if here.exists() else None


def _shown(path: Path) -> Path:
    """Return the shorter form of ``path`` where it lies below the current folder."""
    here = _here()
    return path.relative_to(here) if here and path.is_relative_to(here) else path


def _here() -> Path | None:
    """Return the current folder; None if it has been removed."""
    try:
        return Path.cwd()
    except OSError:
        return None


def _refresh_command(arguments: argparse.Namespace) -> str:
    given = {"--output": arguments.output, "--parameters": arguments.parameters}
    options = [word for option, path in given.items() if path for word in (option, str(path))]
    root = _checkout()
    if root and not options:
        words = ["make", "templates"] if root == _here() else ["make", "-C", str(_shown(root)), "templates"]
    else:
        words = ["python", str(_shown(root / "build.py"))] if root else ["csr-templates", "build"]
        words += options
    if sys.platform == "win32":
        from subprocess import list2cmdline  # slow to import, and few need it

        return list2cmdline(words)
    from shlex import join

    return join(words)


# ---- environments ----


def _environments(arguments: argparse.Namespace) -> int:
    folder = arguments.parameters or _default_parameters()
    if folder is None:
        raise InputError("There is no folder parameters here. Name the one with the files: --parameters DIR.")
    known = output.read_environments(STACKS, folder)
    for cells in rows_of_cells(known):
        _say("  ".join(cells).rstrip())
    for production in (one.name for one in known if one.is_production):
        _say(f"* differs from {production}")
    return FINE


# ---- render, reference, lint ----


def _render(arguments: argparse.Namespace) -> int:
    _say(output.render(arguments.stack), end="")
    return FINE


def _reference(_: argparse.Namespace) -> int:
    try:
        _say(output.reference(STACKS), end="")
    except SchemasError as error:
        raise InputError(str(error)) from error
    return FINE


def _lint(arguments: argparse.Namespace) -> int:
    from csr_templates.linting import (
        runner as linting,  # costs half a second, which the other commands should not pay
    )

    texts = {file: _text(file) for file in arguments.files}
    try:
        found = [
            match
            for file, text in texts.items()
            for match in linting.matches(text, arguments.region or [DEFAULT_REGION], file=str(file))
        ]
        report = linting.format_matches(found, arguments.format)
    except linting.LintError as error:
        raise InputError(str(error)) from error
    if report:
        _say(report)
    return FOUND if found else FINE


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"Cannot read {file}: {error.strerror or error}. Name a template, YAML or JSON."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"Cannot read {file}: byte {error.start + 1} is not UTF-8. Save the template as UTF-8."
        ) from error


# ---- Streams ----


def _say(text: str, *, end: str = "\n", flush: bool = False) -> None:
    try:
        print(text, end=end, flush=flush)
    except BrokenPipeError:
        raise
    except OSError as error:
        _discard_stdout()
        raise InputError(f"Cannot write to standard output: {error.strerror or error}.") from error


def _discard_stdout() -> None:
    """Keep Python from failing once more on what is still in the buffer when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(sentence: str, *details: str) -> int:
    _tell(f"csr-templates: {sentence}", *details)
    return BAD_INPUT


def _tell(*lines: str) -> None:
    """Write to standard error, if it takes anything: the exit code says as much."""
    if sys.stderr is not None:  # None if it is closed; to print, that would mean standard output
        with suppress(OSError):
            print(*lines, sep="\n", file=sys.stderr)
