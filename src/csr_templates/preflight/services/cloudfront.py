"""CloudFront: names, quotas and the domain; the state of the distribution, its web ACL and its origins."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.references import entries
from csr_templates.preflight import deployed, deployed_resources, fixed_names, quotas, remedies
from csr_templates.preflight.calls import GLOBAL
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, NoAnswerError
from csr_templates.preflight.fixed_names import NamedType
from csr_templates.preflight.quotas import Quota
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, SkippedError, Subject, failed, passed, warned
from csr_templates.preflight.services import cloudformation_calls, cloudfront_calls

DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_FUNCTION: Final = "AWS::CloudFront::Function"
_CACHE_POLICY: Final = "AWS::CloudFront::CachePolicy"
_HEADERS_POLICY: Final = "AWS::CloudFront::ResponseHeadersPolicy"
_ACCESS_CONTROL: Final = "AWS::CloudFront::OriginAccessControl"

# The quota codes of the last two are not documented.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
_QUOTAS: Final = (
    Quota("distributions", DISTRIBUTION, cloudfront_calls.distributions, 200, "cloudfront L-24B04930"),
    Quota("cache-policies", _CACHE_POLICY, cloudfront_calls.cache_policies, 20, "cloudfront L-7D134442"),
    Quota(
        "response-headers-policies",
        _HEADERS_POLICY,
        cloudfront_calls.headers_policies,
        20,
        "cloudfront L-CF0D4FC5",
    ),
    Quota("functions", _FUNCTION, cloudfront_calls.functions, 100, noun="CloudFront Functions"),
    Quota("origin-access-controls", _ACCESS_CONTROL, cloudfront_calls.access_controls, 100),
)

_MOVE: Final = (
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html"
)
_FIND: Final = "If the domain was used with CloudFront before, find the distribution."


# ---- Before a deploy ----


def _aliases(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(DISTRIBUTION):
        for alias in properties.get("DistributionConfig", {}).get("Aliases", []):
            yield Subject(str(alias), stack, logical_id)


def _judge_alias(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    alias = subject.id
    own_distribution = deployed.physical_id(lookup, subject.stack, subject.about)
    distributions = _distributions_with(alias, lookup)
    for distribution_id in distributions:
        if distribution_id != own_distribution:
            where = f"an alias of the distribution {distribution_id}"
            return _used_elsewhere(alias, where, own_distribution)
    if distributions:
        return passed(f"{alias} is an alias of the distribution of {subject.stack.deployed_name}.")
    if own_distribution is None:
        return warned(
            f"No distribution of this account has the alias {alias}. AWS shows whether another account uses "
            "it only after the distribution exists.",
            _FIND,
        )
    return _judge_other_accounts(alias, own_distribution, lookup)


def _judge_other_accounts(alias: str, own_distribution: str, lookup: Lookup) -> Result:
    """Judge an alias that no distribution of the account has yet."""
    try:
        conflicts = lookup(cloudfront_calls.conflicting_aliases.query(own_distribution, alias))
    except NoAnswerError as error:
        if error.code != "InvalidArgument":
            raise
        return warned(
            f"No distribution of this account has the alias {alias}. AWS shows whether another account uses "
            "it only after a certificate for it is attached to the distribution.",
            _FIND,
        )
    # AWS hides the first characters of all IDs.
    others = [
        conflict
        for conflict in conflicts
        if not own_distribution.endswith(conflict["DistributionId"].lstrip("*"))
    ]
    for conflict in others:
        if conflict["Alias"].lower() == alias.lower():
            return _used_elsewhere(alias, _alias_of(conflict), own_distribution)
    if others:
        overlapping = others[0]
        return warned(
            f"{overlapping['Alias']}, which overlaps with {alias}, is {_alias_of(overlapping)}. CloudFront "
            "uses the more specific alias for a request.",
            "Check that this is intended.",
        )
    return passed(f"No distribution in any account has the alias {alias}.")


def _used_elsewhere(alias: str, where: str, own_distribution: str | None) -> Result:
    """Return the result for an alias of another distribution; it can be moved to one that exists."""
    remedy = f"Remove it from that distribution first, or move it ({_MOVE})."
    if own_distribution is not None:
        move = remedies.aws(
            "cloudfront associate-alias", GLOBAL, target_distribution_id=own_distribution, alias=alias
        )
        remedy = f"Remove it from that distribution first, or move it ({_MOVE}): {move}"
    return failed(f"{alias} is already {where}, so the deploy would fail.", remedy)


def _distributions_with(alias: str, lookup: Lookup) -> list[str]:
    """Return the IDs of the distributions of the account with an alias."""
    return [
        distribution["Id"]
        for distribution in lookup(cloudfront_calls.distributions.query())
        if alias in distribution.get("Aliases", {}).get("Items", [])
    ]


def _alias_of(conflict: Mapping[str, Any]) -> str:
    return f"an alias of the distribution {conflict['DistributionId']} in account {conflict['AccountId']}"


# ---- After a deploy ----


def distribution(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the distribution, reduced; empty if it does not exist."""
    return lookup(cloudfront_calls.distribution.query(resource.physical_id)) or {}


