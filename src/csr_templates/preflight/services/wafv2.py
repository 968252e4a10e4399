"""The web ACL: its name and capacity, and whether it blocks and logs as the template says."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from cfn_analysis.model.references import entries
from csr_templates.preflight import deployed_resources, fixed_names, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.fixed_names import NamedType
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, SkippedError, Subject, failed, passed, warned
from csr_templates.preflight.services import wafv2_calls

_WEB_ACL: Final = "AWS::WAFv2::WebACL"
# https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
_MAX_CAPACITY: Final = 5_000
_BASIC_CAPACITY: Final = 1_500  # included in the price of a web ACL
_IP_SET: Final = "IPSetReferenceStatement"
# Of the address of the request.
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html
_IP_SET_CAPACITY: Final = 1
_COUNT: Final = "Count"


# ---- Before a deploy ----


def _web_acls(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(_WEB_ACL):
        yield Subject(str(properties.get("Name", logical_id)), stack, properties)


def _judge_capacity(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    ip_sets = len(entries(subject.about.get("Rules", []), _IP_SET))
    capacity = lookup(_capacity(subject))["Capacity"] + ip_sets * _IP_SET_CAPACITY
    if capacity > _MAX_CAPACITY:
        return failed(
            f"The rules of {subject.id} use {capacity:,} capacity units; the maximum is {_MAX_CAPACITY:,}.",
            "Remove rules from the web ACL.",
        )
    cost = ""
    if capacity > _BASIC_CAPACITY:
        cost = f" More than {_BASIC_CAPACITY:,} are billed additionally."
    return passed(f"The rules of {subject.id} use {capacity:,} of {_MAX_CAPACITY:,} capacity units.{cost}")


def _capacity(subject: Subject) -> Query:
    """Return the call for the rules, without those of IP sets: before the deploy, a set has no ARN."""
    rules = subject.about.get("Rules", ())
    return wafv2_calls.capacity(tuple(rule for rule in rules if not entries(rule, _IP_SET)))


# ---- After a deploy ----


def _judge_rules(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name, identifier, _ = resource.physical_id.split("|")
    web_acl = lookup(wafv2_calls.web_acl.query(name, identifier))
    if web_acl is None:
        return failed(f"The web ACL {name} does not exist.", resource.drift)
    deployed_rules = web_acl["Rules"]
    for rule in resource.properties.get("Rules", []):
        expected = wafv2_calls.actions_of_rule(rule)
        actions = deployed_rules.get(rule["Name"])
        if actions is None:
            return failed(f"The web ACL {name} lacks the rule {rule['Name']}.", resource.drift)
        for inner in sorted({*expected, *actions}):
            if actions.get(inner) != expected.get(inner):
                return _different(resource, rule["Name"], inner, actions.get(inner), environment)
    return passed(f"The rules of the web ACL {name} have the actions of the template.")


def _different(
    resource: DeployedResource, rule: str, inner: str, action: str | None, environment: ResolvedEnvironment
) -> Result:
    """Return the result for a rule with another action than in the template; counting blocks nothing."""
    rule_names = [name for name in (rule, inner) if name]
    names = " ".join(rule_names)
    if action == _COUNT:
        return warned(
            f"The rule {names} only counts: it does not block any request.",
            f"If it was set with count-rule: {remedies.csr_operate(environment, 'block-rule', *rule_names)}",
        )
    return failed(f"The rule {names} has another action than in the template.", resource.drift)


def _judge_logging(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    web_acl, *expected = (
        deployed_resources.in_account(value, resource.stack, environment, lookup)
        for value in (resource.properties["ResourceArn"], *resource.properties["LogDestinationConfigs"])
    )
    if not isinstance(web_acl, str):
        raise SkippedError  # no stack has the web ACL, which its own check says
    remedy = resource.drift
    if all(isinstance(destination, str) for destination in expected):
        remedy = f"Log again as the template says: {_log(resource, web_acl, expected)}"
    logging = lookup(wafv2_calls.logging.query(web_acl))
    if logging is None:
        return failed(f"The web ACL {web_acl} does not write its log.", remedy)
    present = {destination.removesuffix(":*") for destination in logging["LogDestinationConfigs"]}
    for destination in expected:
        if isinstance(destination, str) and destination.removesuffix(":*") not in present:
            return failed(f"The web ACL {web_acl} does not write its log to {destination}.", remedy)
    return passed(f"The web ACL {web_acl} writes its log.")


def _log(resource: DeployedResource, web_acl: str, destinations: Sequence[str]) -> str:
    """Return the command; its argument has the keys of the resource in a template.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html
    """
    configuration = {**resource.properties, "ResourceArn": web_acl, "LogDestinationConfigs": destinations}
    return remedies.aws(
        "wafv2 put-logging-configuration",
        resource.region,
        logging_configuration=json.dumps(configuration),
    )


BEFORE_DEPLOY: Final = (
    fixed_names.check(
        "web-acl-name",
        "The name of the web ACL is available, or used by the stack",
        (NamedType(_WEB_ACL, "web ACL", lambda *_: wafv2_calls.web_acls.query(), "Name"),),
    ),
    Check(
        "web-acl-capacity",
        "The rules of the web ACL are within the capacity limit",
        _web_acls,
        _judge_capacity,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "web-acl-rules",
        "The rules of the web ACL have the actions of the template",
        _WEB_ACL,
        _judge_rules,
    ),
    deployed_resources.check(
        "web-acl-log",
        "Each web ACL writes its log to the destination of the template",
        "AWS::WAFv2::LoggingConfiguration",
        _judge_logging,
    ),
)
