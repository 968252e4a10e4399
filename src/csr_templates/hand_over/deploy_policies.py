"""Deploy policies: the permissions of CloudFormation's service role for one stack.

They are computed from the template: from the permissions that the schema of each resource type lists for its
handlers (except ``list``, which stack operations do not call) and for its properties, from a few permissions
missing in the schemas, and from the names of the resources. The pipeline role has other permissions: see
``pipeline_policies``.

The documents apply to every environment. Values that differ come from tags of the role: ``Project`` and
``Environment``, and optionally ``PermissionsBoundary``, ``HostedZoneId`` and ``CustomDomainName``. Names are
literal. A resource with a random ID is matched by its tags: an existing resource must have them, and a new
resource must get them. The documents do not limit the policies of the stack's own roles: an author of these
policies can use all permissions that the account, or the permissions boundary, allows for roles.

The policies have not been tested in an account; they rely on the schemas of AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from csr_templates.cloudformation import references
from csr_templates.cloudformation.references import entries, in_words
from csr_templates.cloudformation.schemas import iam_action, resource_schema
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.policy_documents import PolicyError, allow, deny, in_documents
from csr_templates.hand_over.policy_patterns import (
    ACCOUNT,
    ENVIRONMENT,
    PREFIX,
    PROJECT,
    Patterns,
    alternatives,
    as_pattern,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from csr_templates.cloudformation.built_stack import BuiltStack, Document

OWN_ACCOUNT: Final = {"aws:ResourceAccount": ACCOUNT}
TAGS: Final = {"Project": PROJECT, "Environment": ENVIRONMENT}

# Each of these has a separate statement with its own conditions.
_OF_ROLES: Final = frozenset({"iam:AttachRolePolicy", "iam:CreateServiceLinkedRole", "iam:PassRole"})
_READS: Final = ("Describe", "Get", "List")
_RECORDS: Final = "route53:ChangeResourceRecordSets"
_CREATED: Final = {
    action: [(type_name, arn) for creates, type_name, arn in deploy_scopes.CREATES if creates == action]
    for action, _, _ in deploy_scopes.CREATES
}


class Claim(NamedTuple):
    """The source of a required action: a handler of a type, or ``tags`` for reading and changing its tags."""

    type: str
    handler: str


class Place(NamedTuple):
    """The resources of a statement: an ARN, and the tags that the resources must have (see ``Scope``)."""

    arn: str
    tags: str


def iam_policies(stack: BuiltStack) -> tuple[list[Document], list[Document]]:
    """Return the policies of a stack's service role: for everyday deploys, and for deletions.

    The second ones are needed in addition when the stack is deleted, when an update removes or replaces
    resources, and when a failed creation is rolled back. Both are divided into documents of the allowed
    length.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
        PolicyError: ``deploy_scopes`` does not have ARNs for one of them, or one statement is longer than a
            document can be.
        resolving.ResolveError: a value that a policy depends on is wrong.
    """
    needs = _Needs(stack)
    everyday = [
        *needs.other_stacks(),
        *needs.roles(),
        *needs.objects(),
        *needs.roll_backs(),
        *needs.parts(),
        *needs.creation(),
        *needs.records(),
        *needs.statements(needs.everyday),
    ]
    removing = list(needs.statements(needs.removing))
    return in_documents(stack.name, everyday), in_documents(f"{stack.name}-delete", removing)


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


class _Needs:
    """The permissions for deploying one template, as statements."""

    def __init__(self, stack: BuiltStack) -> None:
        self.built = stack
        self.region = stack.region
        self.patterns = Patterns(stack)
        self.types = _by_type(stack)
        self.claims = claimed_actions(stack)
        self._meant: dict[str, set[Place]] = {}  # by _concerned: a format of IAM -> our places
        self._arns_of: dict[deploy_scopes.Scope, list[str]] = {}  # by _filled
        self._names: dict[str, list[str]] = {}  # by _name_tags
        self.serving = {action for action in self.claims if self._serves(action)}
        for type_name in self.types:
            self._require_scope(type_name)

    @cached_property
    def everyday(self) -> set[str]:
        """Statements for creating, updating and reading."""
        return (self.serving - self.removing - set(deploy_scopes.REMOVES)) | self._forgotten

    @cached_property
    def removing(self) -> set[str]:
        """Statements for deleting."""
        return {
            action
            for action in self.serving - self._forgotten
            if action in deploy_scopes.REMOVES
            or (
                not action.partition(":")[2].startswith(_READS)
                and all(one.handler == "delete" for one in self.claims[action])
            )
        }

    def other_stacks(self) -> Iterator[Document]:
        """Allow reading the outputs of Fn::GetStackOutput in their regions."""
        function = "Fn::GetStackOutput"
        arns = {
            f"arn:aws:cloudformation:{as_pattern(asked['Region'])}:*:stack/{as_pattern(asked['StackName'])}/*"
            for _, arguments in self.built.read_outputs
            for asked in [self.patterns.value({function: arguments})[function]]
        }
        if arns:
            describe = ["cloudformation:DescribeStacks"]
            yield from allow("OutputsOfOtherStacks", describe, arns, StringEqualsIfExists=OWN_ACCOUNT)

    def roles(self) -> Iterator[Document]:
        """Allow passing the stack's roles to services, and creating service-linked roles."""
        of_roles = list(self.types.get("AWS::IAM::Role", {}).values())
        ours = [place.arn for place in self._places if place.arn.startswith("arn:aws:iam:")]
        documents = [role.get("AssumeRolePolicyDocument") for role in of_roles]
        if trusted := {
            text for _, services in entries(documents, "Service") for text in self.patterns.texts(services)
        }:
            to_them = {"iam:PassedToService": sorted(trusted)}
            yield from allow(
                "PassRole", ["iam:PassRole"], ours, StringEquals=to_them, StringEqualsIfExists=OWN_ACCOUNT
            )
        if managed := {
            arn for role in of_roles for arn in self.patterns.texts(role.get("ManagedPolicyArns"))
        }:
            these = {"iam:PolicyARN": sorted(managed)}
            yield from allow("AttachRolePolicy", ["iam:AttachRolePolicy"], ours, ArnEquals=these)
        if linked := [service for types, service in deploy_scopes.SERVICE_LINKED if self._has(types)]:
            arns = [f"arn:aws:iam::*:role/aws-service-role/{service}/*" for service in linked]
            for_them = {"iam:AWSServiceName": linked}
            create = ["iam:CreateServiceLinkedRole"]
            yield from allow("ServiceLinkedRoles", create, arns, StringEquals=for_them)
        if of_roles:
            tag = "aws:PrincipalTag/PermissionsBoundary"
            required = {tag: "false"}
            yield from deny(
                "WithBoundaryOnly",
                [
                    "iam:AttachRolePolicy",
                    "iam:CreateRole",
                    "iam:PutRolePermissionsBoundary",
                    "iam:PutRolePolicy",
                ],
                ["*"],
                Null=required,
                StringNotEquals={"iam:PermissionsBoundary": f"${{{tag}}}"},
            )
            yield from deny("BoundaryStays", ["iam:DeleteRolePermissionsBoundary"], ["*"], Null=required)

    def objects(self) -> Iterator[Document]:
        """Allow reading the templates and the packages, and enabling access logs of buckets."""
        yield from allow(
            "Artifacts",
            ["s3:GetObject", "s3:GetObjectVersion"],
            [f"arn:aws:s3:::{PREFIX}artifacts-{ACCOUNT}-{self.region}/{self.built.name}/*"],
            StringEqualsIfExists=OWN_ACCOUNT,
        )
        for type_name, actions, name in deploy_scopes.PACKAGES:
            if type_name in self.types:
                arn = f"arn:aws:s3:::{PREFIX}{name.format(account=ACCOUNT)}"
                yield from allow("Packages", actions, [arn], StringEqualsIfExists=OWN_ACCOUNT)
        buckets = self.types.get("AWS::S3::Bucket", {})
        by_reference = {f"${{{name}}}": name for name in buckets}
        arns = set()
        for itself, properties in buckets.items():
            for logging in filter(None, alternatives(properties.get("LoggingConfiguration"))):
                for destination in alternatives(logging.get("DestinationBucketName")):
                    ours = itself if destination is None else by_reference.get(in_words(destination))
                    names = (
                        self.patterns.name(ours, "BucketName") if ours else self.patterns.texts(destination)
                    )
                    arns |= {f"arn:aws:s3:::{name}/*" for name in names}
        if arns:
            yield from allow("AccessLogs", deploy_scopes.LOG_WRITES, arns, StringEqualsIfExists=OWN_ACCOUNT)

    def roll_backs(self) -> Iterator[Document]:
        """Allow deleting resources that each update creates, if the update fails."""
        for type_name, action, owner, arn in deploy_scopes.ROLLED_BACK:
            if type_name in self.types:
                sid = f"RolledBack{_short(type_name)}"
                arns = self._filled(deploy_scopes.Scope(owner, arn))
                yield from allow(sid, [action], arns, StringEqualsIfExists=OWN_ACCOUNT)

    def parts(self) -> Iterator[Document]:
        """Allow removing parts of a resource if the same action deletes the resource."""
        for action, arns in deploy_scopes.REMOVES.items():
            if action in self.serving:
                filled = [arn.format(region=self.region) for arn in arns]
                sid = f"PartsOf{_service(action).title()}"
                yield from allow(sid, [action], filled, StringEquals=self._of("ResourceTag", "environment"))

    def creation(self) -> Iterator[Document]:
        """Allow creating resources with a random ID, if they get the stack's tags."""
        creating = []
        for action, type_name, arns in self._created(deploy_scopes.CREATES):
            sent = self._of("RequestTag", *self._mode(type_name))
            sid = f"Create{_short(type_name)}"
            yield from allow(sid, [action], arns, StringEquals=self._here(arns, sent))
            creating.append(action)
        if deploy_scopes.CREATION_TAGS_OF_EC2 in self.serving:
            of_ours = {
                **self._of("RequestTag", "environment"),
                "ec2:CreateAction": [
                    name for one in creating for service, _, name in [one.partition(":")] if service == "ec2"
                ],
            }
            yield from allow(
                "TagOnCreation",
                [deploy_scopes.CREATION_TAGS_OF_EC2],
                [f"arn:aws:ec2:{self.region}:*:*/*"],
                StringEquals=of_ours,
            )
        for action, type_name, arns in self._created(deploy_scopes.TAGS_ON_CREATION):
            mode = self._mode(type_name)
            yield from allow(
                f"Tag{_short(type_name)}",
                [action],
                arns,
                StringEquals=self._here(arns, self._of("RequestTag", *mode)),
                StringEqualsIfExists={**OWN_ACCOUNT, **self._of("ResourceTag", *mode)},
                Null={"kms:ResourceAliases": "true"} if _service(action) == "kms" else {},
            )

    def _created(self, rows: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, list[str]]]:
        """Yield the entries of a table for this stack: action, type and ARNs."""
        for action, type_name, pattern in rows:
            if type_name in self.types and action in self.serving:
                told = [place.arn for place in self._places if place.tags]
                arns = self._filled(deploy_scopes.Scope(type_name, pattern))
                if ours := [arn for arn in arns if "{" not in pattern.replace("{region}", "") or arn in told]:
                    yield action, type_name, ours

    def records(self) -> Iterator[Document]:
        """Allow changing the records of the custom domain, if the role has its tags."""
        if _RECORDS in self.serving:
            names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
            types = "route53:ChangeResourceRecordSetsRecordTypes"
            zones = [place.arn for place in self._concerned(_RECORDS) if "hostedzone" in place.arn]
            yield from allow(
                "Records",
                [_RECORDS],
                zones,
                Null={names: "false", types: "false"},
                **{
                    "ForAllValues:StringEquals": {
                        names: ["${aws:PrincipalTag/CustomDomainName}"],
                        types: ["A", "AAAA"],
                    }
                },
            )

    def statements(self, actions: set[str]) -> Iterator[Document]:
        """Allow actions: statements for each service and kind of condition, then those without an ARN."""
        actions = actions - {_RECORDS}
        any_resource = set(filter(_takes_any, actions))
        unlimited = any_resource - _CREATED.keys()
        limited = actions - any_resource
        key_use = limited & deploy_scopes.KEY_USE
        found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
        for action in limited - key_use:
            for place in self._reached(action):
                tags = "unless other" if action in deploy_scopes.FROM_CREATION else place.tags
                of_kind, arns = found.setdefault((_service(action), tags), (set(), set()))
                of_kind.add(action)
                arns.add(place.arn)
        for (service, tags), (of_kind, arns) in sorted(found.items()):
            sid = "".join(word.title() for word in [service, *tags.split()])
            if tags == "unless other":
                others = {**OWN_ACCOUNT, **self._of("ResourceTag", "name", arns)}
                yield from allow(sid, of_kind, arns, StringEqualsIfExists=others)
            else:
                ours = self._of("ResourceTag", tags, arns) if tags else {}
                sent = self._of("RequestTag", "environment") if tags else {}  # the stack's tags must remain
                limits = {**OWN_ACCOUNT, **sent}
                yield from allow(sid, of_kind, arns, StringEquals=ours, StringEqualsIfExists=limits)
        for action, pattern in deploy_scopes.INSIDE.items():
            place = Place(pattern.format(region=self.region), "environment")
            if action in limited and place not in self._places:
                sid = f"Inside{action.partition(':')[2]}"
                ours = self._of("ResourceTag", place.tags)
                yield from allow(sid, [action], [place.arn], StringEquals=ours)
        for action, arn in deploy_scopes.BESIDE.items():
            if action in limited:
                sid = f"Beside{action.partition(':')[2]}"
                others = self._of("ResourceTag", "environment")
                yield from allow(sid, [action], [arn.format(region=self.region)], StringEqualsIfExists=others)
        users = sorted(
            {user for type_name, user in deploy_scopes.KEY_USERS.items() if type_name in self.types}
        )
        yield from allow(
            "KeysOfServices",
            key_use,
            [f"arn:aws:kms:{self.region}:*:key/*"],
            StringEquals={"kms:ViaService": [f"{user}.{self.region}.amazonaws.com" for user in users]},
            # A key of another account may allow this account: a secret could be encrypted with a foreign key.
            StringEqualsIfExists={**OWN_ACCOUNT, **self._of("ResourceTag", "name", "AWS::KMS::Key")},
        )
        worldwide = {action for action in unlimited if _service(action) in deploy_scopes.GLOBAL}
        here = {"aws:RequestedRegion": self.region}
        yield from allow("AnyResourceInRegion", unlimited - worldwide, ["*"], StringEquals=here)
        yield from allow("AnyGlobalResource", worldwide, ["*"])

    def _reached(self, action: str) -> Iterator[Place]:
        """Yield the existing or named resources of an action."""
        for place in self._concerned(action):
            if not self._only_creates(action, place):
                yield place

    def _only_creates(self, action: str, place: Place) -> bool:
        """Return whether the action only creates the resource."""
        return any(
            place.tags and place.arn in self._filled(deploy_scopes.Scope(type_name, arn))
            for type_name, arn in _CREATED.get(action, ())
            if type_name in self.types
        )

    def _require_scope(self, type_name: str) -> None:
        """Check that no required action of a type is missing."""
        handlers = resource_schema(type_name, self.region).handlers
        for handler in ("create", "delete"):
            if self.serving.isdisjoint(handlers.get(handler, ())):
                raise PolicyError(
                    f"No action that {type_name} requires for its handler {handler} matches an ARN of SCOPES "
                    "in deploy_scopes.py. Add a line for the type."
                )

    def _serves(self, action: str) -> bool:
        """Return whether a required action applies to this stack."""
        if action in deploy_scopes.OBJECTS or action in _OF_ROLES or _service(action) not in self._services:
            return False
        if iam_action(action) is None:
            return False
        look_up = (
            deploy_scopes.LOOK_UPS.fullmatch(action) or action in deploy_scopes.INSIDE or not _arns(action)
        )
        return bool(look_up or self._concerned(action))

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
            if not _takes_any(action) and not self._concerned(action):
                raise PolicyError(
                    f"{action} is required, but matches no ARN of SCOPES in deploy_scopes.py. Add a "
                    'line, with "" for the types.'
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
        ours = [name.partition(references.PREFIX) for name in names]
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
                    f"The parameter {name} has the type {declared['Type']}, and PARAMETERS in "
                    "deploy_scopes.py does not contain the action for looking up its value. Add a line for "
                    "it."
                )

    def _concerned(self, action: str) -> set[Place]:
        """Return those of our places that the action could concern."""
        formats = _arns(action)
        for one in formats:
            if one not in self._meant:
                service, region, theirs = _beginning(one)
                self._meant[one] = {
                    place
                    for place, our_region, ours in self._beginnings.get(service, ())
                    if region in (our_region, "${Region}") and _may_go_on_alike(ours, theirs)
                }
        return {place for one in formats for place in self._meant[one]}

    @cached_property
    def _beginnings(self) -> dict[str, list[tuple[Place, str, str]]]:
        """Service -> our places in it, each with its region and how the resource begins."""
        found: dict[str, list[tuple[Place, str, str]]] = {}
        for place in self._places:
            service, region, begins = _beginning(place.arn)
            found.setdefault(service, []).append((place, region, begins))
        return found

    def _mode(self, type_name: str) -> tuple[str, str]:
        """Return the tags that identify resources of a type, and the type, as arguments for ``_of``."""
        modes = [scope.tags for scope in deploy_scopes.SCOPES if scope.type == type_name]
        return modes[0] or "environment", type_name

    def _here(self, arns: list[str], condition: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a condition with the region, if the ARN does not contain it."""
        return {**condition, "aws:RequestedRegion": self.region} if arns == ["*"] else condition

    def _of(self, key: str, tags: str, where: Iterable[str] | str = "") -> dict[str, Any]:
        """Return the condition that tags of a resource, or of a request, are those of the stack.

        Args:
            key: ``ResourceTag`` or ``RequestTag``.
            tags: as in ``Scope``.
            where: with ``name``, the type of the resources, or their ARNs.
        """
        condition: dict[str, Any] = {f"aws:{key}/{tag}": value for tag, value in TAGS.items()}
        if tags == "name":
            arns = [where] if isinstance(where, str) else where
            found = [
                scope.type
                for scope in deploy_scopes.SCOPES
                if scope.tags == "name"
                and scope.type in self.types
                and {scope.type, scope.arn.format(region=self.region)} & set(arns)
            ]
            condition[f"aws:{key}/Name"] = sorted(
                name for type_name in found for one in self.types[type_name] for name in self._name_tags(one)
            )
        return condition

    def _name_tags(self, resource: str) -> list[str]:
        if resource in self._names:
            return self._names[resource]
        properties = self.built.resources[resource].get("Properties", {})
        names = [tag["Value"] for tag in properties.get("Tags", []) if tag["Key"] == "Name"]
        if not names:
            raise PolicyError(
                f"{resource} needs a tag Name: other stacks have such resources, too, and a policy can "
                "distinguish them only by this tag."
            )
        self._names[resource] = [text for name in names for text in self.patterns.texts(name)]
        return self._names[resource]

    @cached_property
    def _places(self) -> list[Place]:
        """The ARNs for the policies of this stack."""
        found = [
            Place(arn, scope.tags or ("environment" if "*" in name and PREFIX[:-1] not in name else ""))
            for scope in deploy_scopes.SCOPES
            if scope.type in ("", *self.types)
            for name, arn in self._named(scope)
        ]
        found += [
            Place(f"arn:aws:secretsmanager:{self.region}:*:secret:{name}-??????", "")
            for name in self._secrets
            if name
        ]
        return list(dict.fromkeys(found))

    def _filled(self, scope: deploy_scopes.Scope) -> list[str]:
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

    def _has(self, types: str) -> bool:
        return any(type_name.startswith(types) for type_name in self.types)


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


def _service(action: str) -> str:
    return action.partition(":")[0]


def _short(type_name: str) -> str:
    return type_name.removeprefix("AWS::").replace("::", "")


@cache  # the stacks share many actions
def _arns(action: str) -> tuple[str, ...]:
    return (*(iam_action(action) or ()), *deploy_scopes.ARNS.get(action, ()))


@cache
def _takes_any(action: str) -> bool:
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
