"""The results of preflight in an empty, a new and a ready account, and with each single fault."""

from collections import Counter

from csr_templates.account.errors import DENIED
from csr_templates.preflight import facts as saved
from csr_templates.preflight.facts import FailedCall
from csr_templates.preflight.results import judge
from csr_templates.preflight.services.listing import BEFORE_DEPLOY
from tests.system import PROJECT

from .conftest import Walk
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

    assert [one for one in ready if one.status != "PASS"] == []
    assert {one.check for one in ready} == {check.name for check in BEFORE_DEPLOY}


def test_a_new_account_with_roles_and_buckets_has_no_failures(walk: Walk) -> None:
    """Before the first deploy, facts that cannot be checked yet are warnings."""
    new = walk.states["new"].results

    assert {one.status for one in new} == {"PASS", "WARN"}
    assert {one.check for one in new if one.status == "WARN"} == {
        "alarm-subscriptions",
        "domain-alias",
        "newest-snapshot",
        "package",
        "pending-reboot",
        "stack-state",
        "writer",
    }
    sentences = [one.sentence for one in new if (one.check, one.status) == ("stack-state", "WARN")]
    assert len(sentences) == 1
    assert (
        "exists in account 123456789012: right before a first deploy. Is it the wrong account" in sentences[0]
    )


def test_an_empty_account_has_only_the_failures_of_the_bootstrap(walk: Walk) -> None:
    """The failures are resources of the bootstrap templates, and the concurrency."""
    assert {one.check for one in walk.empty if one.status == "FAIL"} == {
        "artifact-buckets",
        "deploy-roles",
        "lambda-concurrency",
    }


def test_each_fault_is_found_by_its_check(walk: Walk) -> None:
    """Each single fault is found by its check for its subject, and by no other check."""
    wrong = []
    for state in walk.states.values():
        for name, (fault, found) in state.outcomes.items():
            said = [f"{one.status} {one.check}:{one.subject}" for one in found]
            expected = fault["found"]
            check = expected.partition(" ")[2].partition(":")[0]
            if not any(one.startswith(expected) for one in said) or {one.check for one in found} != {check}:
                wrong.append(f"{name}: {expected} expected, found {said}")

    assert wrong == []
    names = [name for faults in FAULTS.values() for name in faults]
    assert len(set(names)) == len(names) >= 40


def test_each_fault_is_removed(walk: Walk) -> None:
    """After all faults, the account is as before, so no fault was hidden by another one."""
    for state in walk.states.values():
        before, after = (
            [(one.check, one.subject, one.status) for one in results]
            for results in (state.results, state.again)
        )
        assert before == after


def test_each_finding_has_a_correction_and_a_command(walk: Walk) -> None:
    """A finding has a sentence, a correction and, if the account was called, a command."""
    findings = [
        one for state in walk.states.values() for _, found in state.outcomes.values() for one in found
    ]

    assert [one for one in findings if not (one.sentence.endswith(".") and one.remedy)] == []
    # These findings do not need a call, so they do not have a command.
    assert {one.check for one in findings if not one.command} == {"account", "certificate", "on-call-page"}


def test_every_check_has_its_cases(walk: Walk) -> None:
    """Each check passes, fails and is unknown in a test, except for those that cannot."""
    seen = Counter(
        (one.check, one.status)
        for state in walk.states.values()
        for one in [*state.results, *(one for _, found in state.outcomes.values() for one in found)]
    )
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
        alone = [
            one
            for name in ("api", "frontend")
            for one in judge(BEFORE_DEPLOY, walk.world.environment_of(name), facts)
        ]

        assert {one.check for one in results if one.status != "UNKNOWN"} == NEVER_UNKNOWN | {"imports"}
        assert {one.status for one in alone if one.check == "imports"} == {"UNKNOWN"}
        assert {one.why.partition(": ")[0] for one in results if one.why} == {"permission missing"}


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
