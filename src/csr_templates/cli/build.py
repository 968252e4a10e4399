"""``csr-templates build``: build, lint and check every stack, then write the output folder."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from csr_templates.assembly import files, folder
from csr_templates.assembly.folder import OutputError
from csr_templates.cli import folders
from csr_templates.cli.messages import FINE, FOUND, headline, on_terminal, quantity, say
from csr_templates.cli.stack_mistakes import explain, with_line
from csr_templates.cloudformation.rendering import RenderError
from csr_templates.environments.environment import EnvironmentsError
from csr_templates.hand_over import git_sync
from csr_templates.hand_over.manifest import MANIFEST
from csr_templates.linting import clean_cache as cache

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from csr_templates.assembly.files import Assembly
    from csr_templates.assembly.folder import Plan
    from csr_templates.assembly.pages import Pages
    from csr_templates.environments.files import Mistake
    from csr_templates.reviewing.sides import Side


INFORMATIONAL = (
    "Informational findings stop the build too: the templates have none, so every new one needs a decision. "
    "Correct the property, or ignore the rule for the resource with a reason (docs/rules.md, W9500)."
)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="do not write; show files that are out of date as a diff, with the command that updates them; "
        "lint with the values of every environment too",
    )
    parser.add_argument(
        "--output",
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
        help="also update the generated tables of the pages in this folder; make templates does so for docs/ "
        "(default: no pages)",
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
    foreign = bool(arguments.declared_in)
    output = arguments.output or folders.default_output(foreign=foreign)
    in_json = arguments.format == "json"
    in_repository = git_sync.in_repository(output)
    if in_repository is None and not arguments.output and not foreign and folders.checkout():
        in_repository = PurePosixPath("out")  # a copy of the repository without .git
    try:
        assembly = files.assemble(
            arguments.stacks,
            parameters=arguments.parameters or folders.default_parameters(foreign=foreign),
            lint=not arguments.no_lint,
            every_environment=arguments.check,
            clean_lints=None if arguments.no_cache else arguments.cache or cache.default_folder(),
            in_repository=in_repository,
            refresh=arguments.refresh,
            progress=None if arguments.quiet else on_terminal("Linted"),
        )
        plan = None
        written = None
        before = None
        if arguments.pages and assembly.is_clean:
            from csr_templates.assembly import pages  # only a checkout has pages

            written = pages.plan(assembly, arguments.pages)
        if arguments.check:
            plan = folder.plan(assembly.files, output)
        elif assembly.is_clean:
            if arguments.review and not in_json:
                before = _before(output, assembly.files)
            plan = folder.write(assembly.files, output)
            if written:
                pages.write(written)
    except EnvironmentsError as error:
        if in_json:
            say(_document("error", message=headline(error.mistakes), mistakes=error.mistakes))
        raise
    except Exception as error:
        if in_json:
            ours = isinstance(error, (OutputError, RenderError, ChildProcessError))
            mistake = explain(error, {stack.build.__module__ for stack in arguments.stacks})
            unknown = str(error) if ours else f"{type(error).__name__}: {error}"
            say(_document("error", message=mistake or unknown))
        raise
    if not assembly.is_clean:
        status = "findings"
    elif arguments.check and ((plan and plan.stale) or (written and (written.stale or written.untranslated))):
        status = "stale"
    else:
        status = "ok"
    if status != "ok" or not arguments.quiet:
        if in_json:
            say(_document(status, assembly, plan, written, check=arguments.check))
        else:
            _report(assembly, plan, written, arguments, output)
            if before:
                from csr_templates.cli import after_build

                after_build.say_what_changed(before, output)
    return FINE if status == "ok" else FOUND


def _before(output: Path, files: Mapping[str, bytes]) -> Side | None:
    """Return the output folder before the build; None if the build changes nothing."""
    with suppress(OSError):
        if (output / MANIFEST).read_bytes() == files[MANIFEST]:  # contains the hash of every file
            return None
    from csr_templates.cli import after_build  # slow imports, not needed for an unchanged build

    return after_build.earlier_output(output)


def _report(
    assembly: Assembly, plan: Plan | None, written: Pages | None, arguments: Namespace, output: Path
) -> None:
    for problem in assembly.problems:
        say(with_line(problem, arguments.stacks))
    for finding in assembly.findings:
        say(str(finding))
    if any(finding.severity == "informational" for finding in assembly.findings):
        say(INFORMATIONAL)
    if not assembly.is_clean:
        count = quantity(len(assembly.problems) + len(assembly.findings), "finding")
        say(f"{count}." if arguments.check else f"{count}; nothing was written.")
    if plan is None:
        return
    stale_pages = written.stale if written else ()
    if arguments.check and (plan.stale or stale_pages):
        for path in plan.stale:
            say(folder.difference(path, assembly.files.get(path), output), end="")
        for name in stale_pages:
            say(written.difference(name) if written else "", end="")
        for place, names in ((output, plan.stale), (arguments.pages, stale_pages)):
            if names:
                say(f"Stale in {place}: {', '.join(names)}.")
        say(f"Refresh with: {_refresh_command(arguments)}")
    elif assembly.is_clean:
        for stack in assembly.stacks:
            say(
                f"{stack.name:<10} {stack.file:<14} {len(stack.resources):>4} resources "
                f"{len(stack.text):>7,} bytes {assembly.seconds[stack.name]:>6.2f} s"
            )
        if len(assembly.stacks) > 1:
            resources = sum(len(stack.resources) for stack in assembly.stacks)
            size = sum(len(stack.text) for stack in assembly.stacks)
            say(f"{'all':<25} {resources:>4} resources {size:>7,} bytes")
        if arguments.check:
            say(f"{output} is up to date: {quantity(len(plan.unchanged), 'file')}.")
        else:
            say(
                f"{output}: {len(plan.written)} written, {len(plan.removed)} removed, "
                f"{len(plan.unchanged)} unchanged."
            )
            if plan.removed:
                say(f"Removed: {', '.join(plan.removed)}.")
        if written:
            verb = "unchanged" if arguments.check or not stale_pages else "written"
            say(f"{written.folder}: {quantity(len(stale_pages or written.unchanged), 'page')} {verb}.")
    for sentence in written.untranslated if written else ():
        say(sentence)
    if plan.unknown:
        say(f"Not touched: {', '.join(plan.unknown)} (not written by csr-templates).")


def _document(
    status: str,
    assembly: Assembly | None = None,
    plan: Plan | None = None,
    pages: Pages | None = None,
    *,
    check: bool = False,
    message: str = "",
    mistakes: Sequence[Mistake] = (),
) -> str:
    """Return the document of ``--format json``; it always has every key."""
    done = plan if plan and not check else None
    document: dict[str, Any] = {
        "status": status,
        "message": message,
        "mistakes": [mistake._asdict() for mistake in mistakes],
        "stacks": _stacks(assembly) if assembly else [],
        "files": {
            "written": done.written if done else (),
            "removed": done.removed if done else (),
            "unchanged": plan.unchanged if plan else (),
            "stale": plan.stale if plan and check else (),
            "unknown": plan.unknown if plan else (),
        },
        "pages": {
            "written": pages.stale if pages and not check else (),
            "stale": pages.stale if pages and check else (),
            "unchanged": pages.unchanged if pages else (),
            "untranslated": pages.untranslated if pages else (),
        },
        "problems": assembly.problems if assembly else (),
        "findings": [finding._asdict() for finding in assembly.findings] if assembly else [],
    }
    return json.dumps(document, indent=2)


def _stacks(assembly: Assembly) -> list[dict[str, Any]]:
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


def _refresh_command(arguments: Namespace) -> str:
    root = None if arguments.declared_in else folders.checkout()
    given = {"--output": arguments.output, "--parameters": arguments.parameters, "--pages": arguments.pages}
    if root and arguments.pages and arguments.pages.resolve() == root / "docs":
        del given["--pages"]  # make templates passes it
    options = ["--stacks", arguments.declared_in] if arguments.declared_in else []
    options += [word for option, path in given.items() if path for word in (option, str(path))]
    if root and not options:
        words = (
            ["make", "templates"]
            if root == folders.current_folder()
            else ["make", "-C", str(folders.short_path(root)), "templates"]
        )
    else:
        words = ["python", str(folders.short_path(root / "build.py"))] if root else ["csr-templates", "build"]
        words += options
    if sys.platform == "win32":
        from subprocess import list2cmdline  # slow to import, rarely needed

        return list2cmdline(words)
    from shlex import join

    return join(words)
