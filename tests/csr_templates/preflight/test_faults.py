"""The results of preflight in an empty, a new and a ready account, and with each single fault."""

from collections import Counter
from collections.abc import Iterable

from csr_templates.account.errors import DENIED
from csr_templates.preflight import facts as saved
from csr_templates.preflight.facts import FailedCall
from csr_templates.preflight.results import CheckResult, judge
from csr_templates.preflight.services.listing import BEFORE_DEPLOY
from tests.system import PROJECT

from .conftest import State, Walk
from .faults import FAULTS

# Checks that do not have such a result by design.
NEVER_FAILS = {
    "alarm-subscriptions",
    "newest-snapshot",
    "on-call-page",
    "pending-reboot",
    "service-linked-roles",
}
NEVER_UNKNOWN = {"runtime", "on-call-page"}  # do not make calls


def test_a_ready_account_passes(walk: Walk) -> None:
    """With all stacks deployed and no fault, every check passes for every subject."""
    ready = walk.states["ready"].results

    assert [result for result in ready if result.status != "PASS"] == []
    assert {result.check for result in ready} == {check.name for check in BEFORE_DEPLOY}


def test_a_new_account_with_roles_and_buckets_has_no_failures(walk: Walk) -> None:
    """Before the first deploy, facts that cannot be checked yet are warnings."""
    new = walk.states["new"].results

    assert {result.status for result in new} == {"PASS", "WARN"}
    assert {result.check for result in new if result.status == "WARN"} == {
        "alarm-subscriptions",
        "domain-alias",
        "newest-snapshot",
        "package",
        "pending-reboot",
        "stack-state",
        "writer",
    }
    (account,) = [result for result in new if result.check == "account"]
    assert account.sentence.endswith(" contains deploy roles of prod, and no stacks.")
    assert account.command.startswith("aws iam get-role ")
    sentences = [
        result.sentence for result in new if (result.check, result.status) == ("stack-state", "WARN")
    ]
    assert len(sentences) == 1
    assert (
        "exists in account 123456789012: normal before the first deploy. Is it the wrong account"
        in sentences[0]
    )


def test_an_empty_account_has_only_the_failures_of_the_bootstrap(walk: Walk) -> None:
    """The failures are resources of the bootstrap templates."""
    failed = {result.check for result in walk.empty if result.status == "FAIL"}

    assert failed == {"artifact-buckets", "deploy-roles"}


def test_each_fault_is_found_by_its_check(walk: Walk) -> None:
    """Each single fault is found by its check for its subject, and by no other check."""
    wrong = []
    for state in walk.states.values():
        for name, (fault, additional) in state.outcomes.items():
            subjects = [f"{result.status} {result.check}:{result.subject}" for result in additional]
            expected = fault["found"]
            check = expected.partition(" ")[2].partition(":")[0]
            is_found = any(subject.startswith(expected) for subject in subjects)
            if not is_found or {result.check for result in additional} != {check}:
                wrong.append(f"{name}: {expected} expected, found {subjects}")

    assert wrong == []
    names = [*FAULTS["new"], *FAULTS["ready"]]
    assert len(set(names)) == len(names) >= 40


def test_each_fault_is_removed(walk: Walk) -> None:
    """After all faults, the account is as before, so no fault was hidden by another result."""
    for state in walk.states.values():
        assert _statuses(state.results) == _statuses(state.again)


def _statuses(results: Iterable[CheckResult]) -> list[tuple[str, str, str]]:
    return [(result.check, result.subject, result.status) for result in results]


def _results_of_faults(state: State) -> list[CheckResult]:
    """Return the additional results of all faults of a state."""
    results: list[CheckResult] = []
    for outcome in state.outcomes.values():
        results += outcome.results
    return results


def test_each_fault_has_a_remedy_and_a_command(walk: Walk) -> None:
    """A result has a sentence, a remedy and, if the account was called, a command."""
    results = [*_results_of_faults(walk.states["new"]), *_results_of_faults(walk.states["ready"])]

    assert [result for result in results if not result.sentence.endswith(".") or not result.remedy] == []
    # These results do not need a call, so they do not have a command.
    assert {result.check for result in results if not result.command} == {
        "account",
        "certificate",
        "on-call-page",
    }


def test_every_check_has_its_cases(walk: Walk) -> None:
    """Each check passes, fails and is unknown in a test, except for those that cannot."""
    seen: Counter[tuple[str, str]] = Counter()
    for state in walk.states.values():
        results = [*state.results, *_results_of_faults(state)]
        seen.update((result.check, result.status) for result in results)
    names = {check.name for check in BEFORE_DEPLOY}

    assert {name for name in names if not seen[name, "PASS"]} == set()
    assert {name for name in names if not seen[name, "FAIL"]} == NEVER_FAILS | NEVER_UNKNOWN
    assert {name for name in NEVER_FAILS if not seen[name, "WARN"]} == set()


def test_without_permission_nothing_passes(walk: Walk) -> None:
    """Without permissions, checks are unknown, and the finding contains the action."""
    for state in walk.states.values():
        denied = [
            fact
            if fact.query.operation == "GetCallerIdentity"
            else fact._replace(failure=FailedCall(DENIED, ""))
            for fact in state.facts
        ]
        facts = state.facts.with_facts(denied)
        results = judge(BEFORE_DEPLOY, walk.world.environment, facts)
        # Exports and outputs are read only if a stack of the same run does not create them.
        alone = judge(BEFORE_DEPLOY, walk.world.environment_of("api"), facts)
        alone += judge(BEFORE_DEPLOY, walk.world.environment_of("frontend"), facts)

        assert {result.check for result in results if result.status != "UNKNOWN"} == NEVER_UNKNOWN | {
            "imports"
        }
        assert {result.status for result in alone if result.check == "imports"} == {"UNKNOWN"}
        assert {result.why.partition(": ")[0] for result in results if result.why} == {"permission missing"}


def test_saved_facts_give_the_same_results(walk: Walk) -> None:
    """Facts that are written to a file and read again are the same."""
    for state in walk.states.values():
        back = saved.from_json(saved.as_json(state.facts), "facts.json")

        assert judge(BEFORE_DEPLOY, walk.world.environment, back) == judge(
            BEFORE_DEPLOY, walk.world.environment, state.facts
        )
        assert saved.as_json(back) == saved.as_json(state.facts)


def test_facts_do_not_contain_secrets(walk: Walk) -> None:
    """Passwords, keys, variables and email addresses of the account are not in the facts."""
    text = saved.as_json(walk.states["ready"].facts)

    assert "only-in-the-mock" not in text
    assert "operators@example.com" not in text
    assert f"{PROJECT}-prod-db-credentials" in text  # names of secrets are included