def existing_distribution(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the distribution, reduced.

    Raises:
        SkippedError: it does not exist, which the check ``distribution`` says.
    """
    reduced = distribution(resource, lookup)
    if not reduced:
        raise SkippedError
    return reduced


def _judge_state(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    distribution_id = resource.physical_id
    deployed_distribution = distribution(resource, lookup)
    config = resource.properties["DistributionConfig"]
    if not deployed_distribution:
        return failed(
            f"The distribution {distribution_id} does not exist.",
            "Recover it (docs/recovery.md, A stack was deleted). This shows its deletion: "
            f"{remedies.deletion_in_cloudtrail(distribution_id, GLOBAL)}",
        )
    should_be_enabled = str(config.get("Enabled", True)).lower() == "true"
    if deployed_distribution["Enabled"] != should_be_enabled:
        state = "enabled" if deployed_distribution["Enabled"] else "disabled"
        return failed(f"The distribution {distribution_id} is {state}.", resource.drift)
    if deployed_distribution["Status"] != "Deployed":
        return failed(
            f"The distribution {distribution_id} is {deployed_distribution['Status']}: not all edge "
            "locations have the new settings.",
            "Run verify again after this: "
            f"{remedies.aws('cloudfront wait distribution-deployed', GLOBAL, id=distribution_id)}",
        )
    for alias in config.get("Aliases", []):
        if alias not in deployed_distribution["Aliases"]:
            return failed(
                f"The distribution {distribution_id} does not have the alias {alias}: CloudFront does not "
                "answer requests to the domain with it.",
                resource.drift,
            )
    different = _different_web_acl(resource, deployed_distribution["WebACLId"], environment, lookup)
    return different or passed(f"The distribution {distribution_id} is deployed.")


def _different_web_acl(
    resource: DeployedResource, web_acl: str, environment: ResolvedEnvironment, lookup: Lookup
) -> Result | None:
    """Return the result for another web ACL than that of the template; None if it is the same."""
    distribution_id = resource.physical_id
    expected = deployed_resources.in_account(
        resource.properties["DistributionConfig"].get("WebACLId", ""), resource.stack, environment, lookup
    )
    if web_acl == expected:
        return None
    if not web_acl:
        return failed(
            f"The distribution {distribution_id} does not have a web ACL: no request is filtered.",
            resource.drift,
        )
    if not expected:
        return warned(
            f"The distribution {distribution_id} has the web ACL {web_acl}, and the template none.",
            resource.drift,
        )
    return failed(
        f"The distribution {distribution_id} has the web ACL {web_acl} instead of {expected}.",
        resource.drift,
    )


def _origins_of_other_stacks(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the origins whose domain comes from the output of another stack, without an export."""
    origins = properties.get("DistributionConfig", {}).get("Origins", [])
    return [origin for origin in origins if entries(origin.get("DomainName"), "Fn::GetStackOutput")]


def _judge_origins(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    origins = existing_distribution(resource, lookup)["Origins"]
    domains = {origin["Id"]: origin["DomainName"] for origin in origins}
    for origin in _origins_of_other_stacks(resource.properties):
        expected = _domain(resource, origin["DomainName"], lookup)
        domain = domains.get(origin["Id"])
        if domain != expected:
            return failed(
                f"The origin {origin['Id']} of {resource.physical_id} is {domain or 'missing'}, but the "
                f"outputs of the deployed stacks give {expected}.",
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
            return _stack_output(resource, reference, lookup)
    return str(value)


def _stack_output(resource: DeployedResource, reference: Mapping[str, Any], lookup: Lookup) -> str:
    """Return the current output of a stack; a question mark if it does not have the output."""
    region = reference.get("Region", resource.region)
    stacks = lookup(cloudformation_calls.stack.query(region, reference["StackName"])) or [{}]
    for output in stacks[0].get("Outputs", []):
        if output["OutputKey"] == reference["OutputName"]:
            return str(output["OutputValue"])
    return "?"


BEFORE_DEPLOY: Final = (
    fixed_names.check(
        "cloudfront-names",
        "The names of CloudFront Functions, policies and origin access controls are available, or used by "
        "the stack",
        (
            NamedType(
                _FUNCTION, "CloudFront Function", lambda *_: cloudfront_calls.functions.query(), "Name"
            ),
            NamedType(
                _CACHE_POLICY,
                "cache policy",
                lambda *_: cloudfront_calls.cache_policies.query(),
                "CachePolicy.CachePolicyConfig.Name",
            ),
            NamedType(
                _HEADERS_POLICY,
                "response headers policy",
                lambda *_: cloudfront_calls.headers_policies.query(),
                "ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name",
            ),
            NamedType(
                _ACCESS_CONTROL,
                "origin access control",
                lambda *_: cloudfront_calls.access_controls.query(),
                "Name",
            ),
        ),
    ),
    quotas.check(
        "cloudfront-quotas", "The quotas of CloudFront are sufficient for the new resources", _QUOTAS
    ),
    Check(
        "domain-alias",
        "No other distribution, in this or another account, has the custom domain as an alias",
        _aliases,
        _judge_alias,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "distribution",
        "Each distribution is enabled and deployed, with its web ACL",
        DISTRIBUTION,
        _judge_state,
    ),
    deployed_resources.check(
        "origins",
        "The origins that come from other stacks are the resources that these stacks have now",
        DISTRIBUTION,
        _judge_origins,
        where=lambda properties: bool(_origins_of_other_stacks(properties)),
    ),
)
