"""The deployed stacks of an environment as data, read from the facts. A part that is not known is said."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from csr_templates.preflight import deployed, hidden
from csr_templates.preflight.facts import Facts, Lookup, NoAnswerError, Query
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import UNEXPECTED, unreadable
from csr_templates.preflight.services import cloudformation_calls
from csr_templates.preflight.services.cloudformation import REMEDIES, state_remedy
from csr_templates.preflight.services.cloudformation_calls import READY

_NOT_CREATED: Final = "REVIEW_IN_PROGRESS"
"""A stack that has only a change set: it has no resources, and no template that was deployed."""
_NO_TEMPLATE: Final = (
    "it has a Transform, or is not a template that this version reads. Compare the processed templates "
    "(docs/review.md)."
)


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
        environment: the environment, with the stacks of the folder.
        facts: the facts that it is read from.
        stacks: short name -> deployed stack of the folder; a stack that is missing is not deployed.
        others: the stacks of the environment that are not in the folder.
        imports: short name -> export of the stack -> the stacks outside the environment that import it.
        unknown: stack and sentence for each part that is not known.
        not_compared: the stacks of the folder that cannot be compared.
        missing: the calls whose answers the facts do not contain.
    """

    environment: ResolvedEnvironment
    facts: Facts
    stacks: Mapping[str, DeployedStack]
    others: Sequence[DeployedStack]
    imports: Mapping[str, Mapping[str, Sequence[str]]]
    unknown: Sequence[tuple[str, str]]
    not_compared: frozenset[str]
    missing: Sequence[Query]


def read(environment: ResolvedEnvironment, facts: Facts) -> DeployedState:
    """Return what is deployed of an environment."""
    reader = _Reader(environment, facts)
    stacks: dict[str, DeployedStack] = {}
    for stack in environment.stacks:
        deployed_stack = reader.stack(stack)
        if deployed_stack is not None:
            stacks[stack.name] = deployed_stack
    others: list[DeployedStack] = []
    for region in environment.regions:
        others += reader.others(region)
    own = {(stack.region, stack.stack_name) for stack in (*stacks.values(), *others)}
    imports = {stack.name: reader.imports(stack, own) for stack in stacks.values()}
    unknown = tuple(dict.fromkeys(reader.unknown))
    not_compared = frozenset(reader.not_compared)
    missing = tuple(reader.lookup.missing.values())
    return DeployedState(environment, facts, stacks, others, imports, unknown, not_compared, missing)


def missing_calls(environment: ResolvedEnvironment, facts: Facts) -> Sequence[Query]:
    """Return the calls that ``read`` reads and that were not made."""
    return read(environment, facts).missing


