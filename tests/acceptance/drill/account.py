"""A small model of CloudFormation: creations, updates, deletions, imports and refusals.

Emulators do not support imports. The model contains the conditions for recovering a deleted stack: names and
identifiers, policies for deletion and replacement, references, exports, and the rules of an import. Other
behavior of an account is listed in ``UNKNOWN``.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, Self

from cfn_analysis.model.references import Place, pieces, place_in_words, uses
from cfn_analysis.model.resolving import ResolveError, resolve
from cfn_analysis.model.schemas import resource_schema
from cfn_analysis.updates.effects import Effect, effect_of_change

UNKNOWN: Final = (
    "permissions of people, service roles and key policies",
    "quotas and rate limits",
    "termination protection, stack policies and the Rules of a template",
    "keys and secrets that wait for their deletion",
    "update handlers that an import may run to set tags, and whether one then generates a secret again",
    "changes that an import makes to a DB instance or cluster that differs from the template, "
    "except the key of Performance Insights",
    "passwords, and the values of dynamic references",
    "values that AWS adds by itself, and so what drift detection really reports",
    "what services create or keep by themselves: network interfaces, log groups, copies of secrets",
    "time: what is still being deleted, and names that stay taken for a while",
    "names that other accounts have taken, such as those of buckets",
    "what a package contains: a Lambda version differs only by the configuration of its function",
)
GLOBAL: Final = ("AWS::CloudFront::", "AWS::IAM::", "AWS::Route53::", "AWS::S3::")
RETAINING: Final = ("Retain", "RetainExceptOnCreate")
# Resources that are deleted with their owner, independent of their policy: type -> the type of the owner, and
# its property. https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
GOES_WITH: Final = {"AWS::Lambda::Version": ("AWS::Lambda::Function", "FunctionName")}
VERSION: Final = "AWS::Lambda::Version"
PUBLISHED: Final = "published"
"""The property with the configuration of the function that a version has copied."""
# https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html does not have them.
UNVERSIONED: Final = frozenset({"Code", "ReservedConcurrentExecutions", "Tags"})
INSTANCE: Final = "AWS::RDS::DBInstance"
INSIGHTS_KEY: Final = "PerformanceInsightsKMSKeyId"

Key = tuple[str, str, tuple[str, ...]]
Properties = dict[str, Any]


class RefusedError(Exception):
    """CloudFormation rejects the operation, or it fails and is rolled back.

    After a rollback, only retained copies of replacements are new in the account.
    """


@dataclass
class Thing:
    """A resource in the account.

    Attributes:
        kind: its type.
        region: where it is, or ``global``.
        identifier: the properties of its primary identifier.
        properties: its other properties, as far as they are known.
        stack: the stack that owns it; "" without one.
        value: its content. A different number is different data, or a newly generated value.
    """

    kind: str
    region: str
    identifier: dict[str, str]
    properties: Properties
    stack: str = ""
    value: int = 0

    @property
    def key(self) -> Key:
        """The key, which is unique in the account."""
        return self.region, self.kind, tuple(self.identifier.values())

    @property
    def ref(self) -> str:
        """The return value of Ref."""
        return "|".join(self.identifier.values())

    @property
    def number(self) -> int:
        """The number of a Lambda version."""
        return int(self.ref.rpartition(":")[2])

    def attribute(self, name: str) -> str:
        """Return the return value of GetAtt: a text that does not change while the resource exists."""
        if (self.kind, name) == (VERSION, "Version"):
            return str(self.number)
        value = {**self.properties, **self.identifier}.get(name)
        return value if isinstance(value, str) else f"{self.ref}.{name}"


class Declared(NamedTuple):
    """A resource in the template of a stack, with all functions resolved."""

    kind: str
    properties: Properties
    deletion_policy: str
    replace_policy: str


@dataclass
class Stack:
    """A deployed stack: logical ID -> what is declared and what exists, keys of outputs, names of exports."""

    name: str
    region: str
    declared: dict[str, Declared] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)


@dataclass
class Changes:
    """The changes of a deploy: logical IDs, and for an update the properties.

    ``skipped`` has the copies that a rollback does not delete (DELETE_SKIPPED).
    """

    created: list[str] = field(default_factory=list)
    updated: dict[str, list[str]] = field(default_factory=dict)
    replaced: dict[str, list[str]] = field(default_factory=dict)
    generated: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class Account:
    """An account with its stacks and resources.

    Attributes:
        things: every resource.
        stacks: region and name -> stack.
        snapshots: snapshots of resources that were deleted with the policy Snapshot, oldest first.
    """

    def __init__(self) -> None:
        self.things: dict[Key, Thing] = {}
        self.stacks: dict[tuple[str, str], Stack] = {}
        self.snapshots: list[Thing] = []
        self._serial = 0
        self._numbers: dict[str, int] = {}  # function -> number of its newest version

    def identify(self, stack: Stack, logical_id: str, declared: Declared) -> dict[str, str]:
        """Return the primary identifier of a new resource: the specified or a generated one."""
        if declared.kind == VERSION:
            return {"FunctionArn": self._version_arn(stack, declared)}
        made_up = f"{stack.name}-{logical_id}-{self.serial()}".lower()
        texts = {name: value for name, value in declared.properties.items() if isinstance(value, str)}
        names = resource_schema(declared.kind, stack.region).primary_identifier
        return {name: texts.get(name, made_up) for name in names}

    def gone(self, thing: Thing) -> None:
        """Record that a resource was deleted."""

    def found(self, key: Key) -> Thing | None:
        """Return the resource with a key."""
        return self.things.get(key)

    def serial(self) -> int:
        """Return a new unique number."""
        self._serial += 1
        return self._serial

    def copy(self) -> Self:
        """Return an independent copy of the account.

        Values nested in properties are shared, because they never change.
        """
        copied = copy(self)
        copied.things = {key: replace(thing) for key, thing in self.things.items()}
        copied.snapshots = list(self.snapshots)
        copied._numbers = dict(self._numbers)
        copied.stacks = {key: copied.copied(stack) for key, stack in self.stacks.items()}
        return copied

    def copied(self, stack: Stack) -> Stack:
        """Return a copy of a stack, whose resources are those of this account."""
        things = {name: self.things[thing.key] for name, thing in stack.things.items()}
        return replace(stack, things=things, declared=dict(stack.declared), imports=set(stack.imports))

    def add(self, thing: Thing) -> None:
        """Add a resource to the account that does not belong to a stack."""
        self.things[thing.key] = thing

    def remove(self, thing: Thing) -> None:
        """Delete a resource that does not belong to a stack."""
        del self.things[thing.key]

    def deploy(
        self,
        name: str,
        region: str,
        template: Mapping[str, Any],
        parameters: Mapping[str, str],
        trigger: str = "",
    ) -> Changes:
        """Create or update a stack.

        Args:
            name: name of the stack.
            region: its region.
            template: its template.
            parameters: the values of its parameters.
            trigger: a rollback trigger that fires after all resources were updated; "" if none fires.

        Raises:
            RefusedError: it fails and is rolled back. Resources that it created are deleted, except the new
                copy of a replaced resource whose UpdateReplacePolicy retains it.
        """
        before = self.copy()
        stack = self.stacks.setdefault((region, name), Stack(name, region))
        changes = Changes()
        try:
            self._apply(stack, _resolved(stack, template, parameters), changes)
            if trigger:
                raise RefusedError(f"{trigger} is in ALARM.")
        except RefusedError:
            self._roll_back(before, stack, changes)
            raise
        return changes

    def _roll_back(self, before: Self, failed: Stack, changes: Changes) -> None:
        """Return to the account before an update, with the new copies of replacements that are retained.

        UpdateReplacePolicy: Retain also keeps the new copy of a replacement that is rolled back, outside of
        the stack (DELETE_SKIPPED). DeletionPolicy has no effect on it. Measured with a parameter of SSM and
        another resource that fails: https://github.com/go-to-k/cdkd, issue 2598, its fixture
        rollback-replacement-retain. That a trigger does the same is an assumption.
        """
        copies = [
            failed.things[logical_id]
            for logical_id in changes.replaced
            if failed.declared[logical_id].replace_policy in RETAINING
        ]
        self.things, self.stacks, self.snapshots = before.things, before.stacks, before.snapshots
        for thing in copies:
            self.things[thing.key] = replace(thing, stack="")
            changes.skipped.append(thing.ref)

    def versions(self, function: str) -> list[Thing]:
        """Return the published versions of a function, the newest one last."""
        published = [
            thing
            for thing in self.things.values()
            if thing.kind == VERSION and thing.properties["FunctionName"] == function
        ]
        return sorted(published, key=lambda version: version.number)

    def _version_arn(self, stack: Stack, declared: Declared) -> str:
        """Return the ARN of a new version.

        "Lambda never reuses version numbers, even for a function that has been deleted and recreated."
        https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
        """
        function = declared.properties["FunctionName"]
        self._numbers[function] = self._numbers.get(function, 0) + 1
        return f"arn:aws:lambda:{stack.region}:123456789012:function:{function}:{self._numbers[function]}"

    def _published(self, stack: Stack, logical_id: str, declared: Declared) -> Properties:
        """Return the properties of a new version, with a copy of its function.

        Raises:
            RefusedError: the newest version has the same code and configuration, so that PublishVersion
                publishes nothing. https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
        """
        name = declared.properties["FunctionName"]
        function = self.things[stack.region, "AWS::Lambda::Function", (name,)]
        copied = {key: value for key, value in function.properties.items() if key not in UNVERSIONED}
        published = self.versions(name)
        if published and published[-1].properties[PUBLISHED] == copied:
            raise RefusedError(
                f"{logical_id}: A version for this Lambda function exists ( {published[-1].number} ). Modify "
                "the function to create a new version."
            )
        return {**declared.properties, PUBLISHED: copied}

    def delete(self, name: str, region: str) -> None:
        """Delete a stack. Retained resources remain in the account, and do not belong to a stack.

        Raises:
            RefusedError: another stack imports from it, or a cluster has an instance outside of the stack.
        """
        stack = self.stacks[region, name]
        for reader in self.stacks.values():
            if used := sorted(reader.imports & stack.exports.keys()):
                raise RefusedError(f"{name}: export {used[0]} is in use by {reader.name}.")
        clusters = {thing.ref for thing in stack.things.values() if thing.kind == "AWS::RDS::DBCluster"}
        for thing in self.things.values():
            if (thing.kind, thing.region) != (INSTANCE, region) or thing.stack == name:
                continue
            if thing.properties.get("DBClusterIdentifier") in clusters:
                raise RefusedError(f"{name}: Cluster cannot be deleted, it still contains {thing.ref}.")
        for logical_id in reversed(stack.things):
            self._delete(stack.things[logical_id], stack.declared[logical_id].deletion_policy)
        del self.stacks[region, name]

    def import_resources(
        self,
        name: str,
        region: str,
        template: Mapping[str, Any],
        parameters: Mapping[str, str],
        resources: Sequence[Mapping[str, Any]],
    ) -> list[str]:
        """Import resources into a stack, or create a stack of them.

        Returns:
            The drift: the properties of imported resources that differ from the template.

        Raises:
            RefusedError: the change set cannot be created.
        """
        stack = self.copied(self.stacks.get((region, name), Stack(name, region)))
        if unknown := sorted(parameters.keys() - template.get("Parameters", {}).keys()):
            raise RefusedError(f"Parameters: [{', '.join(unknown)}] do not exist in the template.")
        resolved = _resolved(stack, template, parameters)
        self._require_importable(stack, resolved, resources)
        listed = {resource["LogicalResourceId"]: resource for resource in resources}
        drift: list[str] = []
        imported_things: list[Thing] = []
        for logical_id, resource in _in_order(resolved["Resources"]):
            declared = self._declared(stack, resource)
            if logical_id in stack.things:
                if changed := list(differences(stack.declared[logical_id].properties, declared.properties)):
                    raise RefusedError(f"{logical_id}: an import cannot change {place_in_words(changed[0])}.")
                continue
            thing = self._importable(logical_id, declared, listed[logical_id], region)
            places = list(differences(thing.properties, declared.properties))
            _require_possible(logical_id, declared, places)
            drift += [f"{logical_id}.{place_in_words(place)}" for place in places]
            stack.things[logical_id], stack.declared[logical_id] = thing, declared
            imported_things.append(thing)
        for thing in imported_things:
            thing.stack = name
            self.things[thing.key] = thing
        self.stacks[region, name] = stack
        return drift

    def _require_importable(
        self, stack: Stack, resolved: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]
    ) -> None:
        if resolved["Outputs"].keys() != stack.outputs.keys():
            raise RefusedError("As part of the import operation, you cannot modify or add [Outputs].")
        if removed := sorted(stack.things.keys() - resolved["Resources"].keys()):
            raise RefusedError(f"{removed[0]}: an import cannot remove resources.")
        new = resolved["Resources"].keys() - stack.things.keys()
        listed = {resource["LogicalResourceId"] for resource in resources}
        if new - listed:
            raise RefusedError(f"{min(new - listed)}: an import cannot create resources.")
        if listed - new:
            raise RefusedError(f"{min(listed - new)}: not a new resource of the template.")

    def _importable(
        self, logical_id: str, declared: Declared, resource: Mapping[str, Any], region: str
    ) -> Thing:
        """Return the resource to import."""
        schema = resource_schema(declared.kind, region)
        if resource["ResourceType"] != declared.kind:
            raise RefusedError(f"{logical_id}: the type is {declared.kind}, not {resource['ResourceType']}.")
        if "read" not in schema.handlers:
            raise RefusedError(f"{logical_id}: {declared.kind} cannot be imported.")
        if declared.deletion_policy == "none":
            raise RefusedError(f"{logical_id}: resources to import need a DeletionPolicy.")
        identifier: Mapping[str, str] = resource["ResourceIdentifier"]
        if set(identifier) != set(schema.primary_identifier):
            raise RefusedError(f"{logical_id}: the identifier is {', '.join(schema.primary_identifier)}.")
        for name, value in identifier.items():
            if declared.properties.get(name, value) != value:
                raise RefusedError(f"{logical_id}: the template has another {name}.")
        if missing := [name for name in schema.required if name not in declared.properties]:
            raise RefusedError(f"{logical_id}: {missing[0]} is required.")
        values = tuple(identifier[name] for name in schema.primary_identifier)
        thing = self.found((_place(declared.kind, region), declared.kind, values))
        if thing is None:
            raise RefusedError(f"{logical_id}: {declared.kind} {'|'.join(values)} does not exist.")
        if thing.stack:
            raise RefusedError(f"{logical_id}: {thing.ref} belongs to the stack {thing.stack}.")
        return thing

    def _apply(self, stack: Stack, resolved: Mapping[str, Any], changes: Changes) -> None:
        for logical_id, resource in _in_order(resolved["Resources"]):
            declared = self._declared(stack, resource)
            if logical_id not in stack.things:
                stack.things[logical_id] = self._create(stack, logical_id, declared)
                changes.created.append(logical_id)
            else:
                self._update(stack, logical_id, declared, changes)
            stack.declared[logical_id] = declared
        for logical_id in [
            name_of_thing
            for name_of_thing in reversed(stack.things)
            if name_of_thing not in resolved["Resources"]
        ]:
            self._delete(stack.things.pop(logical_id), stack.declared.pop(logical_id).deletion_policy)
            changes.removed.append(logical_id)
        self._set_outputs(stack, resolved["Outputs"])

    def _set_outputs(self, stack: Stack, outputs: Mapping[str, Any]) -> None:
        stack.outputs = {key: self._filled(stack, output["Value"]) for key, output in outputs.items()}
        before = stack.exports
        stack.exports = {
            self._filled(stack, output["Export"]["Name"]): stack.outputs[key]
            for key, output in outputs.items()
            if "Export" in output
        }
        for exporting in self.stacks.values():
            for name in sorted(exporting.imports & before.keys()):
                if exporting.region == stack.region and stack.exports.get(name) != before[name]:
                    raise RefusedError(f"{stack.name}: export {name} is in use by {exporting.name}.")

    def _declared(self, stack: Stack, resource: Mapping[str, Any]) -> Declared:
        return Declared(
            resource["Type"],
            self._filled(stack, resource.get("Properties", {})),
            resource.get("DeletionPolicy", "none"),
            resource.get("UpdateReplacePolicy", "none"),
        )

    def _create(self, stack: Stack, logical_id: str, declared: Declared) -> Thing:
        kind, properties = declared.kind, declared.properties
        region = _place(kind, stack.region)
        own = _names(kind, stack.region, properties)
        for present in self.things.values():
            if own and (present.region, present.kind) == (region, kind):
                theirs = {**present.properties, **present.identifier}
                if all(theirs.get(name) == value for name, value in own.items()):
                    raise RefusedError(f"{logical_id}: {kind} {'|'.join(own.values())} exists already.")
        if kind == VERSION:
            properties = self._published(stack, logical_id, declared)
        identifier = self.identify(stack, logical_id, declared)
        if kind == INSTANCE and not properties.get("EnablePerformanceInsights"):
            properties = {key: value for key, value in properties.items() if key != INSIGHTS_KEY}
        thing = Thing(kind, region, identifier, properties, stack.name, self.serial())
        self.things[thing.key] = thing
        return thing

    def _update(self, stack: Stack, logical_id: str, declared: Declared, changes: Changes) -> None:
        before, thing = stack.declared[logical_id], stack.things[logical_id]
        places = list(differences(before.properties, declared.properties))
        if not places:
            return
        words = sorted(place_in_words(place) for place in places)
        effects = {effect_of_change(declared.kind, stack.region, place) for place in places}
        if Effect.REPLACED in effects:
            stack.things[logical_id] = self._create(stack, logical_id, declared)
            self._delete(thing, before.replace_policy)
            changes.replaced[logical_id] = words
            return
        _require_possible(logical_id, declared, places)
        if any(place[0] == "GenerateSecretString" for place in places):
            thing.value = self.serial()
            changes.generated.append(logical_id)
        touched = {str(place[0]) for place in places}
        thing.properties = thing.properties | {
            name: value for name, value in declared.properties.items() if name in touched
        }
        changes.updated[logical_id] = words

    def _delete(self, thing: Thing, policy: str) -> None:
        owner, name = GOES_WITH.get(thing.kind, ("", ""))
        owned = (_place(owner, thing.region), owner, (str(thing.properties.get(name)),))
        if policy in RETAINING:
            thing.stack = ""
            if not owner or owned in self.things:
                return
        if policy == "Snapshot":
            self.snapshots.append(thing)
        self.things.pop(thing.key, None)
        self.gone(thing)
        for dependent in list(self.things.values()):
            kind, name = GOES_WITH.get(dependent.kind, ("", ""))
            if kind == thing.kind and dependent.properties.get(name) == thing.ref:
                del self.things[dependent.key]

    def _filled(self, stack: Stack, node: Any) -> Any:
        """Return a resolved value with the values known only in a deployed stack."""

        def variable(bound: Mapping[str, Any], name: str) -> str:
            if name in bound:
                return str(self._filled(stack, bound[name]))
            logical_id, _, attribute = name.partition(".")
            reference = {"Fn::GetAtt": [logical_id, attribute]} if attribute else {"Ref": logical_id}
            return str(self._filled(stack, reference))

        match node:
            case {"Ref": "AWS::StackId"}:
                return f"{stack.region}/{stack.name}"
            case {"Ref": str(name)}:
                return stack.things[name].ref
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return stack.things[name].attribute(attribute)
            case {"Fn::Sub": str(text)}:
                return "".join(pieces(text, lambda name: variable({}, name)))
            case {"Fn::Sub": [str(text), Mapping() as bound]}:
                return "".join(pieces(text, lambda name: variable(bound, name)))
            case {"Fn::ImportValue": name}:
                return self._imported(stack, self._filled(stack, name))
            case {"Fn::GetStackOutput": Mapping() as asked}:
                arguments = {key: self._filled(stack, value) for key, value in asked.items()}
                read_stack = self.stacks.get((arguments.get("Region", stack.region), arguments["StackName"]))
                if read_stack is None or arguments["OutputName"] not in read_stack.outputs:
                    raise RefusedError(f"{arguments['StackName']} has no output {arguments['OutputName']}.")
                return read_stack.outputs[arguments["OutputName"]]
            case Mapping():
                if unknown := [key for key in node if key.startswith("Fn::")]:
                    raise NotImplementedError(f"the model does not know {unknown[0]}")
                return {key: self._filled(stack, value) for key, value in node.items()}
            case list():
                return [self._filled(stack, element) for element in node]
        return node

    def _imported(self, stack: Stack, name: str) -> str:
        for exporting in self.stacks.values():
            if exporting.region == stack.region and name in exporting.exports:
                stack.imports.add(name)
                return exporting.exports[name]
        raise RefusedError(f"No export named {name} found.")


def _resolved(stack: Stack, template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    try:
        return resolve(template, parameters, region=stack.region, stack_name=stack.name)
    except ResolveError as error:
        raise RefusedError(f"Template validation error: {error}") from error


def _require_possible(logical_id: str, declared: Declared, changed: Sequence[Place]) -> None:
    """Require that RDS accepts the update of an instance.

    A creation omits the key of Performance Insights if Performance Insights is disabled. An update sends it.
    https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/pull/376

    Raises:
        RefusedError: the update has a key, and Performance Insights is disabled.
    """
    sends_key = (INSIGHTS_KEY,) in changed and INSIGHTS_KEY in declared.properties
    if declared.kind == INSTANCE and sends_key and not declared.properties.get("EnablePerformanceInsights"):
        raise RefusedError(
            f"{logical_id}: To enable Performance Insights, EnablePerformanceInsights must be set to 'true'"
        )


def _place(kind: str, region: str) -> str:
    return "global" if kind.startswith(GLOBAL) else region


def _names(kind: str, region: str, properties: Properties) -> dict[str, str]:
    """Return the values that must be unique for the type: the specified primary identifier, or a name."""
    schema = resource_schema(kind, region)
    identifier = {name: properties[name] for name in schema.primary_identifier if name in properties}
    if schema.primary_identifier and len(identifier) == len(schema.primary_identifier):
        return identifier
    own = [name for name in schema.create_only if name.endswith("Name") and kind.endswith(name[:-4])]
    return {name: properties[name] for name in own if name in properties}


def _in_order(resources: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield resources after those that they reference or depend on."""
    waiting = dict(resources)
    while waiting:
        for logical_id, resource in waiting.items():
            depends = resource.get("DependsOn", [])
            named = {use.name for use in uses(resource.get("Properties", {})) if use.kind == "name"}
            if not (named | set([depends] if isinstance(depends, str) else depends)) & waiting.keys():
                yield logical_id, waiting.pop(logical_id)
                break
        else:
            raise RefusedError(f"Circular dependency between resources: {', '.join(waiting)}")


def differences(before: Any, after: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the properties in which two values differ."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from differences(before.get(key), after.get(key), (*place, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, (*place, index))
    elif before != after:
        yield place
