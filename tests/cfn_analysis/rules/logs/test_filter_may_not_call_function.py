"""Subscription filters with functions."""


def template(principal: str, depends: str = "\n    DependsOn: Permission") -> str:
    """Return a template with a filter, its function and a permission."""
    return f"""
  F: {{Type: AWS::Lambda::Function}}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref F, Principal: {principal}}}}}
  Filter:
    Type: AWS::Logs::SubscriptionFilter{depends}
    Properties: {{LogGroupName: a, FilterPattern: '', DestinationArn: !GetAtt F.Arn}}
"""


GOOD = {
    "allowed": template("logs.amazonaws.com"),
    "regional": template("!Sub 'logs.${AWS::Region}.amazonaws.com'"),
}

BAD = {
    "another service": (
        template("events.amazonaws.com"),
        "Resources/Filter/Properties/DestinationArn",
        "DestinationArn is F, and no AWS::Lambda::Permission allows logs.amazonaws.com to call it: "
        "the filter is refused. Add one.",
    ),
    "at once": (
        template("logs.amazonaws.com", ""),
        "Resources/Filter/Properties/DestinationArn",
        "The filter does not wait for Permission, which allows logs.amazonaws.com to call F: it is "
        "refused if it is created first. Add DependsOn: Permission.",
    ),
}
