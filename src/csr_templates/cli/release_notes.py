"""``csr-templates release-notes``: changes of a release to deployed stacks, and the version it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csr_templates.cli import folders
from csr_templates.cli.messages import FINE, FOUND, InputError, say, tell
from csr_templates.cloudformation.schemas import SchemasError
from csr_templates.hand_over import history, review_sides
from csr_templates.reviewing import release, report, sides

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DEFAULT_START = "v0.1.0"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--from",
        dest="start",
        default=DEFAULT_START,
        metavar="TAG",
        help=f"deployed release: a tag or any revision (default: {DEFAULT_START})",
    )
    parser.add_argument(
        "--changelog",
        type=Path,
        metavar="FILE",
        help="exit with 1 if the newest version in the headings of this file is too small for the changes",
    )


def run(arguments: Namespace) -> int:
    """Print the notes, and return the exit code."""
    output = folders.default_output()
    changelog = ""
    if arguments.changelog is not None:
        try:
            changelog = arguments.changelog.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"Cannot read {arguments.changelog}: {error}. Specify the changelog.") from error
    try:
        revision = history.Revision(output, arguments.start)
    except history.HistoryError:
        # Checkouts of pipelines often have no tags; that is not an error.
        say(
            f"There is no revision {arguments.start} to compare with. Fetch the tags (git fetch --tags), or "
            "specify another release: --from TAG (make: FROM=TAG)."
        )
        return FINE
    try:
        found = report.review(
            review_sides.revision(output, arguments.start, revision), review_sides.folder(output)
        )
    except (sides.ReviewError, SchemasError) as error:
        raise InputError(str(error)) from error
    say(release.notes(found, arguments.start))
    missing = release.shortfall(found, arguments.start, changelog) if changelog else ""
    if missing:
        tell(f"csr-templates: {missing}")
    return FOUND if missing else FINE
