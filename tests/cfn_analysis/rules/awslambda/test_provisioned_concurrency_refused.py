"""Environments that are kept ready."""

READY = ", ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}"
SNAPSHOTS = "SnapStart: {ApplyOn: PublishedVersions}"


def alias(version: str, more: str = "", function: str = "") -> str:
    """Return a template with an alias, and a function of these properties."""
    return f"""
  Function: {{Type: AWS::Lambda::Function, Properties: {{{function}}}}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties: {{FunctionName: !Ref Function, FunctionVersion: {version}{more}}}
"""


GOOD = {
    "version": alias("'1'", READY),
    "latest without": alias("$LATEST"),
    "snapshots without": alias("'1'", function=SNAPSHOTS),
    "no snapshots": alias("'1'", READY, "SnapStart: {ApplyOn: None}"),
}

BAD = {
    "latest": (
        alias("$LATEST", READY),
        "Resources/Alias/Properties/FunctionVersion",
        "FunctionVersion is $LATEST beside ProvisionedConcurrencyConfig: Lambda refuses it. Publish a "
        "version.",
    ),
    "snapshots": (
        alias("'1'", READY, SNAPSHOTS),
        "Resources/Alias/Properties/ProvisionedConcurrencyConfig",
        "ProvisionedConcurrencyConfig is set, and Function has SnapStart: Lambda refuses both together. "
        "Remove one.",
    ),
}
