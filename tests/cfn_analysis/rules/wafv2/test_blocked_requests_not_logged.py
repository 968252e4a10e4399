"""Filters of logs."""

from ..harness import frame, row


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

case = row(
    "<text>",
    "Resources/Logging/Properties/LoggingFilter/<name>",
    "<what> the requests that were blocked: the log does not show them. Add a filter that keeps BLOCK.",
)

GOOD = {
    "keeps what was blocked": logging("DROP", "KEEP", action("BLOCK"), action("COUNT")),
    "drops what was allowed": logging("KEEP", "DROP", action("ALLOW")),
    "label": logging("DROP", "KEEP", "{LabelNameCondition: {LabelName: a}}"),
}

BAD = {
    "dropped": case(logging("KEEP", "DROP", action("BLOCK")), "Filters", "A filter drops"),
    "not kept": case(logging("DROP", "KEEP", action("COUNT")), "DefaultBehavior", "DefaultBehavior drops"),
}
