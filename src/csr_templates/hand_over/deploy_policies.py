"""Deploy policies: the permissions of CloudFormation's service role for one stack.

``deploy_needs`` computes the actions and resources from the template; here they become statements with
conditions. The pipeline role has other permissions: see ``pipeline_policies``.

The documents apply to every environment. Values that differ come from tags of the role: ``Project`` and
``Environment``, and optionally ``PermissionsBoundary``, ``HostedZoneId`` and ``CustomDomainName``. Names are
literal. A resource with a random ID is matched by its tags: an existing resource must have them, and a new
resource must get them. The documents do not limit the policies of the stack's own roles: an author of these
policies can use all permissions that the account, or the permissions boundary, allows for roles.

The policies have not been tested in an account; they rely on the schemas of AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import entries, in_words
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.deploy_actions import name_of, service_of, takes_any
from csr_templates.hand_over.deploy_completeness import incomplete
from csr_templates.hand_over.deploy_needs import (
    ATTACH,
    CREATE_LINKED,
    PASS_ROLE,
    ArnWithTags,
    RequiredPermissions,
)
from csr_templates.hand_over.policy_documents import MAX_POLICIES, PolicyError, allow, deny, in_documents
from csr_templates.hand_over.policy_patterns import (
    ACCOUNT,
    ENVIRONMENT,
    PREFIX,
    PROJECT,
    alternatives,
    as_pattern,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack, Document

OWN_ACCOUNT: Final = {"aws:ResourceAccount": ACCOUNT}
TAGS: Final = {"Project": PROJECT, "Environment": ENVIRONMENT}

# The parts of the policies, so that each is one document with room: service -> part; "" for all others.
_PARTS: Final = {
    "iam": "access",
    "secretsmanager": "access",
    "cloudwatch": "monitoring",
    "logs": "monitoring",
    "sns": "monitoring",
    "sqs": "monitoring",
    "kms": "keys",
}
_RECORDS: Final = "route53:ChangeResourceRecordSets"


_UNLESS_OTHER: Final = "unless other"
"""A kind of condition: resources without tags match, those with other tags do not."""


def iam_policies(
    stack: BuiltStack, facts: deploy_scopes.DeployTables | None = None
) -> tuple[list[Document], list[Document]]:
    """Return the policies of a stack's service role: for everyday deploys, and for deletions.

    The second ones are needed in addition when the stack is deleted, when an update removes or replaces
    resources, and when a failed creation is rolled back. ``facts`` are those of ``deploy_scopes``, unless the
    project of the stack adds some. Both are divided into documents of the allowed
    length: by service and not by length, so that a longer statement leaves the other documents as they are.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
        PolicyError: ``deploy_scopes`` does not have all ARNs for one of them, or one statement is longer than
            a document can be, or the role would have more policies than IAM attaches.
        resolving.ResolveError: a value that a policy depends on is wrong.
    """
    permissions = RequiredPermissions(stack, facts)
    if sentences := list(incomplete(permissions)):
        raise PolicyError("\n".join(sentences))
    statements = _Statements(permissions)
    by_part = _by_part(statements.allowing(permissions.everyday))
    everyday = in_documents(
        stack.name,
        [*statements.other_stacks(), *statements.roles(), *statements.objects(), *by_part["access"]],
        [*statements.parts(), *statements.creation()],
        by_part["monitoring"],
        [*statements.records(), *by_part[""]],
        by_part["keys"],
    )
    by_part = _by_part(statements.allowing(permissions.removing))
    removing = in_documents(
        f"{stack.name}-delete",
        by_part["monitoring"],
        [*by_part["access"], *by_part[""], *by_part["keys"]],
    )
    count = len(everyday) + len(removing)
    if count > MAX_POLICIES:
        raise PolicyError(
            f"The service role of stack {stack.name} needs {count} managed policies, but IAM attaches only "
            f"{MAX_POLICIES} to a role by default. Divide the template into two stacks."
        )
    return everyday, removing


def _by_part(statements: Iterable[Document]) -> dict[str, list[Document]]:
    """Return the statements by the part of the policies to which their service belongs."""
    by_part: dict[str, list[Document]] = {part: [] for part in ("", *_PARTS.values())}
    for statement in statements:
        by_part[_part(statement)].append(statement)
    return by_part


def _part(statement: Document) -> str:
    if statement["Resource"] == "*":
        return "keys"  # its actions are of several services
    services = {service_of(action) for action in statement["Action"]}
    return _PARTS.get(services.pop(), "")


class _Statements:
    """The statements for deploying one template."""

    def __init__(self, permissions: RequiredPermissions) -> None:
        self._permissions = permissions
        self._stack = permissions.stack
        self._region = permissions.region
        self._types = permissions.types
        self._patterns = permissions.patterns
        self._name_tags: dict[str, list[str]] = {}  # by _names_in_tags

    # ---- Other stacks and roles ----

    def other_stacks(self) -> Iterator[Document]:
        """Allow reading the outputs of Fn::GetStackOutput in their regions."""
        function = "Fn::GetStackOutput"
        arns = set()
        for _, arguments in self._stack.read_outputs:
            output = self._patterns.value({function: arguments})[function]
            region, name = as_pattern(output["Region"]), as_pattern(output["StackName"])
            arns.add(f"arn:aws:cloudformation:{region}:*:stack/{name}/*")
        if arns:
            actions = ["cloudformation:DescribeStacks"]
            yield from allow("OutputsOfOtherStacks", actions, arns, StringEqualsIfExists=OWN_ACCOUNT)

    def roles(self) -> Iterator[Document]:
        """Allow passing the stack's roles to services, and creating service-linked roles."""
        roles = list(self._types.get("AWS::IAM::Role", {}).values())
        arns = [resource.arn for resource in self._permissions.resources if _is_role(resource)]
        yield from self._pass_role(roles, arns)
        yield from self._attach_policies(roles, arns)
        yield from self._service_linked_roles()
        if roles:
            yield from _boundary()

    def _pass_role(self, roles: Sequence[Mapping[str, Any]], arns: Sequence[str]) -> Iterator[Document]:
        services: set[str] = set()
        documents = [role.get("AssumeRolePolicyDocument") for role in roles]
        for _, trusted in entries(documents, "Service"):
            services.update(self._patterns.texts(trusted))
        if services:
            condition = {"iam:PassedToService": sorted(services)}
            yield from allow(
                "PassRole", [PASS_ROLE], arns, StringEquals=condition, StringEqualsIfExists=OWN_ACCOUNT
            )

    def _attach_policies(self, roles: Sequence[Mapping[str, Any]], arns: Sequence[str]) -> Iterator[Document]:
        policies: set[str] = set()
        for role in roles:
            policies.update(self._patterns.texts(role.get("ManagedPolicyArns")))
        if policies:
            condition = {"iam:PolicyARN": sorted(policies)}
            yield from allow("AttachRolePolicy", [ATTACH], arns, ArnEquals=condition)

    def _service_linked_roles(self) -> Iterator[Document]:
        services = [service for types, service in self._permissions.facts.service_linked if self._has(types)]
        if services:
            arns = [f"arn:aws:iam::*:role/aws-service-role/{service}/*" for service in services]
            condition = {"iam:AWSServiceName": services}
            yield from allow("ServiceLinkedRoles", [CREATE_LINKED], arns, StringEquals=condition)

    # ---- Objects ----

    def objects(self) -> Iterator[Document]:
        """Allow reading the templates and the packages, and enabling access logs of buckets."""
        yield from allow(
            "Artifacts",
            ["s3:GetObject", "s3:GetObjectVersion"],
            [f"arn:aws:s3:::{PREFIX}artifacts-{ACCOUNT}-{self._region}/{self._stack.name}/*"],
            StringEqualsIfExists=OWN_ACCOUNT,
        )
        for type_name, actions, name in deploy_scopes.PACKAGES:
            if type_name in self._types:
                arn = f"arn:aws:s3:::{PREFIX}{name.format(account=ACCOUNT)}"
                yield from allow("Packages", actions, [arn], StringEqualsIfExists=OWN_ACCOUNT)
        arns = {f"arn:aws:s3:::{name}/*" for name in self._log_buckets()}
        if arns:
            yield from allow("AccessLogs", deploy_scopes.LOG_WRITES, arns, StringEqualsIfExists=OWN_ACCOUNT)

    def _log_buckets(self) -> Iterator[str]:
        """Yield the names of the buckets to which the stack's buckets write their access logs."""
        for bucket, properties in self._types.get("AWS::S3::Bucket", {}).items():
            for logging in alternatives(properties.get("LoggingConfiguration")):
                if not logging:
                    continue
                for destination in alternatives(logging.get("DestinationBucketName")):
                    yield from self._bucket_names(bucket if destination is None else destination)

    def _bucket_names(self, bucket: Any) -> Iterable[str]:
        """Return the possible names of a bucket: a logical ID of the stack, a reference to it, or a name."""
        for logical_id in self._types["AWS::S3::Bucket"]:
            if bucket == logical_id or in_words(bucket) == f"${{{logical_id}}}":
                return self._patterns.name(logical_id, "BucketName")
        return self._patterns.texts(bucket)

    # ---- Creation and parts ----

    def parts(self) -> Iterator[Document]:
        """Allow removing parts of a resource if the same action deletes the resource."""
        for action, patterns in deploy_scopes.REMOVES.items():
            if action in self._permissions.actions:
                arns = [arn.format(region=self._region) for arn in patterns]
                sid = f"PartsOf{service_of(action).title()}"
                yield from allow(sid, [action], arns, StringEquals=_tags("ResourceTag"))

    def creation(self) -> Iterator[Document]:
        """Allow creating resources with a random ID, if they get the stack's tags."""
        creating = {f"Create{_short(row[1])}": row for row in self._listed(deploy_scopes.CREATES)}
        creating |= {_sid(row): row for row in sorted(self._permissions.unlisted_creations())}
        for sid, (action, type_name, arns) in creating.items():
            condition = self._in_region(arns, self._tags_of_type("RequestTag", type_name))
            yield from allow(sid, [action], arns, StringEquals=condition)
        yield from self._tags_of_ec2([action for action, _, _ in creating.values()])
        tagging = {f"Tag{_short(row[1])}": row for row in self._listed(deploy_scopes.TAGS_ON_CREATION)}
        tagging |= {_sid(row): row for row in sorted(self._permissions.unlisted_tags())}
        for sid, (action, type_name, arns) in tagging.items():
            yield from allow(
                sid,
                [action],
                arns,
                StringEquals=self._in_region(arns, self._tags_of_type("RequestTag", type_name)),
                StringEqualsIfExists={**OWN_ACCOUNT, **self._tags_of_type("ResourceTag", type_name)},
                Null={"kms:ResourceAliases": "true"} if service_of(action) == "kms" else {},
            )

    def _tags_of_ec2(self, creating: Iterable[str]) -> Iterator[Document]:
        """Allow tagging resources of EC2 while they are created."""
        if deploy_scopes.CREATION_TAGS_OF_EC2 in self._permissions.actions:
            names = [name_of(action) for action in creating if service_of(action) == "ec2"]
            yield from allow(
                "TagOnCreation",
                [deploy_scopes.CREATION_TAGS_OF_EC2],
                [f"arn:aws:ec2:{self._region}:*:*/*"],
                StringEquals={**_tags("RequestTag"), "ec2:CreateAction": names},
            )

    def _listed(self, rows: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, list[str]]]:
        """Yield the entries of a table for this stack: action, type and ARNs."""
        with_tags = {resource.arn for resource in self._permissions.resources if resource.tags}
        by_action: dict[tuple[str, str], list[str]] = {}
        for action, type_name, pattern in rows:
            if type_name not in self._types or action not in self._permissions.actions:
                continue
            contains_name = "{" in pattern.replace("{region}", "")
            for arn in self._permissions.arns_of(deploy_scopes.Scope(type_name, pattern)):
                if arn in with_tags or not contains_name:
                    by_action.setdefault((action, type_name), []).append(arn)
        for (action, type_name), arns in by_action.items():
            yield action, type_name, arns

    def records(self) -> Iterator[Document]:
        """Allow changing the records of the custom domain, if the role has its tags."""
        if _RECORDS not in self._permissions.actions:
            return
        names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
        types = "route53:ChangeResourceRecordSetsRecordTypes"
        arns = [resource.arn for resource in self._permissions.matching(_RECORDS)]
        condition = {names: ["${aws:PrincipalTag/CustomDomainName}"], types: ["A", "AAAA"]}
        yield from allow(
            "Records",
            [_RECORDS],
            [arn for arn in arns if "hostedzone" in arn],
            Null={names: "false", types: "false"},
            **{"ForAllValues:StringEquals": condition},
        )

    # ---- All other actions ----

    def allowing(self, actions: set[str]) -> Iterator[Document]:
        """Allow actions: statements for each service and kind of condition, then those without an ARN."""
        actions = actions - {_RECORDS}
        any_resource = {action for action in actions if takes_any(action)}
        with_arns = actions - any_resource
        key_use = with_arns & deploy_scopes.KEY_USE
        yield from self._by_service(with_arns - key_use)
        yield from self._inside(with_arns)
        yield from self._beside(with_arns)
        yield from self._keys_of_services(key_use)
        creating = {action for action, _, _ in deploy_scopes.CREATES}
        yield from self._any_resource(any_resource - creating)

    def _by_service(self, actions: Iterable[str]) -> Iterator[Document]:
        """Allow actions on the stack's resources: a statement for each service and kind of condition."""
        groups: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
        for action in actions:
            for resource in self._permissions.existing(action):
                tags = _UNLESS_OTHER if action in deploy_scopes.FROM_CREATION else resource.tags
                group_actions, arns = groups.setdefault((service_of(action), tags), (set(), set()))
                group_actions.add(action)
                arns.add(resource.arn)
        for (service, tags), (group_actions, arns) in sorted(groups.items()):
            sid = "".join(word.title() for word in [service, *tags.split()])
            yield from allow(sid, group_actions, arns, **self._conditions(tags, arns))

    def _conditions(self, tags: str, arns: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Return the conditions of a kind on existing resources."""
        if not tags:
            return {"StringEqualsIfExists": OWN_ACCOUNT}
        if tags == _UNLESS_OTHER:
            of_resource = self._tags_with_name("ResourceTag", self._types_of(arns))
            return {"StringEqualsIfExists": {**OWN_ACCOUNT, **of_resource}}
        if tags == "name":
            of_resource = self._tags_with_name("ResourceTag", self._types_of(arns))
        else:
            of_resource = _tags("ResourceTag")
        # A request with tags must not change those of the stack.
        return {
            "StringEquals": of_resource,
            "StringEqualsIfExists": {**OWN_ACCOUNT, **_tags("RequestTag")},
        }

    def _inside(self, actions: Collection[str]) -> Iterator[Document]:
        """Allow actions on resources of another stack of the environment."""
        for action, pattern in deploy_scopes.INSIDE.items():
            resource = ArnWithTags(pattern.format(region=self._region), "environment")
            if action in actions and resource not in self._permissions.resources:
                sid = f"Inside{name_of(action)}"
                yield from allow(sid, [action], [resource.arn], StringEquals=_tags("ResourceTag"))

    def _beside(self, actions: Collection[str]) -> Iterator[Document]:
        """Allow actions on resources without the stack's tags that they need beside those of the stack."""
        for action, pattern in deploy_scopes.BESIDE.items():
            if action in actions:
                sid = f"Beside{name_of(action)}"
                arns = [pattern.format(region=self._region)]
                yield from allow(sid, [action], arns, StringEqualsIfExists=_tags("ResourceTag"))

    def _keys_of_services(self, actions: Iterable[str]) -> Iterator[Document]:
        """Allow services to use keys on behalf of the caller."""
        services = {
            service for type_name, service in deploy_scopes.KEY_USERS.items() if type_name in self._types
        }
        endpoints = [f"{service}.{self._region}.amazonaws.com" for service in sorted(services)]
        of_resource = self._tags_with_name("ResourceTag", self._types_of(["AWS::KMS::Key"]))
        yield from allow(
            "KeysOfServices",
            actions,
            [f"arn:aws:kms:{self._region}:*:key/*"],
            StringEquals={"kms:ViaService": endpoints},
            # A key of another account may allow this account: a secret could be encrypted with a foreign key.
            StringEqualsIfExists={**OWN_ACCOUNT, **of_resource},
        )

    def _any_resource(self, actions: set[str]) -> Iterator[Document]:
        """Allow actions that do not support ARNs."""
        worldwide = {action for action in actions if service_of(action) in deploy_scopes.GLOBAL}
        condition = {"aws:RequestedRegion": self._region}
        yield from allow("AnyResourceInRegion", actions - worldwide, ["*"], StringEquals=condition)
        yield from allow("AnyGlobalResource", worldwide, ["*"])

    # ---- Conditions ----

    def _tags_of_type(self, key: str, type_name: str) -> dict[str, Any]:
        """Return the condition on the tags of resources of a type, or of requests for them."""
        modes = [scope.tags for scope in self._permissions.facts.scopes if scope.type == type_name]
        if modes[0] == "name":
            return self._tags_with_name(key, [type_name])
        return _tags(key)

    def _tags_with_name(self, key: str, types: Iterable[str]) -> dict[str, Any]:
        """Return the condition on the stack's tags, with the tags Name of the resources of some types."""
        names: list[str] = []
        for type_name in types:
            for resource in self._types[type_name]:
                names += self._names_in_tags(resource)
        return {**_tags(key), f"aws:{key}/Name": sorted(names)}

    def _types_of(self, arns: Collection[str]) -> list[str]:
        """Return the types whose resources a tag Name identifies, by their ARNs or their own name."""
        return [
            scope.type
            for scope in self._permissions.facts.scopes
            if scope.tags == "name"
            and scope.type in self._types
            and (scope.type in arns or scope.arn.format(region=self._region) in arns)
        ]

    def _names_in_tags(self, resource: str) -> list[str]:
        """Return the possible tags Name of a resource, as patterns."""
        if resource not in self._name_tags:
            properties = self._stack.resources[resource].get("Properties", {})
            values = [tag["Value"] for tag in properties.get("Tags", []) if tag["Key"] == "Name"]
            if not values:
                raise PolicyError(
                    f"{resource} needs a tag Name: other stacks have such resources, too, and a policy can "
                    "distinguish them only by this tag."
                )
            names: list[str] = []
            for value in values:
                names += self._patterns.texts(value)
            self._name_tags[resource] = names
        return self._name_tags[resource]

    def _in_region(self, arns: list[str], condition: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a condition with the region, if the ARN does not contain it."""
        if arns == ["*"]:
            return {**condition, "aws:RequestedRegion": self._region}
        return condition

    def _has(self, types: str) -> bool:
        return any(type_name.startswith(types) for type_name in self._types)


def _boundary() -> Iterator[Document]:
    """Deny roles without the permissions boundary that the service role has as a tag."""
    tag = "aws:PrincipalTag/PermissionsBoundary"
    has_tag = {tag: "false"}  # not null
    yield from deny(
        "WithBoundaryOnly",
        [ATTACH, "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
        ["*"],
        Null=has_tag,
        StringNotEquals={"iam:PermissionsBoundary": f"${{{tag}}}"},
    )
    yield from deny("BoundaryStays", ["iam:DeleteRolePermissionsBoundary"], ["*"], Null=has_tag)


def _is_role(resource: ArnWithTags) -> bool:
    return resource.arn.startswith("arn:aws:iam:")


def _tags(key: str) -> dict[str, Any]:
    """Return the condition that the tags of a resource (``ResourceTag``) or a request are the stack's."""
    return {f"aws:{key}/{tag}": value for tag, value in TAGS.items()}


def _sid(row: tuple[str, str, list[str]]) -> str:
    """Return the Sid of a statement for an action and a type that no table lists."""
    action, type_name, _ = row
    return f"{name_of(action)}Of{_short(type_name)}"


def _short(type_name: str) -> str:
    return type_name.removeprefix("AWS::").replace("::", "")
