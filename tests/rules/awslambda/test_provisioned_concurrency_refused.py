"""Environments that are kept ready."""

GOOD = {
    "version": """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Function
      FunctionVersion: '1'
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
""",
    "latest without": """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Function
      FunctionVersion: $LATEST
""",
    "snapshots without": """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {SnapStart: {ApplyOn: PublishedVersions}}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Function
      FunctionVersion: '1'
""",
    "no snapshots": """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {SnapStart: {ApplyOn: None}}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Function
      FunctionVersion: '1'
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
""",
}

BAD = {
    "latest": (
        """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Function
      FunctionVersion: $LATEST
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
""",
        "Resources/Alias/Properties/FunctionVersion",
        "FunctionVersion is $LATEST beside ProvisionedConcurrencyConfig: Lambda refuses "
        "it. Publish a version.",
    ),
    "snapshots": (
        """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {SnapStart: {ApplyOn: PublishedVersions}}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Function
      FunctionVersion: '1'
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
""",
        "Resources/Alias/Properties/ProvisionedConcurrencyConfig",
        "ProvisionedConcurrencyConfig is set, and Function has SnapStart: Lambda refuses "
        "both together. Remove one.",
    ),
}
