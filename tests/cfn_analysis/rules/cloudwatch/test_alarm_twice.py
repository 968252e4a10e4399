"""Alarms that are alike."""


def template(first: str, second: str, conditions: str = "") -> str:
    """Return a template with two alarms."""
    others = conditions.replace("Production", "Test")
    return f"""
Parameters:
  Stage: {{Type: String}}
Conditions:
  Production: !Equals [!Ref Stage, production]
  Test: !Not [!Condition Production]
Resources:
  One: {{Type: AWS::EC2::NatGateway}}
  Other: {{Type: AWS::EC2::NatGateway}}
  OneAlarm: {{Type: AWS::CloudWatch::Alarm, {conditions}Properties: {{{first}}}}}
  OtherAlarm: {{Type: AWS::CloudWatch::Alarm, {others}Properties: {{{second}}}}}
"""


def watching(gateway: str, threshold: int = 0, name: str = "x") -> str:
    """Return the properties of an alarm."""
    return (
        f"AlarmName: {name}, Namespace: AWS/NATGateway, MetricName: ErrorPortAllocation, Statistic: Sum, "
        f"Dimensions: [{{Name: NatGatewayId, Value: !Ref {gateway}}}], Threshold: {threshold}"
    )


GOOD = {
    "another gateway": template(watching("One"), watching("Other")),
    "warning and alarm": template(watching("One", 0), watching("One", 100)),
    "never together": template(watching("One"), watching("One"), "Condition: Production, "),
    "without a metric": template("AlarmName: a", "AlarmName: a"),
}

BAD = {
    "copy": (
        template(watching("One"), watching("One", 0, "y")),
        "Resources/OtherAlarm/Properties/Dimensions",
        "OtherAlarm has the same metric and condition as OneAlarm: both fire together. If it is a "
        "copy, correct its dimensions. Otherwise, remove it.",
    ),
}
