"""Checks of the resources that the stacks of an environment deployed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from cfn_analysis.model.intrinsics import joined, parts_of_sub
from cfn_analysis.model.resolving import Resolver, pseudo_parameters
from csr_templates.preflight import deployed, remedies
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import (
    CrossStackReference,
    EnvironmentStack,
    ResolvedEnvironment,
)
from csr_templates.preflight.results import Check, Result, SkippedError, Subject, failed

_IDS_OF_ARNS: Final = {"AWS::WAFv2::WebACL": "webacl"}
"""Types whose Ref is ``NAME|ID|SCOPE`` -> the kind of resource in their ARNs.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webacl.html
"""


class DeployedResource(NamedTuple):
    """A resource of a deployed stack.

    Attributes:
        stack: its stack.
        logical_id: its name in the template.
        physical_id: its ID in the account.
        properties: its properties in the template, resolved.
    """

    stack: EnvironmentStack
    logical_id: str
    physical_id: str
    properties: Mapping[str, Any]

    @property
    def region(self) -> str:
        """The region of its stack."""
        return self.stack.region

    @property
    def drift(self) -> str:
        """The remedy for a resource that was changed outside of its stack, with the command."""
        command = remedies.aws(
            "cloudformation detect-stack-resource-drift",
            self.region,
            stack_name=self.stack.deployed_name,
            logical_resource_id=self.logical_id,
        )
        return f"Set it as the template defines it. This shows what differs: {command}"


def as_deployed(
    stack: EnvironmentStack, logical_id: str, environment: ResolvedEnvironment, lookup: Lookup
) -> Mapping[str, Any]:
    """Return the properties of a resource; parameters without a given value have their deployed values."""
    values = dict(stack.values)
    for parameter in stack.undecided:
        deployed_value = deployed.parameter(lookup, stack, parameter)
        if deployed_value is not None:
            values[parameter] = deployed_value
    resolver = Resolver(
        stack.built.template,
        values,
        region=stack.region,
        account=environment.account,
        stack_name=stack.deployed_name,
    )
    properties: Mapping[str, Any] = resolver.value(
        stack.built.template["Resources"][logical_id]["Properties"]
    )
    return properties


JudgeResource: TypeAlias = Callable[[DeployedResource, ResolvedEnvironment, Lookup], Result]


def find(lookup: Lookup, stack: EnvironmentStack, logical_id: str) -> DeployedResource | None:
    """Return a resource; None if the deployed stack does not have it."""
    physical_id = deployed.physical_id(lookup, stack, logical_id)
    if physical_id is None:
        return None
    return DeployedResource(stack, logical_id, physical_id, stack.resources[logical_id].get("Properties", {}))


def in_account(value: Any, stack: EnvironmentStack, environment: ResolvedEnvironment, lookup: Lookup) -> Any:
    """Return a value of a template as the account has it.

    A Ref, the ID of a security group, an import and the ARN of a web ACL become what the deployed stacks
    have, also in a text. What else is known only in the account remains a function.
    """
    match value:
        case {"Ref": str(logical_id)} | {"Fn::GetAtt": [str(logical_id), "GroupId"]}:
            # Ref returns the ID of a security group too.
            return deployed.physical_id(lookup, stack, logical_id) or value
        case {"Fn::ImportValue": str(export)}:
            provider = environment.provider(CrossStackReference(export, "", "", stack.region, ()))
            if provider is None:
                return value
            return deployed.output(lookup, *provider) or value
        case {"Fn::Sub": _}:
            parts = parts_of_sub(value) or []
            return joined(in_account(part, stack, environment, lookup) for part in parts)
        case {"Fn::GetAtt": [str(logical_id), "Arn"]}:
            return _arn(logical_id, stack, environment, lookup) or value
    return value


def _arn(
    logical_id: str, stack: EnvironmentStack, environment: ResolvedEnvironment, lookup: Lookup
) -> str | None:
    """Return the ARN of a resource whose Ref contains its ID; None for another type."""
    kind = _IDS_OF_ARNS.get(stack.resources[logical_id]["Type"])
    physical_id = deployed.physical_id(lookup, stack, logical_id)
    if kind is None or physical_id is None:
        return None
    name, identifier, _ = physical_id.split("|")
    partition = pseudo_parameters(stack.region)["AWS::Partition"]
    scope = f"arn:{partition}:wafv2:{stack.region}:{environment.account}:global"
    return f"{scope}/{kind}/{name}/{identifier}"


def deploy_remedy(stack: EnvironmentStack, environment: ResolvedEnvironment) -> str:
    """Return the remedy for what the next deploy of a stack creates."""
    return f"Run verify again after a deploy of the stack: {remedies.deploy(stack, environment)}"


def missing(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Return the result for a resource that is not deployed.

    Raises:
        SkippedError: its stack is not deployed.
    """
    if not deployed.is_there(lookup, subject.stack):
        raise SkippedError
    return failed(
        f"{subject.stack.deployed_name} does not have the resource {subject.id}.",
        deploy_remedy(subject.stack, environment),
    )


def check(
    name: str,
    summary: str,
    resource_type: str,
    judge: JudgeResource,
    where: Callable[[Mapping[str, Any]], bool] = lambda properties: True,
) -> Check:
    """Return the check of all resources of a type. A resource that is not deployed fails it."""

    def subjects(environment: ResolvedEnvironment) -> Iterator[Subject]:
        for stack, logical_id, properties in environment.of_type(resource_type):
            if where(properties):
                yield Subject(logical_id, stack)

    def judge_subject(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
        resource = find(lookup, subject.stack, subject.id)
        if resource is None:
            return missing(subject, environment, lookup)
        return judge(resource, environment, lookup)

    return Check(name, summary, subjects, judge_subject)


def all_of(
    environment: ResolvedEnvironment, lookup: Lookup, resource_type: str
) -> Iterator[DeployedResource]:
    """Yield the deployed resources of a type in all stacks, also in those that were not chosen."""
    for stack in environment.stacks:
        for logical_id, _ in stack.of_type(resource_type):
            if resource := find(lookup, stack, logical_id):
                yield resource
