"""``csr-templates lint``: runs cfn-lint with the rules of csr-templates on any template."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cfn_analysis.model.wording import beginning
from csr_templates.cli.messages import FINE, FOUND, InputError, say, tell
from csr_templates.hand_over import manifest

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DEFAULT_REGION = "ap-northeast-1"  # of every stack except frontend


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="template in YAML or JSON")
    parser.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help="region of the templates; can be repeated (default: for each file the region in stacks.json "
        f"in its folder, or {DEFAULT_REGION})",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "junit"),
        default="text",
        help="output format of cfn-lint; sarif and junit need the extra 'formats' (default: text)",
    )


def run(arguments: Namespace) -> int:
    """Lint the files, print the findings and return the exit code."""
    from cfn_analysis.linting import runner  # takes half a second, not for other commands

    texts = {file: _file_text(file) for file in arguments.files}
    regions = {file: arguments.region or _regions(file) for file in arguments.files}
    try:
        found = [
            match
            for file, text in texts.items()
            for match in runner.matches(text, regions[file] or [DEFAULT_REGION], file=str(file))
        ]
        report = runner.format_matches(found, arguments.format)
    except runner.LintError as error:
        raise InputError(str(error)) from error
    if report:
        say(report)
    if without := [str(file) for file in texts if not regions[file]]:
        tell(
            f"csr-templates: No stacks.json lists {beginning(without, 3)}: linted for {DEFAULT_REGION}. "
            "Specify another region with --region."
        )
    return FOUND if found else FINE


def _regions(file: Path) -> list[str]:
    """Return the region of the file in the manifest of its folder or of the parent folder; empty if unknown.

    Bootstrap templates are one folder below the manifest. A stacks.json of another program is ignored.
    """
    real = file.resolve()
    for folder in real.parents[:2]:
        with suppress(OSError, manifest.ManifestError):
            known = manifest.read((folder / manifest.MANIFEST).read_bytes(), manifest.MANIFEST)
            path = real.relative_to(folder).as_posix()
            for stack in known["stacks"]:
                if path in stack.values():
                    return [str(stack["region"])]
    return []


def _file_text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"Cannot read {file}: {error.strerror or error}. Specify a template in YAML or JSON."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"Cannot read {file}: byte {error.start + 1} is not UTF-8. Save the template as UTF-8."
        ) from error
