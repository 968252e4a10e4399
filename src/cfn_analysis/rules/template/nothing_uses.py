from typing import Any

from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import case_of, of_type, show
from cfn_analysis.rules.support.words import named

USERS = named(__file__)
# Types that refer to these without using them, unless USERS names them.
BYSTANDERS = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Route",
    "AWS::EC2::VPCEndpoint",
    "AWS::WAFv2::LoggingConfiguration",
)


class NothingUses(Rule):
    """Protection or route that nothing uses.

    A web ACL, a headers policy, a network ACL or a route table has no effect until another resource refers to
    it: a web ACL without a distribution or an association does not filter requests, a subnet without its
    route table uses the main route table of the VPC, a peering connection without a route carries no traffic,
    and a backup plan without a selection backs up nothing. Refer to it, export it for another stack, or
    remove it.
    """

    id = "W9517"
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html"
    finding_class = "protections"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        yield from _unused_origins(validator, resources)
        graph: Any = validator.cfn.graph
        if graph is None or len(resources) < 2:
            return
        for logical_id, resource, properties in of_type(resources, *USERS):
            users = set(graph.graph.predecessors(logical_id)) - {logical_id}
            shown = {user for user in users if user not in resources}  # in outputs
            if shown and not _misses_its_distribution(resources, properties):
                continue
            kinds = {resources[user].get("Type") for user in users - shown}
            if all(kind in BYSTANDERS and not USERS[resource["Type"]].endswith(f" {kind}") for kind in kinds):
                yield RuleFinding(
                    (logical_id,),
                    f"No resource of the template uses {logical_id}, so it has no effect. Refer to it in "
                    f"{USERS[resource['Type']]}, or export it.",
                )


def _unused_origins(validator: Validator, resources: Any) -> Findings:
    """Yield the origins of distributions to which no behavior sends requests."""
    for distribution, resource, properties in of_type(resources, "AWS::CloudFront::Distribution"):
        case = case_of(validator, resource)
        parts = ("Origins", "OriginGroups", "DefaultCacheBehavior", "CacheBehaviors")
        if case is None:
            continue
        for config in configurations(case, properties, *parts):
            used = {show(behavior.get("TargetOriginId")) for _, behavior in config.behaviors()}
            groups = show(config.parts.get("OriginGroups"))
            for index, origin in config.origins():
                name = show(origin.get("Id"))
                if name not in used and name not in groups:
                    yield RuleFinding(
                        (distribution, "Properties", *config.path("Origins", index)),
                        f"No behavior uses the origin {name}{{when}}: it gets no requests. "
                        "Set TargetOriginId of a behavior.",
                        config.case,
                    )


def _misses_its_distribution(resources: Any, properties: Any) -> bool:
    """Return whether a web ACL is for CloudFront, and the distributions of its template have none."""
    configs = [
        properties_of.get("DistributionConfig")
        for _, _, properties_of in of_type(resources, "AWS::CloudFront::Distribution")
    ]
    without = [config for config in configs if isinstance(config, dict) and "WebACLId" not in config]
    return properties.get("Scope") == "CLOUDFRONT" and bool(configs) and len(without) == len(configs)
