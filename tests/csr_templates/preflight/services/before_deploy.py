"""Results of the checks before a deploy, with facts that a test changes."""

from collections.abc import Callable

from csr_templates.preflight.facts import Facts
from csr_templates.preflight.results import Check, judge
from csr_templates.preflight.services.listing import BEFORE_DEPLOY
from tests.csr_templates.preflight.conftest import Walk


def sentences(walk: Walk, state: str, check: str, change: Callable[[Facts], Facts]) -> list[tuple[str, str]]:
    """Return status and sentence of each result of a check for changed facts."""
    results = judge(BEFORE_DEPLOY, walk.world.environment, change(walk.states[state].facts))
    return [(result.status, result.sentence) for result in results if result.check == check]


def check_of(name: str) -> Check:
    """Return a check."""
    return next(check for check in BEFORE_DEPLOY if check.name == name)
