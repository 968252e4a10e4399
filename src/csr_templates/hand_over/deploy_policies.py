"""Deploy policies: the IAM permissions that creating, updating, reading and, apart, deleting a stack needs.

They follow from the template: from the permissions that the schema of each of its resource types claims for
its handlers (``list`` aside, which no stack operation calls), from the few that the schemas forget, and from
what CloudFormation itself is asked to do. An action is left out where it could do nothing for the stack: IAM
does not know it, or it belongs to a service or to a kind of resource that the stack has no part of, such as
the file systems that a function could use.

The documents are for a role with a tag ``Environment``, the environment that it deploys: the names in the
ARNs end in its value. So one document serves all environments, and the role of one does not reach another.
Where IDs are random, conditions refuse what carries the tags of another project or environment. The account
is the role's own. What they cannot bound is what the stack's own roles are given: whoever writes their
policies has, through them, whatever the account allows its roles. For the same reason the role that deploys
must have a name that does not start with ``<project>-<environment>-``: it could write its own.

Nothing of this has been observed in an account: the schemas are AWS's word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from csr_templates.cloudformation.references import entries, in_words
from csr_templates.cloudformation.schemas import iam_action, resource_schema
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.policy_documents import PolicyError, allow, in_documents, one_or_all
from csr_templates.hand_over.policy_patterns import ENVIRONMENT, Patterns, alternatives, as_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from csr_templates.cloudformation.built_stack import BuiltStack, Document

_OWN_ACCOUNT: Final = {"aws:ResourceAccount": "${aws:PrincipalAccount}"}
_UNNAMED: Final = {"Fn::Sub": "${AWS::StackName}-*"}  # how CloudFormation names what has no name
_DYNAMIC_SECRET: Final = "{{resolve:secretsmanager:"

# Each of these has a statement of its own, with conditions that no other action has.
_OF_ROLES: Final = frozenset({"iam:AttachRolePolicy", "iam:CreateServiceLinkedRole", "iam:PassRole"})


class Claim(NamedTuple):
    """Who claims to use an action: a handler of a type, or ``tags``, what reads and changes its tags."""

    type: str
    handler: str


def iam_policies(stack: BuiltStack, projects: Iterable[str] = ()) -> tuple[list[Document], list[Document]]:
    """Return the policy documents for deploying one stack: for everyday deploys, and for what goes away.

    The second ones are needed in addition when the stack is deleted, when an update removes or replaces
    resources, and when a failed creation is rolled back. Both are divided where IAM would refuse the length.

    Args:
        stack: the stack.
        projects: values of ProjectName; without any, the default of that parameter.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
        PolicyError: ``deploy_scopes`` has no ARNs for one of them, or one statement alone is longer than a
            document may be.
        resolving.ResolveError: a value that a policy depends on is wrong.
    """
    needs = _Needs(stack, projects)
    everyday = [
        *needs.stack(deploy_scopes.STACK),
        *needs.template(),
        *needs.other_stacks(),
        *needs.roles(),
        *needs.log_writes(),
        *needs.roll_backs(),
        *needs.statements(needs.everyday),
    ]
    removing = [*needs.stack(["DeleteStack"]), *needs.statements(needs.removing, removing=True)]
    return in_documents(stack.name, everyday), in_documents(f"{stack.name}-delete", removing)


def claimed_actions(stack: BuiltStack) -> dict[str, set[Claim]]:
    """Return every action that a type of the template claims, with who claims it.

    Raises:
        schemas.SchemasError: AWS does not describe one of the template's types in the region.
    """
    claims: dict[str, set[Claim]] = {}
    for type_name in _by_type(stack):
        schema = resource_schema(type_name, stack.region)
        for handler, actions in [*schema.handlers.items(), ("tags", schema.tag_permissions)]:
            for action in actions if handler != "list" else ():
                claims.setdefault(action, set()).add(Claim(type_name, handler))
    return claims


class _Needs:
    """What deploying one template needs, as statements."""

    def __init__(self, stack: BuiltStack, projects: Iterable[str]) -> None:
        self.built = stack
        self.region = stack.region
        self.patterns = Patterns(stack, projects)
        self.names = self.patterns.names
        self.types = _by_type(stack)
        self.claims = claimed_actions(stack)
        self.serving = {action for action in self.claims if self._serves(action)}
        for type_name in self.types:
            self._require_scope(type_name)

    @cached_property
    def everyday(self) -> set[str]:
        """What creating, updating and reading needs."""
        return (self.serving - self.removing) | self._forgotten | deploy_scopes.ANY_STACK

    @cached_property
    def removing(self) -> set[str]:
        """What only deleting needs."""
        return {
            action
            for action in self.serving - self._forgotten
            if all(claim.handler == "delete" for claim in self.claims[action])
        }

    def stack(self, actions: Iterable[str]) -> Iterator[Document]:
        """Allow what CloudFormation is asked to do with the stack itself."""
        stacks = f"arn:aws:cloudformation:{self.region}:*:stack/"
        arns = [f"{stacks}{name}-{self.built.name}/*" for name in self.names]
        actions = [f"cloudformation:{action}" for action in actions]
        yield from allow("Stack", actions, arns, StringEqualsIfExists=_OWN_ACCOUNT)

    def template(self) -> Iterator[Document]:
        """Allow putting the template into the artifact bucket, and reading it there.

        CloudFormation reads it with the rights of its caller. The AWS CLI looks first whether the object is
        there. Without s3:ListBucket, S3 answers 403 if it is not, and the CLI uploads it as after a 404
        (awscli/customizations/s3uploader.py).
        """
        bucket = "artifacts-${aws:PrincipalAccount}-" + self.region
        arns = [f"arn:aws:s3:::{name}-{bucket}/{self.built.name}/*" for name in self.names]
        yield from allow("Template", deploy_scopes.TEMPLATE, arns, StringEqualsIfExists=_OWN_ACCOUNT)

    def other_stacks(self) -> Iterator[Document]:
        """Allow reading the outputs that Fn::GetStackOutput asks for, in whatever region."""
        function = "Fn::GetStackOutput"
        arns = {
            f"arn:aws:cloudformation:{as_pattern(asked['Region'])}:*:stack/{as_pattern(asked['StackName'])}/*"
            for _, arguments in self.built.read_outputs
            for resolved in self.patterns.values_of({function: arguments})
            for asked in [resolved[function]]
        }
        if arns:
            describe = ["cloudformation:DescribeStacks"]
            yield from allow("OutputsOfOtherStacks", describe, arns, StringEqualsIfExists=_OWN_ACCOUNT)

    def roles(self) -> Iterator[Document]:
        """Allow handing our roles to the services that trust them, and services making their own roles."""
        ours = [f"arn:aws:iam::*:role/{name}-*" for name in self.names]
        of_roles = self.types.get("AWS::IAM::Role", [])
        documents = [role.get("AssumeRolePolicyDocument") for role in of_roles]
        if trusted := {
            text for _, services in entries(documents, "Service") for text in self.patterns.texts(services)
        }:
            to_them = {"iam:PassedToService": sorted(trusted)}
            yield from allow("PassRole", ["iam:PassRole"], ours, StringEquals=to_them)
        if managed := {
            arn for role in of_roles for arn in self.patterns.texts(role.get("ManagedPolicyArns"))
        }:
            these = {"iam:PolicyARN": sorted(managed)}
            yield from allow("AttachRolePolicy", ["iam:AttachRolePolicy"], ours, ArnLike=these)
        if linked := [service for types, service in deploy_scopes.SERVICE_LINKED if self._has(types)]:
            arns = [f"arn:aws:iam::*:role/aws-service-role/{service}/*" for service in linked]
            for_them = {"iam:AWSServiceName": linked}
            create = ["iam:CreateServiceLinkedRole"]
            yield from allow("ServiceLinkedRoles", create, arns, StringEquals=for_them)

    def log_writes(self) -> Iterator[Document]:
        """Allow having the access to buckets logged."""
        buckets = {
            f"${{{name}}}": resource.get("Properties", {})
            for name, resource in self.built.resources.items()
            if resource["Type"] == "AWS::S3::Bucket"
        }
        arns = set()
        for itself, properties in buckets.items():
            for logging in alternatives(properties.get("LoggingConfiguration")):
                for destination in alternatives(logging.get("DestinationBucketName"), {"Fn::Sub": itself}):
                    ours = buckets.get(in_words(destination))
                    name = destination if ours is None else ours.get("BucketName")
                    arns |= {f"arn:aws:s3:::{text}/*" for text in self.patterns.texts(name, _UNNAMED)}
        if arns:
            own = {"StringEqualsIfExists": _OWN_ACCOUNT}
            yield from allow("AccessLogs", deploy_scopes.LOG_WRITES, arns, **own)

    def roll_backs(self) -> Iterator[Document]:
        """Allow deleting what each update makes, if the update fails."""
        for type_name, action, pattern in deploy_scopes.ROLLED_BACK:
            if type_name in self.types:
                sid = f"RolledBack{type_name.removeprefix('AWS::').replace('::', '')}"
                arns = [pattern.format(region=self.region, name=name) for name in self.names]
                yield from allow(sid, [action], arns, StringEqualsIfExists=_OWN_ACCOUNT)

    def statements(self, actions: set[str], *, removing: bool = False) -> Iterator[Document]:
        """Allow actions: statements for each service, then what takes no ARN."""
        unlimited = set(filter(_takes_any, actions))
        limited = actions - unlimited
        key_use = limited & deploy_scopes.KEY_USE
        tagged = {action for action in limited if removing and self._surely_tagged(action)}
        for service, arns in self._scopes.items():
            sid = service.title()
            of_service = {action for action in limited - key_use if action.startswith(f"{service}:")}
            account = {} if service in deploy_scopes.TOUCHES_AWS else _OWN_ACCOUNT
            tags = self._tags if any(map(_has_random_id, arns)) else {}
            yield from allow(sid, of_service - tagged, arns, StringEqualsIfExists={**account, **tags})
            yield from allow(f"{sid}Tagged", of_service & tagged, arns, StringEquals=self._tags)
        users = sorted(
            {user for type_name, user in deploy_scopes.KEY_USERS.items() if type_name in self.types}
        )
        yield from allow(
            "KeysOfServices",
            key_use,
            self._scopes["kms"],
            StringEquals={"kms:ViaService": [f"{user}.{self.region}.amazonaws.com" for user in users]},
            StringEqualsIfExists=self._tags,
        )
        worldwide = {action for action in unlimited if _service(action) in deploy_scopes.GLOBAL}
        here = {"aws:RequestedRegion": self.region}
        yield from allow("AnyResourceInRegion", unlimited - worldwide, ["*"], StringEquals=here)
        yield from allow("AnyGlobalResource", worldwide, ["*"])

    def _require_scope(self, type_name: str) -> None:
        """Make sure that leaving actions out has not left out what a type cannot do without."""
        handlers = resource_schema(type_name, self.region).handlers
        for handler in ("create", "delete"):
            if self.serving.isdisjoint(handlers.get(handler, ())):
                raise PolicyError(
                    f"Nothing that {type_name} claims to need for its handler {handler} concerns an ARN of "
                    "SCOPES in deploy_scopes.py. Add a line for the type."
                )

    def _serves(self, action: str) -> bool:
        """Tell whether a claimed action can do anything for this stack."""
        ours = self._scopes.get(_service(action))
        if not ours or action in deploy_scopes.OBJECTS or action in _OF_ROLES or iam_action(action) is None:
            return False
        needed = deploy_scopes.ONLY_FOR.get(action)
        if needed and not any(self._uses(claim.type, needed) for claim in self.claims[action]):
            return False
        look_up = deploy_scopes.LOOK_UPS.fullmatch(action) or not _arns(action)
        return bool(look_up or self._patterns(action))

    def _uses(self, type_name: str, property_name: str) -> bool:
        return any(property_name in properties for properties in self.types.get(type_name, []))

    @cached_property
    def _forgotten(self) -> set[str]:
        found = {
            action
            for type_name, needed, actions in deploy_scopes.FORGOTTEN
            if type_name in self.types and (not needed or self._uses(type_name, needed))
            for action in actions
        }
        if _DYNAMIC_SECRET in (self.built.text or json.dumps(self.built.template)):  # the text is at hand
            found.add("secretsmanager:GetSecretValue")
        found.update(self._look_ups())
        for action in sorted(found):
            if not _takes_any(action) and not self._patterns(action):
                raise PolicyError(
                    f"{action} is needed, and SCOPES in deploy_scopes.py has no ARN that it concerns. Add a "
                    'line, with "" for the types.'
                )
        return found

    def _look_ups(self) -> Iterator[str]:
        """Yield the actions with which CloudFormation looks values of parameters up."""
        for name, declared in self.built.parameters.items():
            listed = re.fullmatch("List<(.+)>", declared["Type"])
            type_name = listed[1] if listed else declared["Type"]
            if type_name in deploy_scopes.PARAMETERS:
                yield deploy_scopes.PARAMETERS[type_name]
            elif type_name.startswith("AWS::"):
                raise PolicyError(
                    f"The parameter {name} has the type {declared['Type']}, and PARAMETERS in "
                    "deploy_scopes.py does not say how CloudFormation looks its value up. Add a line for it."
                )

    def _surely_tagged(self, action: str) -> bool:
        """Tell whether what the action deletes has a random ID, and our tags until it is gone.

        Then the action may ask for the tags: what has none is not ours. KMS may take five minutes to notice
        new tags, so that a key whose stack fails sooner has to be deleted by a second attempt.
        https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
        """
        known = iam_action(action)
        types = {claim.type for claim in self.claims[action]}
        return (
            known is not None
            and known.tagged
            and all(map(_has_random_id, self._patterns(action)))
            and all("Tags" in properties for type_name in types for properties in self.types[type_name])
            and not any(
                "Tag" in claimed  # the handler takes the tags off before it deletes
                for type_name in types
                for claimed in resource_schema(type_name, self.region).handlers["delete"]
            )
        )

    def _patterns(self, action: str) -> list[str]:
        """Return the ARNs of our scope that the action could concern."""
        ours = self._scopes.get(_service(action), [])
        arns = _arns(action)
        return [pattern for pattern in ours if any(_overlap(arn, pattern) for arn in arns)]

    @cached_property
    def _tags(self) -> dict[str, str | list[str]]:
        tags: dict[str, str | list[str]] = {"aws:ResourceTag/Environment": ENVIRONMENT}
        return (
            tags
            if "*" in self.patterns.projects
            else {"aws:ResourceTag/Project": one_or_all(self.patterns.projects), **tags}
        )

    @cached_property
    def _scopes(self) -> dict[str, list[str]]:
        """Return service -> the ARNs that a policy for this stack may name."""
        scopes: dict[str, list[str]] = {}
        for pattern, types in deploy_scopes.SCOPES:
            if self._has(types):
                key, values = (
                    ("log_group", self._log_groups()) if "{log_group}" in pattern else ("name", self.names)
                )
                filled = [pattern.format(region=self.region, **{key: value}) for value in values]
                scopes.setdefault(pattern.split(":")[2], []).extend(dict.fromkeys(filled))
        return scopes

    def _has(self, types: str) -> bool:
        return any(type_name.startswith(types) for type_name in self.types)

    def _log_groups(self) -> list[str]:
        patterns = set()
        for properties in self.types["AWS::Logs::LogGroup"]:
            for name in self.patterns.texts(properties.get("LogGroupName"), _UNNAMED):
                before, environment, after = name.partition(ENVIRONMENT)
                # Without what follows: an update that renames a group deletes one of another name.
                beginning = f"{before}{environment}{after[:1]}" if environment else name
                patterns.add(f"{beginning.rstrip('*')}*")
        return sorted(patterns)


def _by_type(stack: BuiltStack) -> dict[str, list[Mapping[str, Any]]]:
    """Return type -> the properties of each resource of the type."""
    types: dict[str, list[Mapping[str, Any]]] = {}
    for resource in stack.resources.values():
        types.setdefault(resource["Type"], []).append(resource.get("Properties", {}))
    return types


def _service(action: str) -> str:
    return action.partition(":")[0]


def _arns(action: str) -> tuple[str, ...]:
    known = iam_action(action)
    return known.arns if known else ()


def _takes_any(action: str) -> bool:
    """Tell whether a policy can only allow the action for ``*``, or ours has to."""
    return bool(
        not _arns(action) or action in deploy_scopes.OF_AWS or deploy_scopes.LOOK_UPS.fullmatch(action)
    )


@cache  # few pairs, asked for each action
def _overlap(arn: str, pattern: str) -> bool:
    """Tell whether a format of IAM and a pattern of ours can mean the same resource: by how they begin."""
    _, _, service, region, _, kind = arn.split(":", 5)
    _, _, our_service, our_region, _, our_kind = pattern.split(":", 5)
    region = region.replace("${Region}", our_region)
    theirs, ours = (text.partition("*")[0].partition("$")[0] for text in (kind, our_kind))
    begins = ours.startswith(theirs) or theirs.startswith(ours)
    return (service, region) == (our_service, our_region) and begins


def _has_random_id(pattern: str) -> bool:
    return ENVIRONMENT not in pattern
