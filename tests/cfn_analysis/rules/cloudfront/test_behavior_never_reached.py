"""Cache behaviors in order."""


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


GOOD = {
    "narrow first": distribution("/api/v1/*", "/api/*", "*.jpg", "/*"),
    "one character": distribution("/image?.jpg", "/image*.jpg"),
    "never both": distribution("!If [Production, /a, /b]", "!If [Production, /b, /a]"),
}

BAD = {
    "everything first": (
        distribution("/*", "/api/*"),
        "Resources/Distribution/Properties/DistributionConfig/CacheBehaviors/1/PathPattern",
        "PathPattern is /api/*, and /* before it matches all of its requests: it is never used. Put it "
        "first.",
    ),
    "twice": (
        distribution("/api/*", "api/*"),
        "Resources/Distribution/Properties/DistributionConfig/CacheBehaviors/1/PathPattern",
        "PathPattern is api/*, and /api/* before it matches all of its requests: it is never used. "
        "Put it first.",
    ),
}