class _Reader:
    """Reads the stacks, and records what is not known."""

    def __init__(self, environment: ResolvedEnvironment, facts: Facts) -> None:
        self.environment = environment
        self.lookup = Lookup(facts)
        self.unknown: list[tuple[str, str]] = []
        self.not_compared: set[str] = set()
        self.known_ids: set[str] = set()

    def stack(self, stack: EnvironmentStack) -> DeployedStack | None:
        """Return a stack of the folder; None if it is not deployed, or its state is not known."""
        self.not_compared.add(stack.name)
        with self._about(stack.name):
            described = self.lookup(cloudformation_calls.stack.query(stack.region, stack.deployed_name))
            if not described or described[0]["StackStatus"] == _NOT_CREATED:
                self.not_compared.remove(stack.name)
                return None
            self.known_ids.add(described[0]["StackId"])
            status = described[0]["StackStatus"]
            if status in READY:
                deployed_stack = self._read(stack.name, stack.region, described[0])
                if deployed_stack.template:
                    self.not_compared.remove(stack.name)
                return deployed_stack
            remedy = state_remedy(status, stack, self.environment, "then run the command again")
            self._say_state(stack.name, stack.deployed_name, status, remedy)
        return None

    def others(self, region: str) -> list[DeployedStack]:
        """Return the stacks of the environment in a region that are not in the folder."""
        others = []
        # What is not known of another stack is said with the first stack of its region.
        first = next(stack.name for stack in self.environment.stacks if stack.region == region)
        with self._about(first):
            for summary in self.lookup(cloudformation_calls.summaries.query(region)):
                if not summary["StackName"].startswith(self.environment.prefix):
                    continue
                if summary["StackId"] in self.known_ids:
                    continue
                with self._about(first):
                    others += self._other(region, summary)
        return others

    def _other(self, region: str, summary: Mapping[str, str]) -> list[DeployedStack]:
        """Return a stack that is not in the folder; empty if it is not ours, or what it has is not known."""
        described = self.lookup(cloudformation_calls.stack.query(region, summary["StackId"])) or ()
        others = []
        for stack in described:
            if not self._is_ours(stack):
                continue
            name = self._name_of_other(region, summary["StackName"])
            if stack["StackStatus"] in READY:
                others.append(self._read(name, region, stack))
            else:
                wait = "Wait until the operation is complete, then run the command again."
                remedy = REMEDIES.get(stack["StackStatus"], wait)
                self._say_state(name, f"{summary['StackName']} in {region}", stack["StackStatus"], remedy)
        return [stack for stack in others if stack.template]

    def _name_of_other(self, region: str, stack_name: str) -> str:
        """Return a name that no stack of the folder has: with the region if one of another region has it."""
        name = stack_name.removeprefix(self.environment.prefix)
        return f"{name} ({region})" if self.environment.stack(name) else name

    def _say_state(self, name: str, stack: str, status: str, remedy: str) -> None:
        """Record that a stack is not known, because its status does not show what it has."""
        sentence = f"{stack} is in status {status}, so what is deployed is not known and was not compared."
        self.unknown.append((name, f"{sentence} {remedy}"))

    def imports(self, stack: DeployedStack, own: set[tuple[str, str]]) -> dict[str, list[str]]:
        """Return the exports of a stack that stacks outside the environment import."""
        outside_importers: dict[str, list[str]] = {}
        for export in self._export_names(stack):
            with self._about(stack.name):
                importers = self.lookup(cloudformation_calls.importers.query(stack.region, export))
                outside = [importer for importer in importers or () if (stack.region, importer) not in own]
                if outside:
                    outside_importers[export] = outside
        return outside_importers

    def _export_names(self, stack: DeployedStack) -> list[str]:
        names: list[str] = []
        with self._about(stack.name):
            exports = self.lookup(cloudformation_calls.exports.query(stack.region))
            names += [export["Name"] for export in exports if export.get("ExportingStackId") == stack.id]
        return names

    @contextmanager
    def _about(self, stack: str) -> Iterator[None]:
        """Record that a part of a stack is not known, if reading it fails."""
        try:
            yield
        except NoAnswerError as error:
            self.unknown.append((stack, f"{error} {error.remedy}"))
        except UNEXPECTED as error:
            self.unknown.append(
                (
                    stack,
                    f"An answer of AWS cannot be read: {unreadable(error)}. Check it manually.",
                )
            )

    def _is_ours(self, stack: Mapping[str, Any]) -> bool:
        values = deployed.parameters(stack)
        return (values.get("ProjectName"), values.get("Environment")) == (
            self.environment.project,
            self.environment.name,
        )

    def _read(self, name: str, region: str, description: Mapping[str, Any]) -> DeployedStack:
        """Return a stack; parts that are not known are empty or None, and said."""
        stack_id = description["StackId"]
        drift = description.get("DriftInformation", {})
        template, policy, drifted = "", None, None
        with self._about(name):
            template = self.lookup(cloudformation_calls.template.query(region, stack_id))
            if not template:
                sentence = (
                    f"The deployed template of {description['StackName']} cannot be compared: {_NO_TEMPLATE}"
                )
                self.unknown.append((name, sentence))
        with self._about(name):
            policy = json.loads(
                self.lookup(cloudformation_calls.stack_policy.query(region, stack_id)) or "{}"
            )
        with self._about(name):
            drifted = deployed.drifted(
                self.lookup(cloudformation_calls.stack_resources.query(region, stack_id))
            )
        triggers = description.get("RollbackConfiguration", {}).get("RollbackTriggers", [])
        return DeployedStack(
            name,
            description["StackName"],
            stack_id,
            region,
            description["StackStatus"],
            description.get("LastUpdatedTime") or description.get("CreationTime", ""),
            template,
            {entry["ParameterKey"]: _parameter(entry) for entry in description.get("Parameters", [])},
            policy,
            description.get("EnableTerminationProtection") is True,
            {tag["Key"]: tag["Value"] for tag in description.get("Tags", [])},
            [trigger["Arn"] for trigger in triggers],
            drift.get("StackDriftStatus", "NOT_CHECKED"),
            drift.get("LastCheckTimestamp", ""),
            drifted,
        )


def _parameter(entry: Mapping[str, str]) -> DeployedParameter:
    value, resolved = entry.get("ParameterValue", ""), entry.get("ResolvedValue")
    return DeployedParameter(value, resolved, bool({value, resolved} & hidden.MASKS))
