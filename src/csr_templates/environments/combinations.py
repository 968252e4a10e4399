"""Checks of values in combination: values that each template accepts can still contradict each other."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cfn_analysis.model import resolving
from cfn_analysis.model.api_keys import accepted_keys, sent_keys
from cfn_analysis.model.references import uses
from cfn_analysis.model.wording import quoted
from csr_templates.environments.connections import connection_findings
from csr_templates.environments.files import ParameterFinding
from csr_templates.environments.properties import check_properties
from csr_templates.environments.values import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfn_analysis.model.built_stack import BuiltStack

# A VPC and its subnets: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
LARGEST_NETWORK, SMALLEST_NETWORK = 16, 28


def check_environment(candidate: Candidate, stacks: Sequence[BuiltStack]) -> Iterator[ParameterFinding]:
    """Yield the errors within one environment."""
    of_values = [
        *_project_name(candidate, stacks),
        *_concurrency(candidate),
        *connection_findings(candidate, stacks),
        *_refused_keys(candidate, stacks),
    ]
    for stack in stacks:
        of_values += _subnets(candidate, stack)
    yield from of_values
    explained = {finding.key for finding in of_values}
    for stack in stacks:
        with suppress(resolving.ResolveError):  # errors of a template are reported by the linter
            yield from _broken_rules(candidate, stack, explained)
    regions = {stack.name: stack.region for stack in stacks}
    for stack in stacks:
        yield from check_properties(candidate, stack, regions, explained)


def check_all(
    candidates: Sequence[Candidate], stacks: Sequence[BuiltStack], production: str | None
) -> Iterator[ParameterFinding]:
    """Yield the errors between environments.

    The defaults of the templates are the values of ``production``, if there is one.
    """
    yield from _separate_vpcs(candidates, stacks)
    yield from _same_keys([candidate for candidate in candidates if candidate.name != production], stacks)


# ---- Names ----


def _project_name(candidate: Candidate, stacks: Sequence[BuiltStack]) -> Iterator[ParameterFinding]:
    """Yield an error for a project whose names begin like those of an environment of another project."""
    if not candidate.knows("ProjectName"):
        return
    environments = {candidate.name}
    for stack in stacks:
        environments.update(stack.parameters.get("Environment", {}).get("AllowedValues", []))
    project = candidate.text("ProjectName")
    for environment in sorted(environments):
        if project.endswith(f"-{environment}"):
            yield candidate.finding(
                "ProjectName",
                f"which ends in -{environment}: the policies for the names of the project "
                f"{project.removesuffix(f'-{environment}')} in {environment} would also allow the names of "
                f"this project. Choose a name without the ending -{environment}.",
            )


# ---- Networks ----


def _subnets(candidate: Candidate, stack: BuiltStack) -> Iterator[ParameterFinding]:
    """Yield the networks of a stack that AWS would refuse: each alone, and the subnets in their VPC."""
    networks: dict[str, ipaddress.IPv4Network] = {}
    vpcs = _cidr_parameters(stack, "AWS::EC2::VPC")
    subnets = _cidr_parameters(stack, "AWS::EC2::Subnet")
    for name in dict.fromkeys([*vpcs.values(), *subnets.values()]):
        if not candidate.knows(name):
            continue
        if problem := _unusable(candidate.text(name)):
            yield candidate.finding(name, problem)
        else:
            networks[name] = ipaddress.IPv4Network(candidate.text(name))

    for logical_id, name in subnets.items():
        vpc = _vpc_of(stack, logical_id)
        outer = vpcs.get(vpc, "")
        if {name, outer} <= networks.keys() and not networks[name].subnet_of(networks[outer]):
            yield candidate.finding(name, f"which is not inside {outer} {networks[outer]}.")
    for (subnet_1, name_1), (subnet_2, name_2) in itertools.combinations(subnets.items(), 2):
        if not {name_1, name_2} <= networks.keys() or _vpc_of(stack, subnet_1) != _vpc_of(stack, subnet_2):
            continue
        if networks[name_1].overlaps(networks[name_2]):
            yield candidate.finding(
                name_2,
                f"which overlaps {name_1} {networks[name_1]}. Specify a separate range for each subnet.",
            )


def _separate_vpcs(
    candidates: Sequence[Candidate], stacks: Sequence[BuiltStack]
) -> Iterator[ParameterFinding]:
    """Networks of environments must not overlap, so that peering or a transit gateway can connect them."""
    for stack in stacks:
        for name in _cidr_parameters(stack, "AWS::EC2::VPC").values():
            usable = [
                candidate
                for candidate in candidates
                if candidate.knows(name) and not _unusable(candidate.text(name))
            ]
            for first, second in itertools.combinations(usable, 2):
                networks = [ipaddress.IPv4Network(environment.text(name)) for environment in (first, second)]
                if networks[0].overlaps(networks[1]):
                    yield second.finding(
                        name,
                        f"which overlaps {networks[0]} of {first.name}. Networks of environments must not "
                        "overlap.",
                    )


def _unusable(text: str) -> str:
    """Return why ``text`` is not a network for a VPC or subnet; empty if it is one."""
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return "which is not an IPv4 network, such as 10.2.0.0/16."
    if not LARGEST_NETWORK <= network.prefixlen <= SMALLEST_NETWORK or "/" not in text:
        return f"but networks of a VPC must be from /{LARGEST_NETWORK} to /{SMALLEST_NETWORK}."
    if not text.startswith(f"{network.network_address}/"):
        return f"which is a host address. The network of this address is {network}."
    if text != str(network):
        return f"which AWS writes as {network}."
    return ""


def _cidr_parameters(stack: BuiltStack, resource_type: str) -> dict[str, str]:
    """Return logical ID -> the parameter that is its CidrBlock, for the resources of a type."""
    blocks = {
        logical_id: resource.get("Properties", {}).get("CidrBlock")
        for logical_id, resource in stack.template.get("Resources", {}).items()
        if resource["Type"] == resource_type
    }
    return {
        logical_id: block["Ref"]
        for logical_id, block in blocks.items()
        if isinstance(block, Mapping) and block.get("Ref") in stack.in_files
    }


def _vpc_of(stack: BuiltStack, subnet: str) -> str:
    vpc = stack.template["Resources"][subnet]["Properties"].get("VpcId")
    if not isinstance(vpc, Mapping):
        return ""
    return str(vpc.get("Ref", ""))


# ---- Rules of the templates ----


def _broken_rules(candidate: Candidate, stack: BuiltStack, explained: set[str]) -> Iterator[ParameterFinding]:
    """Check the assertions of the Rules section that do not depend on a deploy or on values with errors."""
    for name, rule in stack.template.get("Rules", {}).items():
        condition = {key: rule[key] for key in ("RuleCondition",) if key in rule}
        for assertion in rule["Assertions"]:
            names = _parameters_in({**condition, **assertion}, stack)
            if not names or explained & set(names) or not candidate.knows(*names):
                continue
            single = {
                **stack.template,
                "Parameters": {parameter: stack.parameters[parameter] for parameter in names},
                "Rules": {name: {**condition, "Assertions": [assertion]}},
            }
            values = {parameter: candidate.text(parameter) for parameter in names}
            for message in resolving.failed_assertions(single, values, region=stack.region):
                context = _context(candidate, names[1:])
                description = message.removesuffix(".")
                yield candidate.finding(
                    names[0], f'{context}. Rule in the {stack.name} template: "{description}".'
                )


def _context(candidate: Candidate, further_names: Sequence[str]) -> str:
    """Return why a value breaks a rule: because of the values of further parameters, or by itself."""
    if not further_names:
        return "which a rule of the template does not allow"
    values = [f"{name} {quoted(candidate.text(name))}" for name in further_names]
    return f"together with {', '.join(values)}"


def _parameters_in(node: Any, stack: BuiltStack) -> list[str]:
    """Return the parameters that an expression of the template uses, in the order of their first use."""
    names = dict.fromkeys(use.name for use in uses(node) if use.kind == "name")
    return [name for name in names if name in stack.parameters]


# ---- Relations between parameters ----


def _concurrency(candidate: Candidate) -> Iterator[ParameterFinding]:
    """Provisioned concurrency is part of reserved concurrency; 0 means none."""
    provisioned, reserved = "LambdaProvisionedConcurrency", "LambdaReservedConcurrency"
    if not candidate.knows(provisioned, reserved):
        return
    if 0 < Decimal(candidate.text(reserved)) < Decimal(candidate.text(provisioned)):
        yield candidate.finding(
            provisioned,
            f"more than {reserved} {candidate.text(reserved)}. Lower the first, or raise the second.",
        )


def _refused_keys(candidate: Candidate, stacks: Sequence[BuiltStack]) -> Iterator[ParameterFinding]:
    """If an API does not accept the key that another stack sends, it rejects every request of that stack."""
    sent_by_stack = [sent_keys(stack) for stack in stacks]
    accepted_by_stack = [accepted_keys(stack) for stack in stacks]
    for sent, accepted in itertools.product(sent_by_stack, accepted_by_stack):
        if not sent or not accepted or not candidate.knows(sent.parameter, accepted.parameter):
            continue
        key = candidate.text(sent.parameter)
        keys = candidate.text(accepted.parameter)
        if accepted.includes(keys, sent, key):
            continue
        fitting = [quoted(value) for value in accepted.secrets if accepted.includes(value, sent, key)]
        remedy = f"No value of {accepted.parameter} includes it."
        if fitting:
            remedy = f"Set {accepted.parameter} to {' or to '.join(fitting)}."
        yield candidate.finding(
            sent.parameter,
            f"which {accepted.parameter} {keys} does not include: the API would reject every request. "
            f"{remedy}",
        )


def _same_keys(candidates: Sequence[Candidate], stacks: Sequence[BuiltStack]) -> Iterator[ParameterFinding]:
    """A key missing in one test environment only would have the value of production there."""
    keys: dict[str, None] = {}  # as a set that keeps the order
    for stack in stacks:
        keys |= dict.fromkeys(stack.in_files)
    for candidate in candidates:
        for key in keys:
            files = [f"{environment.name}.json" for environment in candidates if key in environment.own]
            if not files or key in candidate.own:
                continue
            verb = "has" if len(files) == 1 else "have"
            yield ParameterFinding(
                candidate.file,
                key,
                f"The key is missing, but {' and '.join(files)} {verb} it, so {candidate.name} would have "
                "the value of production. Add it to each of these files, or remove it from all.",
            )
