"""The actions that deploying a stack requires, and the resources that they are required for.

Both are computed from the template. The actions are the permissions that the schema of each resource type
lists for its handlers (except ``list``, which stack operations do not call) and for its properties, and a few
that are missing in the schemas. The resources follow from their names.
"""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.schemas import iam_action, resource_schema
from csr_templates import naming
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.policy_documents import PolicyError
from csr_templates.hand_over.policy_patterns import PREFIX, Patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cfn_analysis.model.built_stack import BuiltStack

# Each of these has a separate statement with its own conditions.
_OF_ROLES: Final = frozenset({"iam:AttachRolePolicy", "iam:CreateServiceLinkedRole", "iam:PassRole"})
_FACTS: Final = "src/csr_templates/hand_over/deploy_scopes"
_READS: Final = ("Describe", "Get", "List")
_CREATED: Final = {
    action: [(type_name, arn) for creates, type_name, arn in deploy_scopes.CREATES if creates == action]
    for action, _, _ in deploy_scopes.CREATES
}


class Claim(NamedTuple):
    """The source of a required action: a handler of a type, or ``tags`` for reading and changing its tags."""

    type: str
    handler: str


class ArnWithTags(NamedTuple):
    """The resources of a statement: an ARN, and the tags that the resources must have (see ``Scope``)."""

    arn: str
    tags: str


def claimed_actions(stack: BuiltStack) -> dict[str, set[Claim]]:
    """Return every action that the types of the template require, with the source of the requirement.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
    """
    claims: dict[str, set[Claim]] = {}
    for type_name, properties in _by_type(stack).items():
        optional = deploy_scopes.OPTIONAL.get(type_name, {})
        text = json.dumps(list(properties.values())) if optional else ""  # only keys precede a colon here
        unused = {
            action for name, actions in optional.items() if f'"{name}":' not in text for action in actions
        }
        schema = resource_schema(type_name, stack.region)
        for handler, actions in [*schema.handlers.items(), ("tags", schema.tag_permissions)]:
            claim = Claim(type_name, handler)
            for action in set(actions) - unused if handler != "list" else ():
                claims.setdefault(action, set()).add(claim)
    return claims


def concerns(action: str, arn: str) -> bool:
    """Return whether the resource of an action may match an ARN of the policies."""
    service, our_region, ours = _beginning(arn)
    return any(
        of == service and region in (our_region, "${Region}") and _may_go_on_alike(ours, theirs)
        for of, region, theirs in map(_beginning, _arns(action))
    )


