"""Environments that are kept ready."""

from ..harness import frame

READY = ", ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}"
SNAPSHOTS = "SnapStart: {ApplyOn: PublishedVersions}"

alias = frame("""
  Function: {Type: AWS::Lambda::Function, Properties: {<function=>}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties: {FunctionName: !Ref Function, FunctionVersion: <version><more=>}
""")

GOOD = {
    "version": alias("'1'", more=READY),
    "latest without": alias("$LATEST"),
    "snapshots without": alias("'1'", function=SNAPSHOTS),
    "no snapshots": alias("'1'", more=READY, function="SnapStart: {ApplyOn: None}"),
}

BAD = {
    "latest": (
        alias("$LATEST", more=READY),
        "Resources/Alias/Properties/FunctionVersion",
        "FunctionVersion is $LATEST beside ProvisionedConcurrencyConfig: Lambda refuses it. Publish a "
        "version.",
    ),
    "snapshots": (
        alias("'1'", more=READY, function=SNAPSHOTS),
        "Resources/Alias/Properties/ProvisionedConcurrencyConfig",
        "ProvisionedConcurrencyConfig is set, and Function has SnapStart: Lambda refuses both together. "
        "Remove one.",
    ),
}
