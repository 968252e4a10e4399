"""Logs of web ACLs."""

from ..harness import frame, row

HEAD = """
Parameters:
  Default: {Type: String, Default: KEEP}
Resources:
"""

BLOCKED = "{Behavior: KEEP, Requirement: MEETS_ANY, Conditions: [{ActionCondition: {Action: BLOCK}}]}"
ALLOWED = "{Behavior: DROP, Requirement: MEETS_ANY, Conditions: [{ActionCondition: {Action: ALLOW}}]}"
LABELLED = "{Behavior: DROP, Requirement: MEETS_ANY, Conditions: [{LabelNameCondition: {LabelName: a}}]}"
FILTERED = f"LoggingFilter: {{DefaultBehavior: DROP, Filters: [{BLOCKED}]}}"


def log(*properties: str, acl: str = "", arn: str = "!GetAtt Acl.Arn") -> str:
    """Return a template with a web ACL and its log."""
    written = ", ".join((f"ResourceArn: {arn}", "LogDestinationConfigs: [a]", *properties))
    return (
        f"{HEAD}  Acl: {{Type: AWS::WAFv2::WebACL, Properties: {{Scope: REGIONAL, {acl}}}}}\n"
        f"  Log: {{Type: AWS::WAFv2::LoggingConfiguration, Properties: {{{written}}}}}\n"
    )


protected = frame("DataProtectionConfig: {DataProtections: [{Action: SUBSTITUTION, Field: {<field>}}]}")

case = row(
    "<text>",
    "Resources/Log/Properties<path=/LoggingFilter>",
    "<found>: every request that Acl allows is logged with its query string, and the tokens in it. Set "
    "DefaultBehavior DROP and keep BLOCK and COUNT, or add QueryString to RedactedFields.",
)


def logging(default: str, behavior: str, *conditions: str) -> str:
    """Return a template with a log whose only filter has these conditions."""
    return f"""
  Logging:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties:
      LoggingFilter:
        DefaultBehavior: {default}
        Filters:
          - {{Behavior: {behavior}, Requirement: MEETS_ANY, Conditions: [{", ".join(conditions)}]}}
"""


action = frame("{ActionCondition: {Action: <name>}}")

blocked_dropped = row(
    "<text>",
    "Resources/Logging/Properties/LoggingFilter/<name>",
    "<what> the requests that were blocked: the log does not show them. Add a filter that keeps BLOCK.",
)

GOOD = {
    "filter, keeps what was blocked": logging("DROP", "KEEP", action("BLOCK"), action("COUNT")),
    "filter, drops what was allowed": logging("KEEP", "DROP", action("ALLOW")),
    "filter, label": logging("DROP", "KEEP", "{LabelNameCondition: {LabelName: a}}"),
    "drops by default": log(FILTERED),
    "drops what is allowed": log(f"LoggingFilter: {{DefaultBehavior: KEEP, Filters: [{ALLOWED}]}}"),
    "keeps what is allowed by name": log(
        f"LoggingFilter: {{DefaultBehavior: DROP, Filters: [{BLOCKED}, {ALLOWED.replace('DROP', 'KEEP')}]}}"
    ),
    "redacted": log("RedactedFields: [{SingleHeader: {Name: cookie}}, {QueryString: {}}]"),
    "protected": log(acl=protected("FieldType: QUERY_STRING")),
    "web ACL of another template": log(arn="!ImportValue acl"),
    "filter that a function hides": log("LoggingFilter: !FindInMap [A, b, c]"),
    "default that only AWS knows": log(
        f"LoggingFilter: {{DefaultBehavior: !ImportValue x, Filters: [{BLOCKED}]}}"
    ),
    "action that a function hides": log(
        "LoggingFilter: {DefaultBehavior: KEEP, Filters: [{Behavior: DROP, Conditions: [{ActionCondition: "
        "{Action: !ImportValue x}}]}]}"
    ),
    "redacted by a function": log("RedactedFields: !FindInMap [A, b, c]"),
    "filtered or redacted": log(
        f"LoggingFilter: !If [Strict, {FILTERED.removeprefix('LoggingFilter: ')}, !Ref AWS::NoValue]",
        "RedactedFields: !If [Strict, !Ref AWS::NoValue, [{QueryString: {}}]]",
    ),
}

BAD = {
    "blocked, dropped": blocked_dropped(
        logging("KEEP", "DROP", action("BLOCK")), "Filters", "A filter drops"
    ),
    "blocked, not kept": blocked_dropped(
        logging("DROP", "KEEP", action("COUNT")), "DefaultBehavior", "DefaultBehavior drops"
    ),
    "no filter": case(log(), "LoggingFilter is missing", ""),
    "keeps by default": case(
        log(f"LoggingFilter: {{DefaultBehavior: KEEP, Filters: [{LABELLED}]}}"),
        'DefaultBehavior is "KEEP", and no filter is about ALLOW',
    ),
    "keeps by a parameter": case(
        log(f"LoggingFilter: {{DefaultBehavior: !Ref Default, Filters: [{BLOCKED}]}}"),
        'DefaultBehavior is {"Ref": "Default"}, and no filter is about ALLOW',
    ),
    "headers are redacted": case(
        log("RedactedFields: [{SingleHeader: {Name: cookie}}]"), "LoggingFilter is missing", ""
    ),
    "one argument is protected": case(
        log(acl=protected("FieldType: SINGLE_QUERY_ARGUMENT, FieldKeys: [token]")),
        "LoggingFilter is missing",
        "",
    ),
    "keys of the query string are protected": case(
        log(acl=protected("FieldType: QUERY_STRING, FieldKeys: [token]")), "LoggingFilter is missing", ""
    ),
    "web ACL by Sub": case(log(arn="!Sub '${Acl.Arn}'"), "LoggingFilter is missing", ""),
    "filter in one case": case(
        log(f"LoggingFilter: !If [Strict, {FILTERED.removeprefix('LoggingFilter: ')}, !Ref AWS::NoValue]"),
        "LoggingFilter is missing when Strict is false",
    ),
    "protected in one case": case(
        log(
            acl=protected("FieldType: QUERY_STRING").replace("Config: ", "Config: !If [Strict, ")
            + ", !Ref AWS::NoValue]"
        ),
        "LoggingFilter is missing when Strict is false",
        "",
    ),
}