class DeployNeeds:
    """The actions and resources of one template.

    Attributes:
        built: the stack.
        region: its region.
        patterns: the values of its template as patterns for policies.
        types: type -> logical ID -> the properties of the resource.
        claims: the actions that the schemas list, with the source of each.
        serving: those of them that apply to this stack.
    """

    def __init__(self, stack: BuiltStack) -> None:
        self.built = stack
        self.region = stack.region
        self.patterns = Patterns(stack)
        self.types = _by_type(stack)
        self.claims = claimed_actions(stack)
        self._places_of: dict[str, set[ArnWithTags]] = {}  # by concerned: a format of IAM -> our places
        self._arns_of: dict[deploy_scopes.Scope, list[str]] = {}  # by filled
        self.serving = {action for action in self.claims if self._serves(action)}
        if missing := [sentence for type_name in self.types for sentence in self._without_scope(type_name)]:
            raise PolicyError("\n".join(missing))

    @cached_property
    def everyday(self) -> set[str]:
        """Actions for creating, updating and reading."""
        return (self.serving - self.removing - set(deploy_scopes.REMOVES)) | self._forgotten

    @cached_property
    def removing(self) -> set[str]:
        """Actions for deleting."""
        return {
            action
            for action in self.serving - self._forgotten
            if action in deploy_scopes.REMOVES
            or (
                not action.partition(":")[2].startswith(_READS)
                and all(claim.handler == "delete" for claim in self.claims[action])
            )
        }

    def reached(self, action: str) -> Iterator[ArnWithTags]:
        """Yield the existing or named resources of an action."""
        for place in self.concerned(action):
            if not self._only_creates(action, place):
                yield place

    def _only_creates(self, action: str, place: ArnWithTags) -> bool:
        """Return whether the action only creates the resource."""
        return any(
            place.tags and place.arn in self.filled(deploy_scopes.Scope(type_name, arn))
            for type_name, arn in _CREATED.get(action, ())
            if type_name in self.types
        )

    def _without_scope(self, type_name: str) -> Iterator[str]:
        """Yield a sentence if a required action of a type matches no ARN."""
        handlers = resource_schema(type_name, self.region).handlers
        for handler in ("create", "delete"):
            actions = handlers.get(handler, ())
            if self.serving.isdisjoint(actions):
                yield (
                    f"No action that {type_name} requires for its handler {handler} matches an ARN of "
                    f"{_FACTS}.txt. Add a line to it, such as: {_example(type_name, actions)}"
                )
                return

    def _serves(self, action: str) -> bool:
        """Return whether a required action applies to this stack."""
        if action in deploy_scopes.OBJECTS or action in _OF_ROLES or service_of(action) not in self._services:
            return False
        if iam_action(action) is None:
            return False
        look_up = (
            deploy_scopes.LOOK_UPS.fullmatch(action) or action in deploy_scopes.INSIDE or not _arns(action)
        )
        return bool(look_up or self.concerned(action))

    @cached_property
    def _services(self) -> set[str]:
        return self._beginnings.keys() | deploy_scopes.LOOKED_UP

    @cached_property
    def _forgotten(self) -> set[str]:
        found = {
            action
            for type_name, needed, actions in deploy_scopes.FORGOTTEN
            for properties in [self.types.get(type_name, {})]
            if properties and (not needed or any(needed in one for one in properties.values()))
            for action in actions
        }
        if self._secrets:
            found.add("secretsmanager:GetSecretValue")
        found.update(self._look_ups())
        for action in sorted(found):
            if not takes_any(action) and not self.concerned(action):
                raise PolicyError(
                    f"{action} is required, but matches no ARN of {_FACTS}.txt. Add a line to it, such as: "
                    f"{_example('*', [action])}"
                )
        return found

    @cached_property
    def _secrets(self) -> list[str]:
        """The names of secrets in dynamic references; ``""`` for a resource of the template."""
        names = {
            name
            for place, kind, name in self.built.outside_uses
            if (kind, place[0]) == ("secret", "Resources")
        }
        ours = [name.partition(naming.PREFIX) for name in names]
        return sorted({f"{PREFIX}{rest}" if begins and not before else "" for before, begins, rest in ours})

    def _look_ups(self) -> Iterator[str]:
        """Yield the actions with which CloudFormation resolves the values of parameters."""
        for name, declared in self.built.parameters.items():
            listed = re.fullmatch("List<(.+)>", declared["Type"])
            type_name = listed[1] if listed else declared["Type"]
            if type_name in deploy_scopes.PARAMETERS:
                yield deploy_scopes.PARAMETERS[type_name]
            elif type_name.startswith("AWS::"):
                raise PolicyError(
                    f"The parameter {name} has the type {declared['Type']}, and PARAMETERS does not contain "
                    f"the action for looking up its value. Add a line to PARAMETERS in {_FACTS}.py, such "
                    'as: "AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",'
                )

    def concerned(self, action: str) -> set[ArnWithTags]:
        """Return those of our places that the action could concern."""
        formats = _arns(action)
        for form in formats:
            if form not in self._places_of:
                service, region, theirs = _beginning(form)
                self._places_of[form] = {
                    place
                    for place, our_region, ours in self._beginnings.get(service, ())
                    if region in (our_region, "${Region}") and _may_go_on_alike(ours, theirs)
                }
        return {place for form in formats for place in self._places_of[form]}

    @cached_property
    def _beginnings(self) -> dict[str, list[tuple[ArnWithTags, str, str]]]:
        """Service -> our places in it, each with its region and how the resource begins."""
        found: dict[str, list[tuple[ArnWithTags, str, str]]] = {}
        for place in self.places:
            service, region, begins = _beginning(place.arn)
            found.setdefault(service, []).append((place, region, begins))
        return found

    @cached_property
    def places(self) -> list[ArnWithTags]:
        """The ARNs for the policies of this stack."""
        found = [
            ArnWithTags(arn, scope.tags or ("environment" if "*" in name and PREFIX[:-1] not in name else ""))
            for scope in deploy_scopes.SCOPES
            if scope.type in ("*", *self.types)
            for name, arn in self._named(scope)
        ]
        found += [
            ArnWithTags(f"arn:aws:secretsmanager:{self.region}:*:secret:{name}-??????", "")
            for name in self._secrets
            if name
        ]
        return list(dict.fromkeys(found))

    def filled(self, scope: deploy_scopes.Scope) -> list[str]:
        """Return the ARNs of a scope for each resource of its type, without duplicates."""
        if scope not in self._arns_of:
            self._arns_of[scope] = list(dict.fromkeys(arn for _, arn in self._named(scope)))
        return self._arns_of[scope]

    def _named(self, scope: deploy_scopes.Scope) -> Iterator[tuple[str, str]]:
        """Yield the name, which may be empty, and the ARN of each resource of a scope."""
        named = _property_in(scope.arn)
        fixed = {"region": self.region, "stack": f"{PREFIX}{self.built.name}"}
        if named:
            for resource in self.types[scope.type]:
                for name in self.patterns.name(resource, named):
                    yield name, scope.arn.format(**fixed, **{named: name})
        else:
            yield "", scope.arn.format(**fixed)


