"""Cache behaviors in order."""

from ..harness import row


def distribution(*patterns: str) -> str:
    """Return a template with a distribution of these behaviors."""
    quoted = [pattern if pattern.startswith("!") else f"'{pattern}'" for pattern in patterns]
    listed = ", ".join(f"{{PathPattern: {pattern}}}" for pattern in quoted)
    return f"""
Parameters:
  Stage: {{Type: String}}
Conditions:
  Production: !Equals [!Ref Stage, production]
Resources:
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties: {{DistributionConfig: {{CacheBehaviors: [{listed}]}}}}
"""


case = row(
    "<text>",
    "Resources/Distribution/Properties/DistributionConfig/CacheBehaviors/1/PathPattern",
    "PathPattern is <found> before it matches all of its requests: it is never used. Put it first.",
)

GOOD = {
    "narrow first": distribution("/api/v1/*", "/api/*", "*.jpg", "/*"),
    "one character": distribution("/image?.jpg", "/image*.jpg"),
    "never both": distribution("!If [Production, /a, /b]", "!If [Production, /b, /a]"),
}

BAD = {
    "everything first": case(distribution("/*", "/api/*"), "/api/*, and /*"),
    "twice": case(distribution("/api/*", "api/*"), "api/*, and /api/*"),
}
