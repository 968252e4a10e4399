"""Composite alarms."""


def composite(rule: str) -> str:
    """Return a template with an alarm, and one that is made of it."""
    return f"""
Resources:
  Errors: {{Type: AWS::CloudWatch::Alarm, Properties: {{AlarmName: api-errors}}}}
  All: {{Type: AWS::CloudWatch::CompositeAlarm, Properties: {{AlarmRule: {rule}}}}}
"""


GOOD = {
    "name": composite("'ALARM(\"api-errors\") OR NOT (OK(other) AND FALSE)'"),
    "reference": composite("!Sub 'ALARM(${Errors})'"),
    "ARN": composite("!Sub 'ALARM(\"${Errors.Arn}\")'"),
    "nested": """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Slow: {Type: AWS::CloudWatch::Alarm}
  All:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmRule: '(ALARM(errors) OR ALARM("slow one")) AND NOT (OK(errors) OR FALSE)'
""",
}

BAD = {
    "misspelt": (
        composite("'ALARM(\"api-error\")'"),
        "Resources/All/Properties/AlarmRule",
        "AlarmRule contains the alarm api-error, which does not exist. Did you mean api-errors?",
    ),
    "parenthesis": (
        composite("!Sub 'ALARM(\"${Errors}\"'"),
        "Resources/All/Properties/AlarmRule",
        "AlarmRule has 1 ( and 0 ): CloudWatch refuses it.",
    ),
    "word": (
        composite('!Sub \'ALARM("${Errors}") and OK("${Errors}")\''),
        "Resources/All/Properties/AlarmRule",
        "AlarmRule has the word and; allowed are ALARM, OK, INSUFFICIENT_DATA, AND, OR, NOT, TRUE and FALSE.",
    ),
    "signs": (
        """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Slow: {Type: AWS::CloudWatch::Alarm}
  All:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmRule: !Sub 'ALARM("${Errors}") && ALARM("${Slow}")'
""",
        "Resources/All/Properties/AlarmRule",
        "AlarmRule has the sign &&; conditions are joined by AND, OR and NOT. CloudWatch refuses it.",
    ),
    "not": (
        """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Slow: {Type: AWS::CloudWatch::Alarm}
  All:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmRule: !Sub '!OK("${Errors}")'
""",
        "Resources/All/Properties/AlarmRule",
        "AlarmRule has the sign !; conditions are joined by AND, OR and NOT. CloudWatch refuses it.",
    ),
}
