"""Rules of a WAF web ACL."""

from __future__ import annotations

from typing import Any

from troposphere.wafv2 import (
    BlockAction,
    ManagedRuleGroupStatement,
    OverrideAction,
    RuleAction,
    RuleActionOverride,
    Statement,
    VisibilityConfig,
    WebACLRule,
)

from csr_templates.stacks.parts.names import Value


def blocking_rule(Name: str, Priority: int, statement: Statement) -> WebACLRule:
    """Return a rule that blocks the requests that ``statement`` matches."""
    return WebACLRule(
        Name=Name,
        Priority=Priority,
        Statement=statement,
        Action=RuleAction(Block=BlockAction()),
        VisibilityConfig=visibility(Name),
    )


def managed_rules(Name: str, Priority: int, group: str, *overrides: RuleActionOverride) -> WebACLRule:
    """Return a rule group of AWS as one rule; ``overrides`` say which rules of it act otherwise."""
    statement = ManagedRuleGroupStatement(VendorName="AWS", Name=group)
    if overrides:
        statement.RuleActionOverrides = list(overrides)
    none: Any = {"None": {}}  # each rule of the group does what AWS made it do; Python allows no None=
    return WebACLRule(
        Name=Name,
        Priority=Priority,
        Statement=Statement(ManagedRuleGroupStatement=statement),
        OverrideAction=OverrideAction(**none),
        VisibilityConfig=visibility(Name),
    )


def visibility(MetricName: Value) -> VisibilityConfig:
    """Return what turns on a metric and samples; alarms and dashboards find the metric by this name."""
    return VisibilityConfig(CloudWatchMetricsEnabled=True, MetricName=MetricName, SampledRequestsEnabled=True)
