"""Short review of a build: one line of changes and the risks. It never fails the build."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from cfn_analysis.model.schemas import SchemasError
from cfn_analysis.reviewing import digest, report, sides
from csr_templates.cli.messages import say
from csr_templates.costs import prices
from csr_templates.costs.changes import cost_notes
from csr_templates.hand_over import review_sides
from csr_templates.hand_over.bootstrap_changes import bootstrap_notes

if TYPE_CHECKING:
    from pathlib import Path

    from cfn_analysis.reviewing.sides import Side


def earlier_output(output: Path) -> Side | None:
    """Return the output folder before a build; None if it does not exist or cannot be read."""
    try:
        return review_sides.folder(output)
    except sides.ReviewError:
        return None


def say_what_changed(before: Side, output: Path) -> None:
    """Print the changes of the build and their risks in a deploy."""
    try:
        after = review_sides.folder(output)
        review = report.review(before, after)
    except (sides.ReviewError, SchemasError) as error:
        say(f"This build cannot be reviewed: {error}")
        return
    stacks = [f"{stack.name} {stack.counted}" for stack in digest.stack_digests(review) if stack.resources]
    changes = "; ".join(stacks) or "no resource changes"
    headline = digest.headline(review).removesuffix(".")
    say(f"Review of this build: {changes}. {headline}. Run make review to review the whole branch.")
    for note in [*bootstrap_notes(before, after), *cost_notes(review.environments, prices.read())]:
        say(textwrap.fill(note, 110, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False))
    names = [environment.name for environment in review.environments]
    for group in digest.risk_groups(review.risks, names):
        text = f"{group.risk.kind}  {', '.join(group.places)}{group.in_environments}: {group.message}"
        say(textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False))
