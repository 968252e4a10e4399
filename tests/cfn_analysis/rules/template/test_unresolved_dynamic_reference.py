"""Dynamic references that are resolved, and are not."""

from ..harness import frame, row

SECRET = "{{resolve:secretsmanager:name}}"
SECURE = "{{resolve:ssm-secure:/name:1}}"
PLAIN = "{{resolve:ssm:/name}}"
SUB = "!Sub '{{resolve:secretsmanager:${AWS::StackName}}}'"
SECURE_SUB = "!Sub '{{resolve:ssm-secure:/${AWS::StackName}:1}}'"
JOIN = "!Join ['', ['{{resolve:secretsmanager:', !Ref AWS::StackName, '}}']]"

resource = frame("Resources: {One: {Type: '<kind>', Metadata: {<metadata=>}, Properties: {<properties>}}}")

output = frame("Resources: {}\nOutputs: {Out: {Value: <value>}}")

TABLE = "AWS::SSM::Parameter"
CUSTOM = "Custom::Thing"
USER_DATA = "UserData, where it stays a text. Let the script on the instance read the value."
INIT = "AWS::CloudFormation::Init, where it stays a text. Let a command on the instance read the value."
NO_SECRETS = (
    "a custom resource, which does not get secrets. Pass the name and let its function read the value."
)
OUTPUT = "an output, which must not show a secret. Output the name or ARN of the secret instead."
METADATA = "Metadata, which must not contain a secret. Remove it, or refer to the secret by its name."

case = row("<text>", "<path>", "The dynamic reference {{resolve:<kind>:...}} is in <problem>")

GOOD = {
    "secret in a property": resource(TABLE, f"Value: '{SECRET}'"),
    "secret by Sub in a property": resource(TABLE, f"Value: {SUB}"),
    "parameter in a property": resource(TABLE, f"Value: '{PLAIN}'"),
    "ssm-secure": resource("AWS::RDS::DBCluster", f"MasterUserPassword: {SECURE_SUB}"),
    "ssm-secure, deeper": resource("AWS::IAM::User", f"LoginProfile: {{Password: {SECURE_SUB}}}"),
    "ssm-secure in branches": resource(
        "AWS::RDS::DBCluster", f"MasterUserPassword: !If [A, {SECURE_SUB}, {SECURE_SUB}]"
    ),
    "ssm-secure that cfn-lint finds itself": resource(TABLE, f"Value: '{SECURE}'"),
    "parameter in a custom resource": resource(CUSTOM, f"Value: '{PLAIN}'"),
    "custom resource that cfn-lint finds itself": resource(CUSTOM, f"Value: '{SECURE}'"),
    "metadata that cfn-lint finds itself": resource(TABLE, "Value: x", f"Note: '{SECRET}'"),
    "parameter in metadata": resource(TABLE, "Value: x", f"Note: '{PLAIN}'"),
    "output that cfn-lint finds itself": output(f"'{SECRET}'"),
    "parameter in an output": output("!Sub '{{resolve:ssm:/${AWS::StackName}}}'"),
    "description": f"Description: '{SECRET}'\nResources: {{}}",
    "policy": "Resources: {One: {Type: A::B::C, UpdatePolicy: {A: '{{resolve:ssm:/a}}'}}}",
    "no reference": resource("AWS::EC2::Instance", "UserData: echo"),
}

BAD = {
    "user data": case(
        resource("AWS::EC2::Instance", f"UserData: '{PLAIN}'"),
        "Resources/One/Properties/UserData",
        "ssm",
        USER_DATA,
    ),
    "user data of a launch template": case(
        resource("AWS::EC2::LaunchTemplate", f"LaunchTemplateData: {{UserData: {{Fn::Base64: {SUB}}}}}"),
        "Resources/One/Properties/LaunchTemplateData/UserData/Fn::Base64/Fn::Sub",
        "secretsmanager",
        USER_DATA,
    ),
    "init": case(
        resource("A::B::C", "A: x", f"AWS::CloudFormation::Init: {{config: {{a: '{PLAIN}'}}}}"),
        "Resources/One/Metadata/AWS::CloudFormation::Init/config/a",
        "ssm",
        INIT,
    ),
    "init by Sub": case(
        resource("A::B::C", "A: x", f"AWS::CloudFormation::Init: {{config: {{a: {SUB}}}}}"),
        "Resources/One/Metadata/AWS::CloudFormation::Init/config/a/Fn::Sub",
        "secretsmanager",
        INIT,
    ),
    "metadata by Join": case(
        resource("A::B::C", "A: x", f"Note: {JOIN}"),
        "Resources/One/Metadata/Note/Fn::Join/1/0",
        "secretsmanager",
        METADATA,
    ),
    "output by Sub": case(output(SUB), "Outputs/Out/Value/Fn::Sub", "secretsmanager", OUTPUT),
    "output by Join": case(output(JOIN), "Outputs/Out/Value/Fn::Join/1/0", "secretsmanager", OUTPUT),
    "ssm-secure in an output": case(output(SECURE_SUB), "Outputs/Out/Value/Fn::Sub", "ssm-secure", OUTPUT),
    "custom resource, in one branch": case(
        resource(CUSTOM, f"A: [!If [C, '{SECRET}', x]]"),
        "Resources/One/Properties/A/0/Fn::If/1",
        "secretsmanager",
        NO_SECRETS,
    ),
    "custom resource, ssm-secure by Sub": case(
        resource("AWS::CloudFormation::CustomResource", f"A: {SECURE_SUB}"),
        "Resources/One/Properties/A/Fn::Sub",
        "ssm-secure",
        NO_SECRETS,
    ),
    "ssm-secure by Sub in any property": case(
        resource(TABLE, f"Value: {SECURE_SUB}"),
        "Resources/One/Properties/Value/Fn::Sub",
        "ssm-secure",
        "Value, which does not accept it. Use {{resolve:secretsmanager:...}}, or let the service read the "
        "parameter itself.",
    ),
    "each kind in a text once": (
        *case(
            resource("AWS::EC2::Instance", f"UserData: '{PLAIN} {PLAIN} {SECRET}'"),
            "Resources/One/Properties/UserData",
            "ssm",
            USER_DATA,
        ),
        *case("", "Resources/One/Properties/UserData", "secretsmanager", USER_DATA)[1:],
    ),
}
