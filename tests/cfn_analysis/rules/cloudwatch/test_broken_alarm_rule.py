"""Composite alarms."""

from ..harness import frame, row

composite = frame("""
  Errors: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: api-errors}}
  All: {Type: AWS::CloudWatch::CompositeAlarm, Properties: {AlarmRule: <rule>}}
""")

two = frame("""
  Errors: {Type: AWS::CloudWatch::Alarm}
  Slow: {Type: AWS::CloudWatch::Alarm}
  All: {Type: AWS::CloudWatch::CompositeAlarm, Properties: {AlarmRule: <rule>}}
""")

case = row("<text>", "Resources/All/Properties/AlarmRule", "AlarmRule <message>")

GOOD = {
    "name": composite("'ALARM(\"api-errors\") OR NOT (OK(other) AND FALSE)'"),
    "reference": composite("!Sub 'ALARM(${Errors})'"),
    "ARN": composite("!Sub 'ALARM(\"${Errors.Arn}\")'"),
    "at least": two(
        "'AT_LEAST(2, ALARM, (errors, \"slow (one)\", x)) AND NOT AT_LEAST(50%, NOT OK, (a, b))'"
    ),
    "at least of references": two("!Sub 'AT_LEAST(1, ALARM, (${Errors.Arn}, ${Slow.Arn}))'"),
    "quoted parenthesis": two("'ALARM(\"slow :)\")'"),
    "part from a mapping": two("!Sub ['(ALARM(slow) ${More}', {More: !FindInMap [a, b, c]}]"),
    "switched off": two("'false'"),
    "nested": two("'(ALARM(errors) OR ALARM(\"slow one\")) AND NOT (OK(errors) OR FALSE)'"),
}

BAD = {
    "misspelt in a list": case(
        composite("'AT_LEAST(1, ALARM, (api-error, other))'"),
        "contains the alarm api-error, which does not exist. Did you mean api-errors?",
    ),
    "at least without state": case(
        composite("'AT_LEAST(1, (api-errors, other))'"),
        "has AT_LEAST in another form than AT_LEAST(2, ALARM, (NAME, NAME)): CloudWatch refuses it.",
    ),
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
        "has the word and; allowed are ALARM, OK, INSUFFICIENT_DATA, AND, OR, NOT, AT_LEAST, TRUE and FALSE.",
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
