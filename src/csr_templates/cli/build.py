"""``csr-templates build``: build, lint and check every stack, then write the output folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from cfn_analysis.linting import clean_cache as cache
from cfn_analysis.model.rendering import RenderError
from csr_templates.assembly import files, folder
from csr_templates.assembly.folder import OutputError
from csr_templates.cli import data_checks, folders
from csr_templates.cli.build_report import BuildResult, as_json, print_text, refresh_command
from csr_templates.cli.messages import FINE, FOUND, InputError, on_terminal, say
from csr_templates.cli.parameter_findings import headline
from csr_templates.cli.stack_errors import explain
from csr_templates.costs.prices import PricesError
from csr_templates.environments.environment import EnvironmentsError
from csr_templates.hand_over import git_sync
from csr_templates.hand_over.manifest import MANIFEST
from csr_templates.naming import PRODUCT

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cfn_analysis.reviewing.sides import Side
    from csr_templates.stacks.listing import Stack

EXAMPLES: Final = ("--pages docs --review", "--check --out out --parameters parameters --format json")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="do not write; show files that are out of date as a diff, with the command that updates them; "
        "lint with the values of every environment too",
    )
    parser.add_argument(
        "--out",
        type=folders.named_folder,
        metavar="DIR",
        help="output folder (default: out/ in the checkout of csr-templates, from any current folder; "
        "./out for an installed package)",
    )
    folders.add_parameters(parser)
    parser.add_argument(
        "--pages",
        type=folders.named_folder,
        metavar="DIR",
        help="also update the generated tables of the pages in this folder, and of a README beside it; make "
        "templates does so for docs/ (default: no pages)",
    )
    parser.add_argument("--no-lint", action="store_true", help="do not lint; the build is much faster")
    parser.add_argument(
        "--cache",
        type=folders.named_folder,
        metavar="DIR",
        help="folder that records the templates linted without findings; can be deleted at any time "
        "(default: csr-templates/lint in the cache folder of the user)",
    )
    parser.add_argument("--no-cache", action="store_true", help="lint all templates without the cache")
    parser.add_argument(
        "--review",
        action="store_true",
        help="also show how the build changes the running system, compared with the previous output folder",
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing if the build succeeds")
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="json: one document on standard output (default: text)",
    )


def run(arguments: Namespace) -> int:
    """Build or check, print the result and return the exit code."""
    output = arguments.out or folders.default_output(foreign=bool(arguments.declared_in))
    in_json = arguments.format == "json"
    try:
        result, before = _build(arguments, output)
    except EnvironmentsError as error:
        if in_json:
            sentence = headline(arguments, error.findings)
            say(as_json("error", message=sentence, parameter_findings=error.findings))
        raise
    except Exception as error:
        if in_json:
            say(as_json("error", message=_message(error, arguments.stacks)))
        raise
    if result.status == "ok" and arguments.quiet:
        return FINE
    if in_json:
        say(as_json(result.status, result))
    else:
        print_text(result, arguments, output)
    if before:
        from csr_templates.cli import after_build

        after_build.say_what_changed(before, output)
    return FINE if result.status == "ok" else FOUND


def _build(arguments: Namespace, output: Path) -> tuple[BuildResult, Side | None]:
    """Build or check, and return the result and what a review of it compares with."""
    if arguments.check or arguments.pages:  # of who edits this project
        data_checks.check()
    _require_folder(arguments.pages)
    assembly = _assemble(arguments, _path_in_repository(arguments, output))
    page_plan = None
    if arguments.pages and assembly.can_be_described:
        from csr_templates.assembly import pages  # only a checkout has pages

        page_plan = pages.plan(assembly, arguments.pages)
    if arguments.check:
        return BuildResult(assembly, folder.plan(assembly.files, output), page_plan, arguments.check), None
    if not assembly.is_clean or (page_plan and page_plan.findings):
        return BuildResult(assembly, None, page_plan, arguments.check), None
    before = None
    if arguments.review and arguments.format != "json":
        before = _before(output, assembly.files)
    plan = folder.write(assembly.files, output)
    if page_plan:
        from csr_templates.assembly import pages

        pages.write(page_plan)
    return BuildResult(assembly, plan, page_plan, arguments.check), before


def _path_in_repository(arguments: Namespace, output: Path) -> PurePosixPath | None:
    path = git_sync.path_in_repository(output)
    is_default = not arguments.out and not arguments.declared_in
    if path is None and is_default and folders.checkout():
        return PurePosixPath("out")  # a copy of the repository without .git
    return path


def _message(error: Exception, stacks: Sequence[Stack]) -> str:
    """Return an error in one sentence: of the code of a stack, of a wrong input, or an unexpected one."""
    sentence = explain(error, {stack.build.__module__ for stack in stacks})
    if sentence:
        return sentence
    if isinstance(error, (InputError, OutputError, RenderError, ChildProcessError)):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _assemble(arguments: Namespace, in_repository: PurePosixPath | None) -> files.Assembly:
    clean_lints = None
    if not arguments.no_cache:
        clean_lints = arguments.cache or cache.default_folder(PRODUCT)
    foreign = bool(arguments.declared_in)
    try:
        return files.assemble(
            arguments.stacks,
            parameters=arguments.parameters or folders.default_parameters(foreign=foreign),
            lint=not arguments.no_lint,
            every_environment=arguments.check,
            clean_lints=clean_lints,
            in_repository=in_repository,
            refresh=_refresh(arguments),
            progress=None if arguments.quiet else on_terminal("Linted"),
        )
    except PricesError as error:
        raise InputError(str(error)) from error


def _require_folder(pages: Path | None) -> None:
    if pages and not pages.is_dir():
        raise InputError(f"{pages.as_posix()} is not a folder. Specify the folder of the pages: --pages docs")


def _refresh(arguments: Namespace) -> str:
    """Return the command for the comments of the files; another project needs the options of this build."""
    if arguments.declared_in:
        command = refresh_command(arguments)
        if command.isascii():  # as comments must be
            return command
    return str(arguments.refresh)


def _before(output: Path, files: Mapping[str, bytes]) -> Side | None:
    """Return the output folder before the build; None if the build changes nothing."""
    with suppress(OSError):
        if (output / MANIFEST).read_bytes() == files[MANIFEST]:  # contains the hash of every file
            return None
    from csr_templates.cli import after_build  # slow imports, not needed for an unchanged build

    return after_build.earlier_output(output)
