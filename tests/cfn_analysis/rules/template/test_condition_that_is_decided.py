"""Conditions that depend on others."""

from ..harness import frame

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

GOOD = {
    "and": conditions("!And [!Condition Prod, !Condition More]"),
    "or": conditions("!Or [!Condition Prod, !Condition Dev]"),
    "not": conditions("!Not [!Condition Prod]"),
}

BAD = {
    "two values": (
        conditions("!And [!Condition Prod, !Condition Dev]"),
        "Conditions/Both",
        "Both is always falsefor all parameter values. Correct it, or remove it.",
    ),
    "and not": (
        conditions("!And [!Condition Prod, !Condition More, !Not [!Condition More]]"),
        "Conditions/Both",
        "Both is always falsefor all parameter values. Correct it, or remove it.",
    ),
    "always": (
        conditions("!Or [!Condition Prod, !Not [!Condition Prod]]"),
        "Conditions/Both",
        "Both is always truefor all parameter values. Correct it, or remove it.",
    ),
}
