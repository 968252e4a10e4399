"""Filters of logs."""

GOOD = {
    "keeps what was blocked": """
Resources:
  Logging:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties:
      LoggingFilter:
        DefaultBehavior: DROP
        Filters:
          - Behavior: KEEP
            Requirement: MEETS_ANY
            Conditions:
              - ActionCondition: {Action: BLOCK}
              - ActionCondition: {Action: COUNT}
""",
    "drops what was allowed": """
Resources:
  Logging:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties:
      LoggingFilter:
        DefaultBehavior: KEEP
        Filters:
          - Behavior: DROP
            Requirement: MEETS_ANY
            Conditions:
              - ActionCondition: {Action: ALLOW}
""",
    "label": """
Resources:
  Logging:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties:
      LoggingFilter:
        DefaultBehavior: DROP
        Filters:
          - Behavior: KEEP
            Requirement: MEETS_ANY
            Conditions:
              - LabelNameCondition: {LabelName: a}
""",
}

BAD = {
    "dropped": (
        """
Resources:
  Logging:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties:
      LoggingFilter:
        DefaultBehavior: KEEP
        Filters:
          - Behavior: DROP
            Requirement: MEETS_ANY
            Conditions:
              - ActionCondition: {Action: BLOCK}
""",
        "Resources/Logging/Properties/LoggingFilter/Filters",
        "A filter drops the requests that were blocked: the log does not show them. Add a "
        "filter that keeps BLOCK.",
    ),
    "not kept": (
        """
Resources:
  Logging:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties:
      LoggingFilter:
        DefaultBehavior: DROP
        Filters:
          - Behavior: KEEP
            Requirement: MEETS_ANY
            Conditions:
              - ActionCondition: {Action: COUNT}
""",
        "Resources/Logging/Properties/LoggingFilter/DefaultBehavior",
        "DefaultBehavior drops the requests that were blocked: the log does not show them. "
        "Add a filter that keeps BLOCK.",
    ),
}