def _by_type(stack: BuiltStack) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return type -> logical ID -> the properties of the resource."""
    types: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, resource in stack.resources.items():
        types.setdefault(resource["Type"], {})[name] = resource.get("Properties", {})
    return types


@cache
def _property_in(arn: str) -> str:
    """Return the name property in the ARN of a scope; empty if there is none."""
    named = re.search(r"(?<!\{)\{([A-Z]\w*)\}", arn)
    return named[1] if named else ""


def service_of(action: str) -> str:
    """Return the service of an action."""
    return action.partition(":")[0]


@cache  # the stacks share many actions
def _arns(action: str) -> tuple[str, ...]:
    return (*(iam_action(action) or ()), *deploy_scopes.ARNS.get(action, ()))


def _example(type_name: str, actions: Iterable[str]) -> str:
    """Return the line of a type in the table, with an ARN of one of its actions, and what to adapt in it."""
    words = type_name.strip("*").lower().split("::")
    arns = [arn for action in actions for arn in _arns(action)]
    arns.sort(key=lambda arn: (arn.split(":")[2] not in words, words[-1] not in arn, arn))
    arn = arns[0] if arns else "arn:${Partition}:service:${Region}:${Account}:resource/*"
    for variable, value in (("Partition", "aws"), ("Region", "{region}"), ("Account", "*")):
        arn = arn.replace(f"${{{variable}}}", value)
    return (
        f'"{type_name} {arn}". Write {{Name}} instead of the last * if Name is the property with its name, '
        "or add the word environment if its ID is random."
    )


@cache
def takes_any(action: str) -> bool:
    """Return whether the action must be allowed for ``*``."""
    return bool(
        not _arns(action) or action in deploy_scopes.OF_AWS or deploy_scopes.LOOK_UPS.fullmatch(action)
    )


@cache
def _beginning(arn: str) -> tuple[str, str, str]:
    """Return the service of an ARN, its region, and the fixed start of the part after the account."""
    _, _, service, region, _, resource = arn.split(":", 5)
    return service, region, re.split("[*$]", resource, maxsplit=1)[0]


def _may_go_on_alike(one: str, other: str) -> bool:
    """Return whether two beginnings may belong to the same resource."""
    return one.startswith(other) or other.startswith(one)
