"""The stacks: their status, and the values that they read from each other."""

from collections.abc import Iterator

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.deployed_calls import READY
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs, Reads, StackNeeds
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

REMEDIES = {
    "ROLLBACK_COMPLETE": "Delete the stack (docs/hand-over.md, When the first create fails).",
    "ROLLBACK_FAILED": "See docs/hand-over.md, When the first create fails.",
    "CREATE_FAILED": "Delete the stack, or roll it back, then deploy.",
    "DELETE_FAILED": "Do not delete anything by hand. See docs/recovery.md, A deletion has failed.",
    "UPDATE_FAILED": "Roll it back (aws cloudformation rollback-stack), then deploy.",
    "UPDATE_ROLLBACK_FAILED": "See docs/recovery.md, A rollback has failed.",
    "IMPORT_ROLLBACK_FAILED": "See docs/recovery.md, An import has failed.",
}


def _judge_state(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    found = deployed.description(lookup, subject.stack)
    if found is None and deployed.is_empty_account(needs, lookup):
        return _first_deploy(subject, needs, lookup)
    if found is None:
        return passed(f"{subject.id} does not exist yet. The deploy creates it.")
    status = found["StackStatus"]
    if status in READY:
        return passed(f"{subject.id} is in status {status}. The deploy updates it.")
    if status == "REVIEW_IN_PROGRESS":
        return warned(
            f"{subject.id} is empty: it contains only a change set. The deploy creates its resources.",
            "Delete change sets that will not be executed.",
        )
    sentence = f"{subject.id} is in status {status} and cannot be updated."
    return failed(
        sentence, REMEDIES.get(status, "Wait until the operation is complete, then run preflight again.")
    )


def _first_deploy(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    """Judge an account without any stack of the environment; one result asks if it is the wrong one."""
    sentence = f"{deployed.none_exists(needs)}: right before a first deploy."
    question = deployed.wrong_account(needs, lookup.facts.header.caller)
    if not question or subject.stack is not needs.chosen[0]:
        return passed(sentence)
    return warned(
        f"{sentence}{question}",
        f"If {needs.environment} is already deployed, use the profile of its account. AccountId in the "
        "parameter files states the account (docs/preflight.md).",
    )


def _reads(needs: Needs) -> Iterator[Subject]:
    for stack in needs.chosen:
        for reads in stack.reads:
            yield Subject(reads.export or f"{reads.stack}/{reads.output}", stack, reads)


def _judge_reads(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    reads: Reads = subject.about
    made = needs.maker(reads)
    if made and _is_earlier(made[0], subject, needs):
        return passed(f"{subject.id} comes from {made[0].deployed}, which is deployed first.")
    if reads.export:
        names = {export["Name"] for export in lookup(calls.exports(reads.region))}
        is_there = reads.export in names
    else:
        found = lookup(calls.stack(reads.region, reads.stack))
        outputs = found[0].get("Outputs", []) if found else []
        is_there = reads.output in {output["OutputKey"] for output in outputs}
    if is_there:
        return passed(f"{subject.id} exists.")
    by = (
        f"{made[0].deployed} provides it. Deploy that stack first."
        if made
        else "No stack of the folder provides it."
    )
    return failed(f"{subject.id} does not exist, but is read by {', '.join(reads.users)}.", by)


def _is_earlier(maker: StackNeeds, subject: Subject, needs: Needs) -> bool:
    """Return whether a stack is deployed before the one that reads from it."""
    order = [stack.name for stack in needs.chosen]
    return maker.name in order[: order.index(subject.stack.name)]


CHECKS = (
    Check(
        "stack-state",
        "Each stack can be updated, or has not been created yet",
        deployed.chosen_stacks,
        _judge_state,
    ),
    Check(
        "imports",
        "The exports and outputs that a stack reads exist, or are deployed first",
        _reads,
        _judge_reads,
    ),
)
