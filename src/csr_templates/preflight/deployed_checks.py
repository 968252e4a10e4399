"""What of the deployed state of an environment could be read: one result for each part of each stack.

A part that is not known is never treated as unchanged: its result is UNKNOWN.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from csr_templates.preflight import calls, deployed, deployed_calls
from csr_templates.preflight.checks.cloudformation import READY, REMEDIES
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import UNKNOWN, Check, Subject, Verdict, passed

STACK: Final = "stack"
TEMPLATE: Final = "template"
STACK_POLICY: Final = "stack-policy"
DRIFT: Final = "drift"
IMPORTERS: Final = "importers"
OTHER_STACKS: Final = "other-stacks"
_NOT_CREATED: Final = "REVIEW_IN_PROGRESS"
"""A stack that has only a change set: it has no resources, and no template that was deployed."""


def description(lookup: Lookup, stack: StackNeeds) -> dict[str, Any] | None:
    """Return the deployed stack from DescribeStacks; None if the deploy creates it."""
    found = deployed.description(lookup, stack)
    return None if found is None or found["StackStatus"] == _NOT_CREATED else found


def settled(lookup: Lookup, stack: StackNeeds) -> dict[str, Any] | None:
    """Return the deployed stack if no operation is in progress or has failed; otherwise None."""
    found = description(lookup, stack)
    return found if found and found["StackStatus"] in READY else None


def exports(lookup: Lookup, stack: StackNeeds) -> list[str]:
    """Return the names of the exports of the deployed stack."""
    found = settled(lookup, stack)
    listed = lookup(calls.exports(stack.region)) if found else []
    return [
        export["Name"] for export in listed if found and export.get("ExportingStackId") == found["StackId"]
    ]


def importers(lookup: Lookup, stack: StackNeeds) -> dict[str, list[str]]:
    """Return the name of each export of the deployed stack -> the names of the stacks that import it."""
    return {
        name: lookup(deployed_calls.importers(stack.region, name)) or [] for name in exports(lookup, stack)
    }


def candidates(lookup: Lookup, needs: Needs, region: str) -> list[str]:
    """Return the IDs of the stacks with the prefix of the environment that are not in the folder."""
    known = {found["StackId"] for stack in needs.stacks if (found := deployed.description(lookup, stack))}
    return [
        summary["StackId"]
        for summary in lookup(deployed_calls.summaries(region))
        if summary["StackName"].startswith(needs.prefix) and summary["StackId"] not in known
    ]


def other_stacks(lookup: Lookup, needs: Needs, region: str) -> list[dict[str, Any]]:
    """Return the deployed stacks of the environment that are not in the folder."""
    found = []
    for stack_id in candidates(lookup, needs, region):
        for stack in lookup(calls.stack(region, stack_id)) or []:
            values = {
                entry["ParameterKey"]: entry.get("ParameterValue") for entry in stack.get("Parameters", [])
            }
            mine = (values.get("ProjectName"), values.get("Environment")) == (
                needs.project,
                needs.environment,
            )
            if mine and stack["StackStatus"] in READY:
                found.append(stack)
    return found


def _stacks(needs: Needs) -> Iterator[Subject]:
    for stack in needs.stacks:
        yield Subject(stack.deployed, stack)


def _regions_of_stacks(needs: Needs) -> Iterator[Subject]:
    for region in needs.regions:
        yield Subject(region, next(stack for stack in needs.stacks if stack.region == region))


def _judge_stack(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    found = description(lookup, subject.stack)
    if found is None:
        return passed(f"{subject.id} is not deployed.")
    status = found["StackStatus"]
    if status in READY:
        return passed(f"{subject.id} is in status {status}.")
    return Verdict(
        UNKNOWN,
        f"{subject.id} is in status {status}, so what is deployed is not known and was not compared.",
        REMEDIES.get(status, "Wait until the operation is complete, then run the command again."),
    )


def _judge_template(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    found = settled(lookup, subject.stack)
    if found and not lookup(deployed_calls.template(subject.stack.region, found["StackId"])):
        return _unreadable(subject.id)
    return passed(f"The template of {subject.id} is known.")


def _unreadable(stack_name: str) -> Verdict:
    return Verdict(
        UNKNOWN,
        f"The deployed template of {stack_name} cannot be compared: it has a Transform, or is not a template "
        "that this version reads.",
        "Compare the processed templates (docs/review.md).",
    )


def _judge_policy(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    if found := settled(lookup, subject.stack):
        json.loads(lookup(deployed_calls.stack_policy(subject.stack.region, found["StackId"])) or "{}")
    return passed(f"The stack policy of {subject.id} is known.")


def _judge_drift(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    if found := settled(lookup, subject.stack):
        lookup(calls.stack_resources(subject.stack.region, found["StackId"]))
    return passed(f"The last drift result of {subject.id} is known.")


def _judge_importers(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    importers(lookup, subject.stack)
    return passed(f"The importers of the exports of {subject.id} are known.")


def _judge_others(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    for stack in other_stacks(lookup, needs, subject.id):
        json.loads(lookup(deployed_calls.stack_policy(subject.id, stack["StackId"])) or "{}")
        if not lookup(deployed_calls.template(subject.id, stack["StackId"])):
            return _unreadable(stack["StackName"])
    return passed(f"The stacks of {needs.environment} in {subject.id} are known.")


def _describe(subject: Subject, needs: Needs, _: Lookup) -> Iterator[Query]:
    for stack in needs.stacks:
        yield calls.stack(stack.region, stack.deployed)


def _of_settled(call: Any) -> Any:
    """Return the step that makes a call with region and ID of the stack of the subject."""

    def queries(subject: Subject, needs: Needs, lookup: Lookup) -> Iterator[Query]:
        if found := settled(lookup, subject.stack):
            yield call(subject.stack.region, found["StackId"])

    return queries


def _list_exports(subject: Subject, needs: Needs, _: Lookup) -> Iterator[Query]:
    yield calls.exports(subject.stack.region)


def _list_importers(subject: Subject, needs: Needs, lookup: Lookup) -> Iterator[Query]:
    for name in exports(lookup, subject.stack):
        yield deployed_calls.importers(subject.stack.region, name)


def _list_stacks(subject: Subject, needs: Needs, _: Lookup) -> Iterator[Query]:
    yield deployed_calls.summaries(subject.id)


def _describe_candidates(subject: Subject, needs: Needs, lookup: Lookup) -> Iterator[Query]:
    for stack_id in candidates(lookup, needs, subject.id):
        yield calls.stack(subject.id, stack_id)


def _read_others(subject: Subject, needs: Needs, lookup: Lookup) -> Iterator[Query]:
    for stack in other_stacks(lookup, needs, subject.id):
        yield deployed_calls.template(subject.id, stack["StackId"])
        yield deployed_calls.stack_policy(subject.id, stack["StackId"])


CHECKS: Final = (
    Check(STACK, "The status of the stack", _stacks, _judge_stack, (_describe,)),
    Check(
        TEMPLATE,
        "The deployed template",
        _stacks,
        _judge_template,
        (_describe, _of_settled(deployed_calls.template)),
    ),
    Check(
        STACK_POLICY,
        "The stack policy",
        _stacks,
        _judge_policy,
        (_describe, _of_settled(deployed_calls.stack_policy)),
    ),
    Check(
        DRIFT,
        "The last drift result",
        _stacks,
        _judge_drift,
        (_describe, _of_settled(calls.stack_resources)),
    ),
    Check(
        IMPORTERS,
        "The stacks that import the exports",
        _stacks,
        _judge_importers,
        (_list_exports, _list_importers),
    ),
    Check(
        OTHER_STACKS,
        "The stacks of the environment that are not in the folder",
        _regions_of_stacks,
        _judge_others,
        (_list_stacks, _describe_candidates, _read_others),
    ),
)
