"""The result of a build, as text for a terminal and as a JSON document."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from csr_templates.assembly import folder
from csr_templates.cli import folders
from csr_templates.cli.messages import quantity, say
from csr_templates.cli.stack_errors import with_line

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from csr_templates.assembly.files import Assembly
    from csr_templates.assembly.folder import Plan
    from csr_templates.assembly.pages import Pages
    from csr_templates.environments.files import ParameterFinding

INFORMATIONAL = (
    "Informational findings stop the build too: the templates have none, so every new one needs a decision. "
    "Correct the property, or ignore the rule for the resource with a reason (docs/rules.md, W9500)."
)


class BuildResult(NamedTuple):
    """A completed build or check.

    Attributes:
        assembly: the files, problems and findings.
        plan: the files of the output folder that were written or are stale; None if there are findings in a
            build that writes.
        pages: the same for the pages; None without ``--pages``.
        is_check: whether nothing was to be written.
    """

    assembly: Assembly
    plan: Plan | None
    pages: Pages | None
    is_check: bool

    @property
    def status(self) -> str:
        """``ok``, ``findings`` or, for a check, ``stale``."""
        if not self.assembly.is_clean or (self.pages and self.pages.findings):
            return "findings"
        if not self.is_check:
            return "ok"
        if self.plan and self.plan.stale:
            return "stale"
        if self.pages and (self.pages.stale or self.pages.untranslated):
            return "stale"
        return "ok"


def print_text(result: BuildResult, arguments: Namespace, output: Path) -> None:
    """Print the result of a build into ``output`` for a person."""
    _print_findings(result, arguments)
    if result.plan is None:
        return
    stale_pages = result.pages.stale if result.pages else ()
    if result.is_check and (result.plan.stale or stale_pages):
        _print_stale(result, result.plan, arguments, output)
    elif result.status == "ok":
        _print_stacks(result.assembly)
        _print_files(result, result.plan, output)
    if result.pages:
        for sentence in result.pages.untranslated:
            say(sentence)
    if result.plan.unknown:
        say(f"Not touched: {', '.join(result.plan.unknown)} (not written by csr-templates).")


def _print_findings(result: BuildResult, arguments: Namespace) -> None:
    assembly = result.assembly
    for problem in assembly.problems:
        say(with_line(problem, arguments.stacks))
    for finding in assembly.findings:
        say(str(finding))
    if any(finding.severity == "informational" for finding in assembly.findings):
        say(INFORMATIONAL)
    page_findings = result.pages.findings if result.pages else ()
    for page_finding in page_findings:
        say(page_finding)
    if result.status != "findings":
        return
    count = quantity(len(assembly.problems) + len(assembly.findings) + len(page_findings), "finding")
    if result.is_check:
        say(f"{count}.")
    else:
        say(f"{count}; nothing was written.")


def _print_stale(result: BuildResult, plan: Plan, arguments: Namespace, output: Path) -> None:
    """Print what differs, and the command that writes it."""
    for path in plan.stale:
        say(folder.difference(path, result.assembly.files.get(path), output), end="")
    stale = [(output, plan.stale)]
    if result.pages:
        for name in result.pages.stale:
            say(result.pages.difference(name), end="")
        stale.append((result.pages.folder, result.pages.stale))
    for place, names in stale:
        if names:
            say(f"Stale in {place}: {', '.join(names)}.")
    say(f"Refresh with: {refresh_command(arguments)}")


def _print_stacks(assembly: Assembly) -> None:
    for stack in assembly.stacks:
        say(
            f"{stack.name:<10} {stack.file:<14} {len(stack.resources):>4} resources "
            f"{len(stack.text):>7,} bytes {assembly.seconds[stack.name]:>6.2f} s"
        )
    if len(assembly.stacks) > 1:
        resources = sum(len(stack.resources) for stack in assembly.stacks)
        size = sum(len(stack.text) for stack in assembly.stacks)
        say(f"{'all':<25} {resources:>4} resources {size:>7,} bytes")


def _print_files(result: BuildResult, plan: Plan, output: Path) -> None:
    if result.is_check:
        say(f"{output} is up to date: {quantity(len(plan.unchanged), 'file')}.")
    else:
        say(
            f"{output}: {len(plan.written)} written, {len(plan.removed)} removed, "
            f"{len(plan.unchanged)} unchanged."
        )
        if plan.removed:
            say(f"Removed: {', '.join(plan.removed)}.")
    if pages := result.pages:
        if result.is_check or not pages.stale:
            say(f"{pages.folder}: {quantity(len(pages.stale or pages.unchanged), 'page')} unchanged.")
        else:
            say(f"{pages.folder}: {quantity(len(pages.stale), 'page')} written.")


def as_json(
    status: str,
    result: BuildResult | None = None,
    message: str = "",
    parameter_findings: Sequence[ParameterFinding] = (),
) -> str:
    """Return the document of ``--format json``; it always has every key."""
    document: dict[str, Any] = {
        "status": status,
        "message": message,
        "mistakes": [finding._asdict() for finding in parameter_findings],
        "stacks": [],
        "files": dict.fromkeys(("written", "removed", "unchanged", "stale", "unknown"), ()),
        "pages": dict.fromkeys(("written", "stale", "unchanged", "untranslated", "mistakes"), ()),
        "problems": (),
        "findings": [],
    }
    if result:
        document["stacks"] = _stacks(result.assembly)
        document["problems"] = result.assembly.problems
        document["findings"] = [finding._asdict() for finding in result.assembly.findings]
        if result.plan:
            document["files"].update(_files(result.plan, is_check=result.is_check))
        if result.pages:
            document["pages"].update(_pages(result.pages, is_check=result.is_check))
    return json.dumps(document, indent=2)


def _files(plan: Plan, *, is_check: bool) -> dict[str, Sequence[str]]:
    """Return the files by what happened to them: a check writes none."""
    files: dict[str, Sequence[str]] = {"unchanged": plan.unchanged, "unknown": plan.unknown}
    if is_check:
        files["stale"] = plan.stale
    else:
        files["written"] = plan.written
        files["removed"] = plan.removed
    return files


def _pages(pages: Pages, *, is_check: bool) -> dict[str, Sequence[str]]:
    """Return the pages by what happened to them, and their errors: a check writes none."""
    written = "stale" if is_check else "written"
    return {
        written: pages.stale,
        "unchanged": pages.unchanged,
        "untranslated": pages.untranslated,
        "mistakes": pages.findings,
    }


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


def refresh_command(arguments: Namespace) -> str:
    """Return the command that writes the files again, with the options of this one."""
    root = None if arguments.declared_in else folders.checkout()
    options = _options(arguments, root)
    if root is None:
        words = ["csr-templates", "build", *options]
    elif options:
        words = ["python", str(folders.short_path(root / "build.py")), *options]
    elif root == folders.current_folder():
        words = ["make", "templates"]
    else:
        words = ["make", "-C", str(folders.short_path(root)), "templates"]
    if sys.platform == "win32":
        from subprocess import list2cmdline  # slow to import, rarely needed

        return list2cmdline(words)
    from shlex import join

    return join(words)


def _options(arguments: Namespace, root: Path | None) -> list[str]:
    """Return the options of a build that decide what it writes and where; ``root`` is the checkout."""
    options = []
    if arguments.declared_in:
        options += ["--stacks", arguments.declared_in]
    if arguments.out:
        options += ["--out", str(arguments.out)]
    if arguments.parameters:
        options += ["--parameters", str(arguments.parameters)]
    is_of_make = root is not None and arguments.pages and arguments.pages.resolve() == root / "docs"
    if arguments.pages and not is_of_make:  # make templates passes docs
        options += ["--pages", str(arguments.pages)]
    return options
