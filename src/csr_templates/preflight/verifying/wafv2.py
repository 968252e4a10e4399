"""The web ACL: whether its rules block as the template says."""

from typing import Final

from csr_templates.preflight import live_calls
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import resources
from csr_templates.preflight.verifying.resources import DeployedResource

_COUNT: Final = "Count"


def _judge_rules(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    name, identifier, _ = resource.physical_id.split("|")
    found = lookup(live_calls.web_acl(name, identifier))
    if found is None:
        return failed(f"The web ACL {name} does not exist.", resource.drift)
    deployed_rules = found["Rules"]
    for rule in resource.properties.get("Rules", []):
        expected = live_calls.actions_of_rule(rule)
        actions = deployed_rules.get(rule["Name"])
        if actions is None:
            return failed(f"The web ACL {name} lacks the rule {rule['Name']}.", resource.drift)
        for inner in sorted({*expected, *actions}):
            if actions.get(inner) != expected.get(inner):
                return _different(resource, rule["Name"], inner, actions.get(inner), needs)
    return passed(f"The rules of the web ACL {name} have the actions of the template.")


def _different(
    resource: DeployedResource, rule: str, inner: str, action: str | None, needs: Needs
) -> Verdict:
    """Return the verdict for a rule with another action than in the template; counting blocks nothing."""
    names = f"{rule} {inner}".strip()
    if action == _COUNT:
        return warned(
            f"The rule {names} only counts: it does not block any request.",
            f"If it was set with count-rule: csr-operate {needs.environment} block-rule {names}",
        )
    return failed(f"The rule {names} has another action than in the template.", resource.drift)


CHECKS: tuple[Check, ...] = (
    resources.check(
        "web-acl-rules",
        "The rules of the web ACL have the actions of the template",
        "AWS::WAFv2::WebACL",
        _judge_rules,
    ),
)
