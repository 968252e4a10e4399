"""The actions that deploying a stack requires, and the ARNs that they are required for.

Both are computed from the template. The actions are the permissions that the schema of each resource type
lists for its handlers (except ``list``, which stack operations do not call) and for its tags, and a few that
are missing in the schemas. The ARNs follow from the names of the resources.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from cfn_analysis.model.schemas import iam_action, resource_schema, writable_properties
from cfn_analysis.model.wording import hint
from csr_templates import naming
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.deploy_actions import (
    Requirement,
    arn_formats,
    by_type,
    is_pattern,
    is_read,
    name_of,
    required_actions,
    service_of,
    takes_any,
)
from csr_templates.hand_over.own_service import own_service
from csr_templates.hand_over.policy_documents import PolicyError
from csr_templates.hand_over.policy_patterns import PREFIX, Patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfn_analysis.model.built_stack import BuiltStack

ATTACH: Final = "iam:AttachRolePolicy"
CREATE_LINKED: Final = "iam:CreateServiceLinkedRole"
PASS_ROLE: Final = "iam:PassRole"
OF_ROLES: Final = frozenset({ATTACH, CREATE_LINKED, PASS_ROLE})
"""Each of these has a separate statement with its own conditions."""

_TAGGING: Final = re.compile("(Add|Create|Put|Set)?Tag.*|AddTo.*Tags.*")


class ArnWithTags(NamedTuple):
    """The resources of a statement: an ARN, and the tags that the resources must have (see ``Scope``)."""

    arn: str
    tags: str


class RequiredPermissions:
    """The actions of one template, and the ARNs for its policies.

    Attributes:
        stack: the stack.
        region: its region.
        patterns: the values of its template as patterns for policies.
        types: type -> logical ID -> the properties of the resource.
        facts: what is known of AWS, with what the project of the stack adds.
    """

    def __init__(self, stack: BuiltStack, facts: deploy_scopes.DeployTables | None = None) -> None:
        self.stack = stack
        self.facts = facts or deploy_scopes.facts()
        self.region = stack.region
        self.patterns = Patterns(stack)
        self.types = by_type(stack)
        # Format of IAM -> ARNs of the policies that may match it, as matching_format has computed them.
        self._matches: dict[str, set[ArnWithTags]] = {}
        self._arns_of: dict[deploy_scopes.Scope, list[str]] = {}  # as arns_of has computed them

    # ---- Actions ----

    @cached_property
    def requirements(self) -> dict[str, set[Requirement]]:
        """The actions that the schemas list, with the sources of each."""
        return required_actions(self.stack)

    @cached_property
    def actions(self) -> set[str]:
        """Those of them that the policies allow, without ``OF_ROLES``."""
        return {action for action in self.requirements if self._applies(action)}

    @cached_property
    def everyday(self) -> set[str]:
        """Actions for creating, updating and reading."""
        return (self.actions - self.removing - set(deploy_scopes.REMOVES)) | self._forgotten

    @cached_property
    def removing(self) -> set[str]:
        """Actions for deleting."""
        return {action for action in self.actions - self._forgotten if self._removes(action)}

    def _removes(self, action: str) -> bool:
        """Return whether only deletions need an action."""
        if action in deploy_scopes.REMOVES:
            return True
        if is_read(action):
            return False
        return all(requirement.handler == "delete" for requirement in self.requirements[action])

    def _applies(self, action: str) -> bool:
        """Return whether the policies allow a required action: IAM has it, and it has ARNs in this stack."""
        if action in deploy_scopes.OBJECTS or action in OF_ROLES:
            return False
        if service_of(action) not in self._services:
            return False
        if is_pattern(action):
            return is_read(action)
        if iam_action(action) is None:
            return False
        if takes_any(action) or action in deploy_scopes.INSIDE:
            return True
        return bool(self.matching(action))

    @cached_property
    def _services(self) -> set[str]:
        """The services of the stack's resources, and those that handlers read from in any case."""
        of_types = {own_service(type_name, self.region) for type_name in self.types}
        return self._beginnings.keys() | of_types | deploy_scopes.LOOKED_UP

    @cached_property
    def _forgotten(self) -> set[str]:
        """Actions that are missing in the schemas."""
        actions: set[str] = set()
        for type_name, property_name, needed in self.facts.forgotten:
            if self._sets(type_name, property_name):
                actions.update(needed)
        if self._secrets:
            actions.add("secretsmanager:GetSecretValue")
        actions.update(self._look_ups())
        for action in sorted(actions):
            if not takes_any(action) and not self.matching(action):
                arn = deploy_scopes.best_arn("*", arn_formats(action))
                raise PolicyError(
                    f"{action} is required, but matches no ARN of {deploy_scopes.FACTS}.txt. Add a line to "
                    f"it, such as: {deploy_scopes.example('*', arn)}"
                )
        return actions

    def _sets(self, type_name: str, property_name: str) -> bool:
        """Return whether a resource of a type sets a property; with ``""``, whether the type exists."""
        resources = self.types.get(type_name, {})
        if not property_name:
            return bool(resources)
        return any(property_name in properties for properties in resources.values())

    @cached_property
    def _secrets(self) -> list[str]:
        """The names of secrets in dynamic references; ``""`` for a resource of the template."""
        names = set()
        for place, kind, secret in self.stack.outside_uses:
            if kind != "secret" or place[0] != "Resources":
                continue
            before, prefix, rest = secret.partition(naming.PREFIX)
            names.add(f"{PREFIX}{rest}" if prefix and not before else "")
        return sorted(names)

    def _look_ups(self) -> Iterator[str]:
        """Yield the actions with which CloudFormation resolves the values of parameters."""
        for name, declared in self.stack.parameters.items():
            listed = re.fullmatch("List<(.+)>", declared["Type"])
            type_name = listed[1] if listed else declared["Type"]
            if type_name in self.facts.parameters:
                yield self.facts.parameters[type_name]
            elif type_name.startswith("AWS::"):
                raise PolicyError(
                    f"The parameter {name} has the type {declared['Type']}, and PARAMETERS does not contain "
                    "the action for looking up its value. Add a line to PARAMETERS in "
                    f"{deploy_scopes.FACTS}.py, such as: "
                    '"AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",'
                )

    # ---- ARNs ----

    def existing(self, action: str) -> Iterator[ArnWithTags]:
        """Yield the ARNs of an action, without those that it only creates."""
        for resource in self.matching(action):
            if not self._only_creates(action, resource):
                yield resource

    def matching(self, action: str) -> set[ArnWithTags]:
        """Return the ARNs of the policies that the resource of an action may match."""
        matches: set[ArnWithTags] = set()
        for form in arn_formats(action):
            matches |= self.matching_format(form)
        return matches

    def matching_format(self, form: str) -> set[ArnWithTags]:
        """Return the ARNs of the policies that may match a format of IAM."""
        if form not in self._matches:
            service, region, beginning = _beginning(form)
            self._matches[form] = {
                resource
                for resource, own_region, own_beginning in self._beginnings.get(service, ())
                if region in (own_region, "${Region}") and _may_match(own_beginning, beginning)
            }
        return self._matches[form]

    def _only_creates(self, action: str, resource: ArnWithTags) -> bool:
        """Return whether an action only creates the resource."""
        if not resource.tags:
            return False
        for creates, type_name, arn in deploy_scopes.CREATES:
            if creates != action or type_name not in self.types:
                continue
            if resource.arn in self.arns_of(deploy_scopes.Scope(type_name, arn)):
                return True
        return False

    def unlisted_creations(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield action, type and ARNs for creating resources with a random ID that no table lists."""
        listed = {type_name for _, type_name, _ in deploy_scopes.CREATES}
        for type_name in self.types.keys() - listed:
            for action in self._only_of_create(type_name):
                if not takes_any(action) and not is_read(action):
                    yield from self._with_random_id(action, type_name)

    def unlisted_tags(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield action, type and ARNs for tagging new resources with a random ID that no table lists."""
        listed = {type_name for _, type_name, _ in deploy_scopes.TAGS_ON_CREATION}
        for type_name in self.types.keys() - listed:
            schema = resource_schema(type_name, self.region)
            for action in set(schema.tag_permissions) & set(schema.handlers.get("create", ())):
                if action != deploy_scopes.CREATION_TAGS_OF_EC2 and _TAGGING.fullmatch(name_of(action)):
                    yield from self._with_random_id(action, type_name)

    def required_of(self, type_name: str) -> set[str]:
        """Return the actions of a type that belong to its own service and exist in IAM."""
        service = own_service(type_name, self.region)
        actions = set()
        for action in self._actions_of_types.get(type_name, ()):
            if service_of(action) != service:
                continue
            if iam_action(action) is not None or (is_pattern(action) and is_read(action)):
                actions.add(action)
        return actions

    @cached_property
    def _actions_of_types(self) -> dict[str, set[str]]:
        """Type -> the actions that its schema lists."""
        actions: dict[str, set[str]] = {}
        for action, requirements in self.requirements.items():
            for requirement in requirements:
                actions.setdefault(requirement.type, set()).add(action)
        return actions

    def _only_of_create(self, type_name: str) -> set[str]:
        """Return the actions that a type requires only in its handler for creation."""
        create = Requirement(type_name, "create")
        actions = set()
        for action in self.required_of(type_name) & self.actions:
            of_type = {source for source in self.requirements[action] if source.type == type_name}
            if of_type == {create}:
                actions.add(action)
        return actions

    def _with_random_id(self, action: str, type_name: str) -> Iterator[tuple[str, str, list[str]]]:
        """Yield action, type and those ARNs of the type that only tags connect with the stack."""
        if action not in self.actions:
            return
        own: set[str] = set()
        for scope in self.facts.scopes:
            if scope.type == type_name:
                own.update(self.arns_of(scope))
        arns = [resource.arn for resource in self.matching(action) if resource.tags and resource.arn in own]
        if arns:
            yield action, type_name, sorted(arns)

    @cached_property
    def _beginnings(self) -> dict[str, list[tuple[ArnWithTags, str, str]]]:
        """Service -> the ARNs of the policies, each with its region and the beginning of its resource."""
        of_service: dict[str, list[tuple[ArnWithTags, str, str]]] = {}
        for resource in self.resources:
            service, region, beginning = _beginning(resource.arn)
            of_service.setdefault(service, []).append((resource, region, beginning))
        return of_service

    @cached_property
    def resources(self) -> list[ArnWithTags]:
        """The ARNs for the policies of this stack."""
        resources: dict[ArnWithTags, None] = {}
        for scope in self.facts.scopes:
            if scope.type not in ("*", *self.types):
                continue
            for name, arn in self._named(scope):
                has_random_part = "*" in name and PREFIX[:-1] not in name
                tags = "environment" if has_random_part else ""
                resources[ArnWithTags(arn, scope.tags or tags)] = None
        for name in self._secrets:
            if name:
                arn = f"arn:aws:secretsmanager:{self.region}:*:secret:{name}-??????"
                resources[ArnWithTags(arn, "")] = None
        return list(resources)

    def arns_of(self, scope: deploy_scopes.Scope) -> list[str]:
        """Return the ARNs of a scope for each resource of its type, without duplicates."""
        if scope not in self._arns_of:
            self._arns_of[scope] = list(dict.fromkeys(arn for _, arn in self._named(scope)))
        return self._arns_of[scope]

    def _named(self, scope: deploy_scopes.Scope) -> Iterator[tuple[str, str]]:
        """Yield the name, which may be empty, and the ARN of each resource of a scope."""
        property_name = _property_in(scope.arn)
        fixed = {"region": self.region, "stack": f"{PREFIX}{self.stack.name}"}
        if not property_name:
            yield "", scope.arn.format(**fixed)
            return
        _require_property(scope, property_name, self.region)
        for resource in self.types[scope.type]:
            for name in self.patterns.name(resource, property_name):
                yield name, scope.arn.format(**fixed, **{property_name: name})


@cache
def _property_in(arn: str) -> str:
    """Return the name property in the ARN of a scope; empty if there is none."""
    match = re.search(r"(?<!\{)\{([A-Z]\w*)\}", arn)
    return match[1] if match else ""


@cache
def _require_property(scope: deploy_scopes.Scope, property_name: str, region: str) -> None:
    """Refuse a placeholder that is not a property of its type: the pattern would match no resource."""
    properties = writable_properties(scope.type, region)
    if property_name not in properties:
        raise PolicyError(
            f"The placeholder {{{property_name}}} in {scope.arn} is not a property of {scope.type}."
            f"{hint(property_name, properties)} Write the property with the name of the resource."
        )


@cache
def _beginning(arn: str) -> tuple[str, str, str]:
    """Return the service of an ARN, its region, and the fixed start of the part after the account."""
    _, _, service, region, _, resource = arn.split(":", 5)
    return service, region, re.split("[*$]", resource, maxsplit=1)[0]


def _may_match(beginning: str, another: str) -> bool:
    """Return whether two beginnings may belong to the same resource."""
    return beginning.startswith(another) or another.startswith(beginning)
