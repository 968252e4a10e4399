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

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import entries, in_words
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.deploy_needs import ArnWithTags, DeployNeeds, service_of, takes_any
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
    from collections.abc import Iterable, Iterator, Mapping

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


def iam_policies(stack: BuiltStack) -> tuple[list[Document], list[Document]]:
    """Return the policies of a stack's service role: for everyday deploys, and for deletions.

    The second ones are needed in addition when the stack is deleted, when an update removes or replaces
    resources, and when a failed creation is rolled back. Both are divided into documents of the allowed
    length: by service and not by length, so that a longer statement leaves the other documents as they are.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
        PolicyError: ``deploy_scopes`` does not have ARNs for one of them, or one statement is longer than a
            document can be, or the role would have more policies than IAM attaches.
        resolving.ResolveError: a value that a policy depends on is wrong.
    """
    needs = DeployNeeds(stack)
    statements = _Statements(needs)
    of_service = _by_part(statements.allowing(needs.everyday))
    everyday = in_documents(
        stack.name,
        [*statements.other_stacks(), *statements.roles(), *statements.objects(), *of_service["access"]],
        [*statements.parts(), *statements.creation()],
        of_service["monitoring"],
        [*statements.records(), *of_service[""]],
        of_service["keys"],
    )
    of_service = _by_part(statements.allowing(needs.removing))
    removing = in_documents(
        f"{stack.name}-delete",
        of_service["monitoring"],
        [*of_service["access"], *of_service[""], *of_service["keys"]],
    )
    if (count := len(everyday) + len(removing)) > MAX_POLICIES:
        raise PolicyError(
            f"The service role of stack {stack.name} needs {count} managed policies, but IAM attaches only "
            f"{MAX_POLICIES} to a role by default. Divide the template into two stacks."
        )
    return everyday, removing


def _by_part(statements: Iterable[Document]) -> defaultdict[str, list[Document]]:
    """Return the statements by the part of the policies to which their service belongs."""
    found = defaultdict(list)
    for statement in statements:
        services = {service_of(action) for action in statement["Action"]}
        # Actions on any resource are of several services.
        part = "keys" if statement["Resource"] == "*" else _PARTS.get(services.pop(), "")
        found[part].append(statement)
    return found


class _Statements:
    """The statements for deploying one template."""

    def __init__(self, needs: DeployNeeds) -> None:
        self._needs = needs
        self.built, self.region, self.types = needs.built, needs.region, needs.types
        self.patterns = needs.patterns
        self._names: dict[str, list[str]] = {}  # by _name_tags

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
        ours = [place.arn for place in self._needs.places if place.arn.startswith("arn:aws:iam:")]
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

    def parts(self) -> Iterator[Document]:
        """Allow removing parts of a resource if the same action deletes the resource."""
        for action, arns in deploy_scopes.REMOVES.items():
            if action in self._needs.serving:
                filled = [arn.format(region=self.region) for arn in arns]
                sid = f"PartsOf{service_of(action).title()}"
                yield from allow(sid, [action], filled, StringEquals=self._of("ResourceTag", "environment"))

    def creation(self) -> Iterator[Document]:
        """Allow creating resources with a random ID, if they get the stack's tags."""
        creating = []
        for action, type_name, arns in self._created(deploy_scopes.CREATES):
            sent = self._of("RequestTag", *self._mode(type_name))
            sid = f"Create{_short(type_name)}"
            yield from allow(sid, [action], arns, StringEquals=self._here(arns, sent))
            creating.append(action)
        if deploy_scopes.CREATION_TAGS_OF_EC2 in self._needs.serving:
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
                Null={"kms:ResourceAliases": "true"} if service_of(action) == "kms" else {},
            )

    def _created(self, rows: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, list[str]]]:
        """Yield the entries of a table for this stack: action, type and ARNs."""
        tagged = [place.arn for place in self._needs.places if place.tags]
        found: dict[tuple[str, str], list[str]] = {}
        for action, type_name, pattern in rows:
            if type_name in self.types and action in self._needs.serving:
                arns = self._needs.filled(deploy_scopes.Scope(type_name, pattern))
                found.setdefault((action, type_name), []).extend(
                    arn for arn in arns if "{" not in pattern.replace("{region}", "") or arn in tagged
                )
        for (action, type_name), arns in found.items():
            if arns:
                yield action, type_name, arns

    def records(self) -> Iterator[Document]:
        """Allow changing the records of the custom domain, if the role has its tags."""
        if _RECORDS in self._needs.serving:
            names = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
            types = "route53:ChangeResourceRecordSetsRecordTypes"
            zones = [place.arn for place in self._needs.concerned(_RECORDS) if "hostedzone" in place.arn]
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

    def allowing(self, actions: set[str]) -> Iterator[Document]:
        """Allow actions: statements for each service and kind of condition, then those without an ARN."""
        actions = actions - {_RECORDS}
        any_resource = set(filter(takes_any, actions))
        unlimited = any_resource - {action for action, _, _ in deploy_scopes.CREATES}
        limited = actions - any_resource
        key_use = limited & deploy_scopes.KEY_USE
        found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
        for action in limited - key_use:
            for place in self._needs.reached(action):
                tags = "unless other" if action in deploy_scopes.FROM_CREATION else place.tags
                of_kind, arns = found.setdefault((service_of(action), tags), (set(), set()))
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
            place = ArnWithTags(pattern.format(region=self.region), "environment")
            if action in limited and place not in self._needs.places:
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
        worldwide = {action for action in unlimited if service_of(action) in deploy_scopes.GLOBAL}
        here = {"aws:RequestedRegion": self.region}
        yield from allow("AnyResourceInRegion", unlimited - worldwide, ["*"], StringEquals=here)
        yield from allow("AnyGlobalResource", worldwide, ["*"])

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

    def _has(self, types: str) -> bool:
        return any(type_name.startswith(types) for type_name in self.types)


def _short(type_name: str) -> str:
    return type_name.removeprefix("AWS::").replace("::", "")
