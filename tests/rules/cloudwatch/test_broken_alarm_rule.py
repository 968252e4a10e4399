"""Composite alarms."""


def composite(rule: str) -> str:
    """Return a template with an alarm, and one that is made of it."""
    return f"""
Resources:
  Errors: {{Type: AWS::CloudWatch::Alarm, Properties: {{AlarmName: api-errors}}}}
  All: {{Type: AWS::CloudWatch::CompositeAlarm, Properties: {{AlarmRule: {rule}}}}}
"""


def two(rule: str) -> str:
    """Return a template with two alarms, and one that is made of them."""
    return f"""
Resources:
  Errors: {{Type: AWS::CloudWatch::Alarm}}
  Slow: {{Type: AWS::CloudWatch::Alarm}}
  All: {{Type: AWS::CloudWatch::CompositeAlarm, Properties: {{AlarmRule: {rule}}}}}
"""


def case(text: str, message: str) -> tuple[str, ...]:
    """A rule that CloudWatch refuses is found."""
    return text, "Resources/All/Properties/AlarmRule", f"AlarmRule {message}"


GOOD = {
    "name": composite("'ALARM(\"api-errors\") OR NOT (OK(other) AND FALSE)'"),
    "reference": composite("!Sub 'ALARM(${Errors})'"),
    "ARN": composite("!Sub 'ALARM(\"${Errors.Arn}\")'"),
    "nested": two("'(ALARM(errors) OR ALARM(\"slow one\")) AND NOT (OK(errors) OR FALSE)'"),
}

BAD = {
    "misspelt": case(
        composite("'ALARM(\"api-error\")'"),
        "contains the alarm api-error, which does not exist. Did you mean api-errors?",
    ),
    "parenthesis": case(
        composite("!Sub 'ALARM(\"${Errors}\"'"),
        "has 1 ( and 0 ): CloudWatch refuses it.",
    ),
    "word": case(
        composite('!Sub \'ALARM("${Errors}") and OK("${Errors}")\''),
        "has the word and; allowed are ALARM, OK, INSUFFICIENT_DATA, AND, OR, NOT, TRUE and FALSE.",
    ),
    "signs": case(
        two('!Sub \'ALARM("${Errors}") && ALARM("${Slow}")\''),
        "has the sign &&; conditions are joined by AND, OR and NOT. CloudWatch refuses it.",
    ),
    "not": case(
        two("!Sub '!OK(\"${Errors}\")'"),
        "has the sign !; conditions are joined by AND, OR and NOT. CloudWatch refuses it.",
    ),
}
