from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.model.three_valued import UNKNOWN, YES, Truth, any_of, truth_of
from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, scenarios
from cfn_analysis.rules.support.values import existing, mappings, show


class WrongRequestsLogged(Rule):
    """WAF log without the requests that were blocked, or with allowed ones and their query strings.

    A LoggingFilter that drops BLOCK, or drops by default and keeps only other actions, removes the records
    that the log is for: which requests a rule blocked, and whether they came from customers. Keep BLOCK.

    Without a LoggingFilter, WAF logs every request that the web ACL evaluates, and it allows almost all of
    them. Each record contains the query string, with password reset tokens and personal data of visitors, and
    each is billed. Keep only requests that a rule matches (DefaultBehavior DROP, and a filter that keeps
    BLOCK, COUNT and EXCLUDED_AS_COUNT), or hide the query string: QueryString in RedactedFields, or
    QUERY_STRING in the web ACL's DataProtectionConfig. A filter that keeps ALLOW explicitly, and the log of a
    web ACL of another template, are not reported.
    """

    id = "W9754"
    source_url = "https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingFilter.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::WAFv2::LoggingConfiguration")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        yield from _without_blocked(validator, properties.get("LoggingFilter"))
        yield from _with_allowed(validator, properties)


def _without_blocked(validator: Validator, logging_filter: Any) -> Findings:
    """Yield a filter that drops the requests that were blocked."""
    for decided, case in scenarios(validator, logging_filter):
        filters = value_at(decided, ("Filters",))
        if not isinstance(filters, list) or any(is_function(entry)[0] for entry in filters):
            continue
        behaviors = [
            (_is_about_blocked(entry.get("Conditions")), entry.get("Behavior")) for entry in mappings(filters)
        ]
        certain = [behavior for is_about, behavior in behaviors if is_about is YES]
        is_certain = all(is_about is not UNKNOWN for is_about, _ in behaviors)
        if certain == ["DROP"]:
            name, what = "Filters", "A filter drops"
        elif not certain and is_certain and decided.get("DefaultBehavior") == "DROP":
            name, what = "DefaultBehavior", "DefaultBehavior drops"
        else:
            continue
        yield RuleFinding(
            existing({"LoggingFilter": logging_filter}, ("LoggingFilter", name)),
            f"{what} the requests that were blocked{{when}}: the log does not show them. Add a filter that "
            "keeps BLOCK.",
            case,
        )


def _is_about_blocked(conditions: Any) -> Truth:
    """Return whether a filter is about blocked requests; a label can be on requests of any action."""
    if not isinstance(conditions, list):
        return UNKNOWN
    answers = []
    for condition in conditions:
        action = value_at(condition, ("ActionCondition", "Action"))
        answers.append(truth_of(action == "BLOCK") if isinstance(action, str) else UNKNOWN)
    return any_of(answers)


def _with_allowed(validator: Validator, properties: Any) -> Findings:
    """Yield a log that keeps every request that the web ACL allows, with its query string."""
    acl_id, acl = target(validator, properties.get("ResourceArn"), "AWS::WAFv2::WebACL")
    if not acl_id:
        return
    parts = {
        "filter": properties.get("LoggingFilter"),
        "redacted": properties.get("RedactedFields"),
        "protected": acl.get("DataProtectionConfig"),
    }
    for decided, case in scenarios(validator, parts):
        kept = _kept(case, decided.get("filter"))
        if kept and not _hides_query_string(decided.get("redacted"), decided.get("protected")):
            yield RuleFinding(
                ("LoggingFilter",) if "LoggingFilter" in properties else (),
                f"{kept}{{when}}: every request that {acl_id} allows is logged with its query string, "
                "and the tokens in it. Set DefaultBehavior DROP and keep BLOCK and COUNT, or "
                "add QueryString to RedactedFields.",
                case,
            )


def _kept(case: Validator, logging_filter: Any) -> str:
    """Return why allowed requests are logged; empty if they are not, or if this is explicit or unknown."""
    if logging_filter is None:
        return "LoggingFilter is missing"
    if not isinstance(logging_filter, dict) or is_function(logging_filter)[0]:
        return ""
    default, filters = logging_filter.get("DefaultBehavior"), logging_filter.get("Filters")
    if only_value(case, default) != "KEEP" or not isinstance(filters, list):
        return ""
    if any(_is_about_allowed(entry) for entry in filters):
        return ""
    return f"DefaultBehavior is {show(default)}, and no filter is about ALLOW"


def _is_about_allowed(entry: Any) -> bool:
    """Return whether a filter covers allowed requests, or may cover them."""
    conditions = entry.get("Conditions") if isinstance(entry, dict) else None
    if not isinstance(conditions, list):
        return True
    actions = [
        condition.get("ActionCondition", {}) if isinstance(condition, dict) else None
        for condition in conditions
    ]
    return any(
        not isinstance(action, dict)
        or action.get("Action") == "ALLOW"
        or is_function(action.get("Action"))[0]
        for action in actions
    )


def _hides_query_string(redacted: Any, protected: Any) -> bool:
    """Return whether the log does not, or may not, contain the query string."""
    for holder in (redacted, protected):
        if is_function(holder)[0]:
            return True
    fields = redacted if isinstance(redacted, list) else []
    if any(not isinstance(field, dict) or "QueryString" in field for field in fields):
        return True
    protections = protected.get("DataProtections") if isinstance(protected, dict) else None
    return any(
        entry.get("Field", {}).get("FieldType") == "QUERY_STRING" and not entry["Field"].get("FieldKeys")
        for entry in (protections if isinstance(protections, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("Field", {}), dict)
    )
