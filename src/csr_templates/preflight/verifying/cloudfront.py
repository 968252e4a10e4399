"""The distribution: its state, its web ACL, and origins that it reads from other stacks."""

from collections.abc import Mapping
from typing import Any

from cfn_analysis.model.references import entries
from csr_templates.preflight import calls, live_calls
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource

DISTRIBUTION = "AWS::CloudFront::Distribution"


def distribution(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the distribution, reduced; empty if it does not exist."""
    return lookup(live_calls.distribution(resource.physical_id)) or {}


def _judge_state(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    name, found = resource.physical_id, distribution(resource, lookup)
    config = resource.properties["DistributionConfig"]
    if not found:
        return failed(
            f"The distribution {name} does not exist.", "Find its deletion in CloudTrail, and restore it."
        )
    if found["Enabled"] != (str(config.get("Enabled", True)).lower() == "true"):
        state = "enabled" if found["Enabled"] else "disabled"
        return failed(f"The distribution {name} is {state}.", "Correct this, as the template defines it.")
    if found["Status"] != "Deployed":
        return failed(
            f"The distribution {name} is {found['Status']}: not all edge locations have the new settings.",
            f"Wait, then run verify again: aws cloudfront wait distribution-deployed --id {name}",
        )
    return _different_web_acl(resource, found["WebACLId"], needs, lookup) or passed(
        f"The distribution {name} is deployed."
    )


def _different_web_acl(
    resource: DeployedResource, web_acl: str, needs: Needs, lookup: Lookup
) -> Verdict | None:
    """Return the verdict for another web ACL than that of the template; None if it is the same."""
    name = resource.physical_id
    expected = resources.in_account(
        resource.properties["DistributionConfig"].get("WebACLId", ""), resource.stack, needs, lookup
    )
    if web_acl == expected:
        return None
    if not web_acl:
        return failed(
            f"The distribution {name} does not have a web ACL: no request is filtered.", resource.drift
        )
    if not expected:
        return warned(
            f"The distribution {name} has the web ACL {web_acl}, and the template none.", resource.drift
        )
    return failed(f"The distribution {name} has the web ACL {web_acl} instead of {expected}.", resource.drift)


def _outside_origins(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the origins whose domain comes from the output of another stack, without an export."""
    origins = properties.get("DistributionConfig", {}).get("Origins", [])
    return [origin for origin in origins if entries(origin.get("DomainName"), "Fn::GetStackOutput")]


def _judge_origins(resource: DeployedResource, _: Needs, lookup: Lookup) -> Verdict:
    domains = {origin["Id"]: origin["DomainName"] for origin in distribution(resource, lookup)["Origins"]}
    for origin in _outside_origins(resource.properties):
        expected = _domain(resource, origin["DomainName"], lookup)
        now = domains.get(origin["Id"])
        if now != expected:
            return failed(
                f"The origin {origin['Id']} of {resource.physical_id} is {now or 'missing'}, but the outputs "
                f"of the deployed stacks give {expected}.",
                "Deploy the stack again, with a change: CloudFormation reads the output only when it updates "
                "the distribution (docs/hand-over.md, The API was created again).",
            )
    return passed(f"The origins of {resource.physical_id} are those of the deployed stacks.")


def _domain(resource: DeployedResource, value: Any, lookup: Lookup) -> str:
    """Return a domain with the current outputs of the stacks that it refers to."""
    match value:
        case {"Fn::Sub": [str(text), dict(variables)]}:
            for name, variable in variables.items():
                text = text.replace(f"${{{name}}}", _domain(resource, variable, lookup))
            return text
        case {"Fn::GetStackOutput": dict(reference)}:
            outputs = (lookup(_maker(resource, reference)) or [{}])[0].get("Outputs", [])
            values = {output["OutputKey"]: output["OutputValue"] for output in outputs}
            return str(values.get(reference["OutputName"], "?"))
    return str(value)


def _maker(resource: DeployedResource, reference: Mapping[str, Any]) -> Query:
    return calls.stack(reference.get("Region", resource.region), reference["StackName"])


CHECKS: tuple[Check, ...] = (
    resources.check(
        "distribution",
        "Each distribution is enabled and deployed, with its web ACL",
        DISTRIBUTION,
        _judge_state,
    ),
    resources.check(
        "origins",
        "The origins that come from other stacks are the resources that these stacks have now",
        DISTRIBUTION,
        _judge_origins,
        where=lambda properties: bool(_outside_origins(properties)),
    ),
)
