"""``csr-templates lint``: runs cfn-lint with the rules of csr-templates on any template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from csr_templates.cli import regions
from csr_templates.cli.messages import FINE, FOUND, InputError, say, tell

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES: Final = ("template.yaml --region eu-west-1", "out/api.yaml out/frontend.yaml --format json")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="template in YAML or JSON")
    parser.add_argument(
        "--region",
        action="append",
        metavar="REGION",
        help=f"region of the templates; can be repeated (default: {regions.DEFAULT_IN_WORDS})",
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
    matches = []
    without_region = []
    try:
        for file, text in texts.items():
            of_file = arguments.region or [regions.in_manifest(file)]
            if of_file == [""]:
                without_region.append(file)
                of_file = [regions.DEFAULT]
            matches += runner.matches(text, of_file, file=str(file))
        report = runner.format_matches(matches, arguments.format)
    except runner.LintError as error:
        raise InputError(str(error)) from error
    if report:
        say(report)
    if without_region:
        tell(regions.assumed(without_region, "linted"))
    return FOUND if matches else FINE


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
