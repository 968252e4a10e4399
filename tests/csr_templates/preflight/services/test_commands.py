"""The command of each result shows the fact that its check is about, so it is one of the check's service."""

from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.results import CheckResult, SkippedError, judge
from csr_templates.preflight.services.listing import BEFORE_DEPLOY
from tests.csr_templates.preflight.conftest import State, Walk
from tests.csr_templates.preflight.faults import changed

from .commands import of_another_service
from .conftest import Outcome


def test_commands_after_a_deploy(healthy: Outcome) -> None:
    """Of a healthy account; ``test_each_fault_is_found_by_its_check`` has those with a fault."""
    assert of_another_service(healthy.results) == []


def results_with_other_calls(state: State, walk: Walk) -> list[CheckResult]:
    """Return the results of the judgments that also read something else than stacks."""
    environment = walk.world.environment
    results = []
    for check in BEFORE_DEPLOY:
        for subject in check.subjects(environment):
            lookup = Lookup(state.facts)
            try:
                check.judge(subject, environment, lookup)
            except SkippedError:
                continue
            if {query.service for query in lookup.looked_up} == {"cloudformation"}:
                continue  # such as of a resource that its stack does not have yet
            of_subject = (check.name, subject.id, subject.stack.name)
            results += [result for result in state.results if result[:3] == of_subject]
    return results


def test_commands_before_a_deploy(walk: Walk) -> None:
    """Of an account without and with the stacks, and with each fault."""
    for state in walk.states.values():
        assert of_another_service(results_with_other_calls(state, walk)) == []
        for outcome in state.outcomes.values():
            assert of_another_service(outcome.results) == []


def test_a_version_that_was_changed_outside(walk: Walk) -> None:
    """The command shows the version of the cluster, although the parameter of the stack is read after it."""
    facts = changed("DescribeDBClusters", lambda clusters: [{**clusters[0], "EngineVersion": "8.0.other"}])(
        walk.states["ready"].facts
    )
    results = judge(BEFORE_DEPLOY, walk.world.environment, facts)
    (version,) = [result for result in results if result.check == "engine-version"]

    assert "was changed to 8.0.other outside" in version.sentence
    assert version.command.startswith("aws rds describe-db-clusters ")
