"""Names of log groups."""

from ..harness import frame

template = frame("""
Parameters:
  Name: {Type: String}
Resources:
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/aws/vpc/flowlogs/${Name}'}}
  One: {<resource>}
""")


def query(name: str) -> str:
    """Return a saved query on a log group."""
    return template(f"Type: AWS::Logs::QueryDefinition, Properties: {{LogGroupNames: [{name}]}}")


GOOD = {
    "Ref": query("!Ref Group"),
    "same name": query("!Sub '/aws/vpc/flowlogs/${Name}'"),
    "another log": query("/aws/lambda/own"),
    "another parameter": query("!Sub '/aws/vpc/flowlogs/${AWS::StackName}'"),
}

BAD = {
    "hyphen": (
        query("!Sub '/aws/vpc/flow-logs/${Name}'"),
        "Resources/One/Properties/LogGroupNames/0",
        "/aws/vpc/flow-logs/${Name} is not a log group of the template; Group is called "
        "/aws/vpc/flowlogs/${Name}. Use Ref.",
    ),
    "capitals": (
        template(
            "Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: !Sub '/aws/vpc/FlowLogs/${Name}'}"
        ),
        "Resources/One/Properties/LogGroupName",
        "/aws/vpc/FlowLogs/${Name} is not a log group of the template; Group is called "
        "/aws/vpc/flowlogs/${Name}. Use Ref.",
    ),
    "function": (
        template(
            "Type: AWS::Lambda::Function, "
            "Properties: {LoggingConfig: {LogGroup: !Sub '/aws/vpc/flow_logs/${Name}'}}"
        ),
        "Resources/One/Properties/LoggingConfig/LogGroup",
        "/aws/vpc/flow_logs/${Name} is not a log group of the template; Group is called "
        "/aws/vpc/flowlogs/${Name}. Use Ref.",
    ),
}
