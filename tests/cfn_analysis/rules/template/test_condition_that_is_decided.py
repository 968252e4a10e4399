"""Conditions that depend on others."""

from ..harness import frame, row

conditions = frame("""
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod, test]}
Conditions:
  Dev: !Equals [!Ref Stage, dev]
  Prod: !Equals [!Ref Stage, prod]
  Both: <both>
Resources:
  Topic: {Type: AWS::SNS::Topic}
""")

case = row(
    "<text>",
    "Conditions/Both",
    "Both is always <found> all parameter values. Correct it, or remove it.",
)

GOOD = {
    "and": conditions("!And [!Condition Prod, !Condition More]"),
    "or": conditions("!Or [!Condition Prod, !Condition Dev]"),
    "not": conditions("!Not [!Condition Prod]"),
}

BAD = {
    "two values": case(conditions("!And [!Condition Prod, !Condition Dev]"), "falsefor"),
    "and not": case(
        conditions("!And [!Condition Prod, !Condition More, !Not [!Condition More]]"), "falsefor"
    ),
    "always": case(conditions("!Or [!Condition Prod, !Not [!Condition Prod]]"), "truefor"),
}
