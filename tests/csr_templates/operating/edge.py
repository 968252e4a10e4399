"""What a test creates at the edge: the web ACL, the blocked addresses, and the access logs of CloudFront."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from .stacks import ACCOUNT
from .world import World


def create_access_logs(world: World) -> None:
    """Create the access logs of CloudFront of this hour, and of the next one, which may have begun."""
    bucket = world.name("EdgeLogBucket")
    s3 = world.client("s3", world.environment.stack_of("EdgeLogBucket").region)
    s3.create_bucket(Bucket=bucket)
    distribution = world.stacks.stacks["frontend"].outputs["CloudFrontDistributionId"]
    lines = [
        json.dumps({"c-ip": address, "c-country": "JP"})
        for address in ("203.0.113.7", "203.0.113.8", "203.0.113.7")
    ]
    for hours in (0, 1):
        hour = datetime.now(UTC) + timedelta(hours=hours)
        folder = f"AWSLogs/{ACCOUNT}/CloudFront/{distribution}/{hour:%Y/%m/%d/%H}"
        s3.put_object(Bucket=bucket, Key=f"{folder}/1.gz", Body=gzip.compress("\n".join(lines).encode()))


def create_web_acl(world: World) -> None:
    """Create the web ACL with a rate limit and two rule groups, of which one has a rule that counts."""
    waf = world.client("wafv2", world.environment.stack_of("WebACL").region)
    rules = [
        {
            **_rule("rate-limit", 1),
            "Action": {"Block": {}},
            "Statement": {"RateBasedStatement": {"Limit": 5000, "AggregateKeyType": "IP"}},
        },
        {
            **_rule("common-rules", 2),
            "OverrideAction": {"None": {}},
            "Statement": {
                "ManagedRuleGroupStatement": {
                    "VendorName": "AWS",
                    "Name": "AWSManagedRulesCommonRuleSet",
                    "RuleActionOverrides": [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}],
                }
            },
        },
    ]
    answer = waf.create_web_acl(
        Name=f"{world.environment.prefix}-cloudfront-waf",
        Scope="CLOUDFRONT",
        DefaultAction={"Allow": {}},
        Description="Filters",
        Rules=rules,
        VisibilityConfig=_visibility("waf"),
        AssociationConfig={"RequestBody": {"CLOUDFRONT": {"DefaultSizeInspectionLimit": "KB_64"}}},
    )
    world.stacks.stacks["frontend"].outputs["WebACLArn"] = answer["Summary"]["ARN"]


def web_acl(world: World) -> Any:
    """Return the web ACL."""
    waf = world.client("wafv2", world.environment.stack_of("WebACL").region)
    *_, name, acl_id = world.stacks.stacks["frontend"].outputs["WebACLArn"].split("/")
    return waf.get_web_acl(Name=name, Scope="CLOUDFRONT", Id=acl_id)["WebACL"]


def create_address_sets(world: World) -> None:
    """Create the sets of blocked addresses, each with one, and a file with others."""
    waf = world.client("wafv2", world.environment.stack_of("BlockedIPv4Set").region)
    for version, addresses in (("IPV4", ["203.0.113.7/32"]), ("IPV6", ["2001:db8::7/128"])):
        name = f"{world.environment.prefix}-blocked-{version.lower()}"
        answer = waf.create_ip_set(
            Name=name,
            Scope="CLOUDFRONT",
            IPAddressVersion=version,
            Description="Addresses that operators block",
            Addresses=addresses,
        )
        logical_id = f"BlockedIPv{version[-1]}Set"
        world.stacks.stacks["frontend"].physical_ids[logical_id] = (
            f"{name}|{answer['Summary']['Id']}|CLOUDFRONT"
        )
    saved = {"BlockedIPv4Set": ["198.51.100.0/24"], "BlockedIPv6Set": ["2001:db8::7/128"]}
    (world.folder / "saved.json").write_text(json.dumps(saved), "utf-8")


def blocked_addresses(world: World) -> list[list[str]]:
    """Return the blocked addresses: those of IPv4, and those of IPv6."""
    waf = world.client("wafv2", world.environment.stack_of("BlockedIPv4Set").region)
    contents = []
    for logical_id in ("BlockedIPv4Set", "BlockedIPv6Set"):
        name, set_id, _ = world.stacks.stacks["frontend"].physical_ids[logical_id].split("|")
        answer = waf.get_ip_set(Name=name, Scope="CLOUDFRONT", Id=set_id)
        contents.append(answer["IPSet"]["Addresses"])
    return contents


def _rule(name: str, priority: int) -> dict[str, Any]:
    return {"Name": name, "Priority": priority, "VisibilityConfig": _visibility(name)}


def _visibility(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
