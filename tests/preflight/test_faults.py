"""What preflight finds in an empty, a new and a ready account, and in one with a single fault."""

from __future__ import annotations

from collections import Counter

from csr_templates.preflight import facts as saved
from csr_templates.preflight.checks.listing import CHECKS
from csr_templates.preflight.facts import DENIED, Facts, Failure
from csr_templates.preflight.results import judge

from .conftest import Walk
from .faults import FAULTS

# Checks without such a result: by design, not a gap.
NEVER_FAILS = {"alarm-subscriptions", "newest-snapshot", "pending-reboot", "service-linked-roles"}
NEVER_UNKNOWN = {"runtime"}  # makes no calls


def test_an_account_that_is_made_ready_takes_everything(walk: Walk) -> None:
    """With all stacks deployed and nothing wrong, every check passes for every subject."""
    ready = walk.states["ready"].results

    assert [one for one in ready if one.status != "PASS"] == []
    assert {one.check for one in ready} == {check.name for check in CHECKS}


def test_a_new_account_with_roles_and_buckets_can_be_deployed_to(walk: Walk) -> None:
    """Before the first deploy nothing fails; what cannot be checked yet is a warning."""
    new = walk.states["new"].results

    assert {one.status for one in new} == {"PASS", "WARN"}
    assert {one.check for one in new if one.status == "WARN"} == {
        "alarm-subscriptions",
        "domain-alias",
        "newest-snapshot",
        "package",
        "pending-reboot",
        "writer",
    }


def test_an_empty_account_lacks_what_an_administrator_makes(walk: Walk) -> None:
    """What fails there is what the bootstrap templates make, and the concurrency."""
    assert {one.check for one in walk.empty if one.status == "FAIL"} == {
        "artifact-buckets",
        "deploy-roles",
        "lambda-concurrency",
    }


def test_each_fault_is_found_by_the_check_that_names_it(walk: Walk) -> None:
    """A single fault is found, by that check for that subject, and by no other check."""
    wrong = []
    for state in walk.states.values():
        for fault, found in state.outcomes:
            said = [f"{one.status} {one.check}:{one.subject}" for one in found]
            check = fault.found.partition(" ")[2].partition(":")[0]
            if not any(one.startswith(fault.found) for one in said) or {one.check for one in found} != {
                check
            }:
                wrong.append(f"{fault.name}: {fault.found} expected, found {said}")

    assert wrong == []
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 40


def test_each_fault_is_undone(walk: Walk) -> None:
    """After the faults the account is as before, so that none hid behind another one."""
    for state in walk.states.values():
        before, after = (
            [(one.check, one.subject, one.status) for one in results]
            for results in (state.results, state.again)
        )
        assert before == after


def test_each_finding_says_what_to_do_and_what_shows_it(walk: Walk) -> None:
    """A sentence, a remedy and, where the account was asked, a command."""
    findings = [one for state in walk.states.values() for _, found in state.outcomes for one in found]

    assert [one for one in findings if not (one.sentence.endswith(".") and one.remedy)] == []
    # Where the answer is in the needs alone, there is nothing to be shown.
    assert {one.check for one in findings if not one.command} == {"account", "certificate"}


def test_every_check_has_its_cases(walk: Walk) -> None:
    """Each check passes, fails and is unknown somewhere here, but for those that cannot."""
    seen = Counter(
        (one.check, one.status)
        for state in walk.states.values()
        for one in [*state.results, *(one for _, found in state.outcomes for one in found)]
    )
    names = {check.name for check in CHECKS}

    assert {name for name in names if not seen[name, "PASS"]} == set()
    assert {name for name in names if not seen[name, "FAIL"]} == NEVER_FAILS | NEVER_UNKNOWN
    assert {name for name in NEVER_FAILS if not seen[name, "WARN"]} == set()


def test_without_permission_nothing_passes(walk: Walk) -> None:
    """Whatever the account does not answer makes a check unknown, and the finding names the action."""
    for state in walk.states.values():
        denied = [
            fact
            if fact.query.operation == "GetCallerIdentity"
            else fact._replace(failure=Failure(DENIED, ""))
            for fact in state.facts
        ]
        facts = Facts(state.facts.time, state.facts.account, state.facts.caller, denied)
        results = judge(CHECKS, walk.world.needs, facts)
        # Exports and outputs are asked for only where no stack of the same run makes them.
        alone = [
            one for name in ("api", "frontend") for one in judge(CHECKS, walk.world.needs_of(name), facts)
        ]

        assert {one.check for one in results if one.status != "UNKNOWN"} == NEVER_UNKNOWN | {"imports"}
        assert {one.status for one in alone if one.check == "imports"} == {"UNKNOWN"}
        assert {one.why.partition(": ")[0] for one in results if one.why} == {"permission missing"}


def test_saved_facts_give_the_same_report(walk: Walk) -> None:
    """Facts written to a file and read back are the same."""
    for state in walk.states.values():
        back = saved.from_json(saved.as_json(state.facts), "facts.json")

        assert judge(CHECKS, walk.world.needs, back) == judge(CHECKS, walk.world.needs, state.facts)
        assert saved.as_json(back) == saved.as_json(state.facts)


def test_no_secret_enters_the_facts(walk: Walk) -> None:
    """Passwords, keys, variables and addresses of people are in the account, and not in the facts."""
    text = saved.as_json(walk.states["ready"].facts)

    assert "only-in-the-mock" not in text
    assert "operators@example.com" not in text
    assert "csr-lambda-api-prod-db-credentials" in text  # their names are
