"""``csr-templates lint``: cfn-lint and our rules on any template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csr_templates.cli.messages import FINE, FOUND, InputError, say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DEFAULT_REGION = "ap-northeast-1"  # of every stack but the front end's


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a template, YAML or JSON")
    parser.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help=f"a region that the templates are for; may be repeated (default: {DEFAULT_REGION})",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "junit"),
        default="text",
        help="cfn-lint's own formats; sarif and junit need the extra 'formats' (see the README)",
    )


def run(arguments: Namespace) -> int:
    """Lint, and return the exit code."""
    from csr_templates.linting import runner  # costs half a second, which other commands should not pay

    texts = {file: _text(file) for file in arguments.files}
    try:
        found = [
            match
            for file, text in texts.items()
            for match in runner.matches(text, arguments.region or [DEFAULT_REGION], file=str(file))
        ]
        report = runner.format_matches(found, arguments.format)
    except runner.LintError as error:
        raise InputError(str(error)) from error
    if report:
        say(report)
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
