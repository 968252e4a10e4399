from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, scenarios
from cfn_analysis.rules.support.values import show


class AllowedRequestsLogged(Rule):
    """WAF log that keeps allowed requests with their query strings.

    Without a LoggingFilter WAF logs every request that the web ACL evaluates, and it allows almost all of
    them. Each log record contains the query string, with password reset tokens and personal data of visitors,
    and each is billed. Keep only requests that a rule matches (DefaultBehavior DROP, and a filter that keeps
    BLOCK, COUNT and EXCLUDED_AS_COUNT), or hide the query string: QueryString in RedactedFields, or
    QUERY_STRING in the web ACL's DataProtectionConfig. A filter that keeps ALLOW explicitly, and the log of a
    web ACL of another template, are not reported.
    """

    id = "W9744"
    source_url = "https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingFilter.html"
    fault_class = "protections"
    looks_at = properties_of("AWS::WAFv2::LoggingConfiguration")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        acl_id, acl = target(validator, properties.get("ResourceArn"), "AWS::WAFv2::WebACL")
        asked = {
            "filter": properties.get("LoggingFilter"),
            "redacted": properties.get("RedactedFields"),
            "protected": acl.get("DataProtectionConfig"),
        }
        for decided, case in scenarios(validator, asked) if acl_id else ():
            kept = _kept(case, decided.get("filter"))
            if kept and not _hides_query_string(decided.get("redacted"), decided.get("protected")):
                yield Fault(
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
