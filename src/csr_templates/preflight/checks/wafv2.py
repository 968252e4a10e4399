"""The web ACL: its name and capacity."""

from collections.abc import Iterator

from cfn_analysis.model.references import entries
from csr_templates.preflight import edge_calls
from csr_templates.preflight.checks import names
from csr_templates.preflight.checks.names import Kind
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed

_WEB_ACL = "AWS::WAFv2::WebACL"
# https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
_MAX_CAPACITY = 5_000
_BASIC_CAPACITY = 1_500  # included in the price of a web ACL
_IP_SET = "IPSetReferenceStatement"
# Of the address of the request.
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html
_IP_SET_CAPACITY = 1


def _web_acls(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type(_WEB_ACL):
        yield Subject(str(properties.get("Name", logical_id)), stack, properties)


def _judge_capacity(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    sets = len(entries(subject.about.get("Rules", []), _IP_SET))
    needed = lookup(_capacity(subject))["Capacity"] + sets * _IP_SET_CAPACITY
    if needed > _MAX_CAPACITY:
        return failed(
            f"The rules of {subject.id} use {needed:,} capacity units; the maximum is {_MAX_CAPACITY:,}.",
            "Remove rules from the web ACL.",
        )
    cost = f" More than {_BASIC_CAPACITY:,} are billed additionally." if needed > _BASIC_CAPACITY else ""
    return passed(f"The rules of {subject.id} use {needed:,} of {_MAX_CAPACITY:,} capacity units.{cost}")


def _capacity(subject: Subject) -> Query:
    """Return the call for the rules, without those of IP sets: before the deploy, a set has no ARN."""
    return edge_calls.capacity(
        tuple(rule for rule in subject.about.get("Rules", ()) if not entries(rule, _IP_SET))
    )


CHECKS = (
    names.check(
        "web-acl-name",
        "The name of the web ACL is available, or used by the stack",
        (Kind(_WEB_ACL, "web ACL", lambda *_: edge_calls.web_acls(), "Name"),),
    ),
    Check(
        "web-acl-capacity",
        "The rules of the web ACL are within the capacity limit",
        _web_acls,
        _judge_capacity,
    ),
)
