"""GetStackOutput in both forms."""

import json

from ..harness import frame, row

output = frame(
    "<first=>Parameters: {Name: {Type: String, Default: x}}\n"
    "Resources: {Topic: {Type: AWS::SNS::Topic}}\n"
    "Outputs:\n  Id:\n    Value: <value>\n"
)

message = frame(
    "!GetStackOutput contains <found> in its short form, which CloudFormation does not read there. "
    "Write the outer function in full: Fn::GetStackOutput."
)

case = row(output("<value>"), "Outputs/Id/Value/Fn::GetStackOutput", message("<found>"))

GOOD = {
    "literals": output("!GetStackOutput {StackName: api, OutputName: Id}"),
    "outer in full": output("{Fn::GetStackOutput: {StackName: !Ref Name, OutputName: Id}}"),
    "inner in full": output("!GetStackOutput {StackName: {Ref: Name}, OutputName: Id}"),
    "another function": output("!Sub '${Name}'"),
    "JSON": json.dumps(
        {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {"Id": {"Value": {"Fn::GetStackOutput": {"StackName": {"Ref": "AWS::StackName"}}}}},
        }
    ),
    "text that a transform replaces": output(
        "!GetStackOutput {StackName: !Ref Name, OutputName: Id}", "Transform: AWS::LanguageExtensions\n"
    ),
}

BAD = {
    "Ref": case("!GetStackOutput {StackName: !Ref Name, OutputName: Id}", "!Ref"),
    "Sub": case("!GetStackOutput {StackName: !Sub '${Name}', OutputName: Id}", "!Sub"),
    "GetAtt": case("!GetStackOutput {StackName: api, OutputName: !GetAtt Topic.TopicName}", "!GetAtt"),
    "deeper": case("!GetStackOutput {StackName: {Fn::Join: ['-', [a, !Ref Name]]}, OutputName: Id}", "!Ref"),
    "If": case("!GetStackOutput {StackName: !If [Switched, a, b], OutputName: Id}", "!If"),
    "finds it in a resource": (
        "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {Tags: [{Key: a, Value: !Join ['', "
        "[!GetStackOutput {StackName: !Ref AWS::StackName, OutputName: b}]]}]}}}",
        "Resources/Topic/Properties/Tags/0/Value/Fn::Join/1/0/Fn::GetStackOutput",
        message("!Ref"),
    ),
}
