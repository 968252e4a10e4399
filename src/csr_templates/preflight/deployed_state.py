"""The deployed stacks of an environment as data, from the facts."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from csr_templates.preflight import calls, deployed_calls, deployed_checks, hidden
from csr_templates.preflight.deployed_checks import (
    DRIFT,
    IMPORTERS,
    OTHER_STACKS,
    STACK,
    STACK_POLICY,
    TEMPLATE,
)
from csr_templates.preflight.facts import Facts, Lookup
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import UNKNOWN, Result, judge


class DeployedParameter(NamedTuple):
    """A parameter of a deployed stack.

    Attributes:
        value: its value; for a parameter of Systems Manager, its name there.
        resolved: the value that a parameter of Systems Manager had at the last deploy; otherwise None.
        is_hidden: whether the value is a secret, and not known.
    """

    value: str
    resolved: str | None
    is_hidden: bool


class DeployedStack(NamedTuple):
    """A deployed stack.

    Attributes:
        name: its short name, such as ``network``.
        stack_name: the name in the account.
        id: its ID (ARN).
        region: its region.
        status: its status.
        updated: time of its last update, or of its creation.
        template: text of its template; empty if it is not known.
        parameters: name -> parameter.
        policy: its stack policy; empty if it has none, None if that is not known.
        is_protected: whether termination protection is enabled.
        tags: its tags.
        triggers: ARNs of its rollback triggers.
        drift: its last drift status, such as ``NOT_CHECKED``.
        drift_time: the time of that check; empty if there was none.
        drifted: logical IDs of the resources that differed then; None if they are not known.
    """

    name: str
    stack_name: str
    id: str
    region: str
    status: str
    updated: str
    template: str
    parameters: Mapping[str, DeployedParameter]
    policy: Mapping[str, Any] | None
    is_protected: bool
    tags: Mapping[str, str]
    triggers: Sequence[str]
    drift: str
    drift_time: str
    drifted: Sequence[str] | None


class DeployedState(NamedTuple):
    """What is deployed of an environment.

    Attributes:
        needs: the stacks of the folder.
        facts: the facts that it is read from.
        stacks: short name -> deployed stack of the folder; a stack that is missing is not deployed.
        others: the stacks of the environment that are not in the folder.
        imports: short name -> export of the stack -> the stacks outside the environment that import it.
        unknown: what could not be read.
    """

    needs: Needs
    facts: Facts
    stacks: Mapping[str, DeployedStack]
    others: Sequence[DeployedStack]
    imports: Mapping[str, Mapping[str, Sequence[str]]]
    unknown: Sequence[Result]


def read(needs: Needs, facts: Facts) -> DeployedState:
    """Return what is deployed of an environment; parts that the facts do not contain are unknown."""
    lookup = Lookup(facts)
    results = judge(deployed_checks.CHECKS, needs, facts)
    unknown = [result for result in results if result.status == UNKNOWN]
    missing = {(result.check, result.stack) for result in unknown}
    stacks = {}
    for stack in needs.stacks:
        known = {part for part in (TEMPLATE, STACK_POLICY, DRIFT) if (part, stack.name) not in missing}
        found = None if (STACK, stack.name) in missing else deployed_checks.settled(lookup, stack)
        if found:
            stacks[stack.name] = _deployed_stack(lookup, stack.name, stack.region, found, known)
    others = [
        _deployed_stack(lookup, _short_name(needs, found), region, found, {TEMPLATE, STACK_POLICY})
        for region in needs.regions
        if not _is_missing(OTHER_STACKS, region, unknown)
        for found in deployed_checks.other_stacks(lookup, needs, region)
    ]
    own = {stack.stack_name for stack in (*stacks.values(), *others)}
    imports: dict[str, dict[str, list[str]]] = {}
    for stack in needs.stacks:
        if (IMPORTERS, stack.name) not in missing:
            for export, names in deployed_checks.importers(lookup, stack).items():
                if outside := [name for name in names if name not in own]:
                    imports.setdefault(stack.name, {})[export] = outside
    return DeployedState(needs, facts, stacks, others, imports, unknown)


def is_unknown(state: DeployedState, stack: StackNeeds) -> bool:
    """Return whether it is not known what is deployed of a stack, or whether it is deployed."""
    return any(result.stack == stack.name and result.check in (STACK, TEMPLATE) for result in state.unknown)


def _is_missing(check: str, subject: str, unknown: Sequence[Result]) -> bool:
    return any((result.check, result.subject) == (check, subject) for result in unknown)


def _short_name(needs: Needs, description: Mapping[str, Any]) -> str:
    return str(description["StackName"]).removeprefix(needs.prefix)


def _deployed_stack(
    lookup: Lookup, name: str, region: str, found: Mapping[str, Any], known: set[str]
) -> DeployedStack:
    drift = found.get("DriftInformation", {})
    policy: Mapping[str, Any] | None = None
    if STACK_POLICY in known:
        policy = json.loads(lookup(deployed_calls.stack_policy(region, found["StackId"])) or "{}")
    template = lookup(deployed_calls.template(region, found["StackId"])) if TEMPLATE in known else ""
    triggers = found.get("RollbackConfiguration", {}).get("RollbackTriggers", [])
    return DeployedStack(
        name,
        found["StackName"],
        found["StackId"],
        region,
        found["StackStatus"],
        found.get("LastUpdatedTime") or found.get("CreationTime", ""),
        template,
        {entry["ParameterKey"]: _parameter(entry) for entry in found.get("Parameters", [])},
        policy,
        found.get("EnableTerminationProtection") is True,
        {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
        [trigger["Arn"] for trigger in triggers],
        drift.get("StackDriftStatus", "NOT_CHECKED"),
        drift.get("LastCheckTimestamp", ""),
        _drifted(lookup, region, found["StackId"]) if DRIFT in known else None,
    )


def _parameter(entry: Mapping[str, str]) -> DeployedParameter:
    value, resolved = entry.get("ParameterValue", ""), entry.get("ResolvedValue")
    return DeployedParameter(value, resolved, bool({value, resolved} & hidden.MASKS))


def _drifted(lookup: Lookup, region: str, stack_id: str) -> list[str]:
    return [
        resource["LogicalResourceId"]
        for resource in lookup(calls.stack_resources(region, stack_id))
        if resource.get("DriftInformation", {}).get("StackResourceDriftStatus") in ("MODIFIED", "DELETED")
    ]
