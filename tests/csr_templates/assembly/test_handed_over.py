"""Values that one stack exports and another uses, in stacks that match and stacks that do not."""

import copy
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates import STACKS
from csr_templates.assembly.handed_over import problems
from csr_templates.naming import PREFIX


def named(what: str) -> dict[str, str]:
    """Return a name of this environment, as templates write it."""
    return {"Fn::Sub": f"{PREFIX}{what}"}


def key(service: str, condition: str, pattern: Any, *actions: str) -> dict[str, Any]:
    """Return a key for a service and its log groups or alarms with this name."""
    statement = {
        "Action": list(actions or ("kms:Decrypt", "kms:GenerateDataKey*")),
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Condition": {"ArnLike": {condition: [pattern]}},
    }
    return {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [statement]}}}


LOGS = "arn:aws:logs:*:*:log-group:"
EXPORTS = {
    "vpc": {"Ref": "Vpc"},
    "subnet-1": {"Ref": "Subnet1"},
    "subnet-2": {"Ref": "Subnet2"},
    "again": {"Ref": "Subnet1"},
    "subnet-3": {"Ref": "Subnet3"},
    "key": {"Fn::GetAtt": ["LogsKey", "Arn"]},
    "key-id": {"Ref": "LogsKey"},
    "alarms-key": {"Fn::GetAtt": ["AlarmsKey", "Arn"]},
    "decrypting-key": {"Fn::GetAtt": ["DecryptingKey", "Arn"]},
    "events-key": {"Fn::GetAtt": ["EventsKey", "Arn"]},
    "api": {"Ref": "Api"},
    "text": "text",
}
NETWORK = BuiltStack(
    "network",
    "main.yaml",
    "ap-northeast-1",
    {
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC"},
            "Subnet1": {"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZone": {"Ref": "Zone1"}}},
            "Subnet2": {"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZone": {"Ref": "Zone2"}}},
            "Subnet3": {"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZone": {"Ref": "Zone1"}}},
            "LogsKey": key(
                "logs.ap-northeast-1.amazonaws.com",
                "kms:EncryptionContext:aws:logs:arn",
                {"Fn::Sub": f"{LOGS}/own/{PREFIX}*"},
            ),
            "AlarmsKey": key(
                "cloudwatch.amazonaws.com",
                "aws:SourceArn",
                {"Fn::Sub": f"arn:aws:cloudwatch:*:*:alarm:{PREFIX}*"},
            ),
            "DecryptingKey": key("cloudwatch.amazonaws.com", "aws:SourceArn", "*", "kms:Decrypt"),
            "EventsKey": key("events.rds.amazonaws.com", "aws:SourceArn", "*", "kms:*"),
            "Api": {"Type": "AWS::ApiGateway::RestApi"},
            "Stage": {
                "Type": "AWS::ApiGateway::Stage",
                "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "v1"},
            },
            "Method": {"Type": "AWS::ApiGateway::Method", "Properties": {"RestApiId": {"Ref": "Api"}}},
        },
        "Outputs": {
            f"Out{number}": {"Value": value, "Export": {"Name": named(name)}}
            for number, (name, value) in enumerate(EXPORTS.items())
        },
    },
)


def found(*resources: dict[str, Any], region: str = "ap-northeast-1") -> list[str]:
    """Return the findings for a stack with these resources, which are named R0, R1 and so on."""
    template = {"Resources": {f"R{number}": body for number, body in enumerate(resources)}}
    return list(problems(BuiltStack("api", "api.yaml", region, template), [NETWORK]))


def importing(name: str) -> dict[str, Any]:
    """Return an import of a name."""
    return {"Fn::ImportValue": named(name)}


def function(*subnets: str) -> dict[str, Any]:
    """Return a function in these subnets."""
    config = {"SubnetIds": [importing(name) for name in subnets]}
    return {"Type": "AWS::Lambda::Function", "Properties": {"VpcConfig": config}}


def database(*subnets: str) -> dict[str, Any]:
    """Return a subnet group of a database."""
    properties = {"SubnetIds": [importing(name) for name in subnets]}
    return {"Type": "AWS::RDS::DBSubnetGroup", "Properties": properties}


def group(name: str, of_key: str = "key") -> dict[str, Any]:
    """Return a log group of this name under an imported key."""
    properties = {"LogGroupName": {"Fn::Sub": name}, "KmsKeyId": importing(of_key)}
    return {"Type": "AWS::Logs::LogGroup", "Properties": properties}


def topic(of_key: str) -> dict[str, Any]:
    """Return a topic under an imported key."""
    return {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": importing(of_key)}}


def alarm(name: Any) -> dict[str, Any]:
    """Return an alarm that notifies the first resource."""
    properties = {"AlarmName": name, "AlarmActions": [{"Ref": "R0"}]}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


SUBSCRIPTION = {"Type": "AWS::RDS::EventSubscription", "Properties": {"SnsTopicArn": {"Ref": "R0"}}}


def distribution(path: str, **custom: int) -> dict[str, Any]:
    """Return a distribution in front of the imported API."""
    name = {"Fn::Sub": ["${Api}.execute-api.a.amazonaws.com", {"Api": importing("api")}]}
    api = {"DomainName": name, "OriginPath": path, "CustomOriginConfig": custom}
    origins = [{"DomainName": "site"}, api]
    return {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": {"Origins": origins}},
    }


@pytest.mark.parametrize(
    "resources",
    [
        [function("subnet-1", "subnet-2")],
        [function("text", "unknown")],
        [function("subnet-1", "subnet-3")],
        [database("subnet-1", "subnet-2")],
        [database("subnet-1", "unknown")],
        [{"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": importing("vpc")}}],
        [group(f"/own/{PREFIX}a")],
        [topic("alarms-key"), alarm(named("high"))],
        [topic("key")],
        [topic("events-key"), SUBSCRIPTION],
        [distribution("/v1")],
        [distribution("/v1/public")],
        [distribution("/v1", OriginReadTimeout=29)],
    ],
)
def test_matching_values(resources: list[dict[str, Any]]) -> None:
    """Values of the correct kind, and values that the templates do not determine, are not reported."""
    assert found(*resources) == []


@pytest.mark.parametrize(
    ("resources", "sentence"),
    [
        (
            [function("vpc")],
            f"Resources.R0.Properties.SubnetIds: It imports {PREFIX}vpc, which is Vpc of stack network, an "
            "AWS::EC2::VPC, but the property needs an AWS::EC2::Subnet. Import another name, or correct the "
            "output.",
        ),
        (
            [database("subnet-1", "subnet-3")],
            "Resources.R0.Properties.SubnetIds: Subnet1 and Subnet3 are all in the Availability Zone "
            "${Zone1}, but RDS needs two. Give the subnets different zones.",
        ),
        (
            [function("subnet-1", "again")],
            f"Resources.R0.Properties.SubnetIds: It imports {PREFIX}again, which is Subnet1 of stack "
            "network, but the list already contains that resource. Import another name, or correct "
            "the output.",
        ),
        (
            [group(f"/own/{PREFIX}a", "key-id")],
            "Resources.R0.Properties.KmsKeyId: It imports the ID of LogsKey of stack network, but a log "
            "group needs the key's ARN. Export its Arn.",
        ),
        (
            [group(f"/other/{PREFIX}a")],
            "Resources.R0.Properties.KmsKeyId: The policy of LogsKey of stack network does not allow the "
            f"log-group /other/{PREFIX}a in kms:EncryptionContext:aws:logs:arn. Change the name, or add it "
            "to the policy.",
        ),
        (
            [group(f"/own/{PREFIX}a", "alarms-key")],
            "Resources.R0.Properties.KmsKeyId: The policy of AlarmsKey of stack network does not allow "
            "logs.amazonaws.com. Add a statement that does.",
        ),
        (
            [topic("key"), alarm(named("high"))],
            "Resources.R0.Properties.KmsMasterKeyId: The policy of LogsKey of stack network does not allow "
            "cloudwatch.amazonaws.com. Add a statement that does.",
        ),
        (
            [topic("alarms-key"), alarm("high")],
            "Resources.R0.Properties.KmsMasterKeyId: The policy of AlarmsKey of stack network does not "
            "allow the alarm high in aws:SourceArn. Change the name, or add it to the policy.",
        ),
        (
            [topic("decrypting-key"), alarm("high")],
            "Resources.R0.Properties.KmsMasterKeyId: The policy of DecryptingKey of stack network does not "
            "allow cloudwatch.amazonaws.com kms:GenerateDataKey. Add a statement that does.",
        ),
        (
            [topic("alarms-key"), SUBSCRIPTION],
            "Resources.R0.Properties.KmsMasterKeyId: The policy of AlarmsKey of stack network does not allow "
            "events.rds.amazonaws.com kms:Decrypt and kms:GenerateDataKey. Add a statement that does.",
        ),
        (
            [distribution("/prod")],
            "Resources.R0.Properties.DistributionConfig.Origins[1].OriginPath: It is /prod, but Api of stack "
            "network has the stage v1. Start the path with the stage.",
        ),
        (
            [distribution("/v1", OriginReadTimeout=28)],
            "Resources.R0.Properties.DistributionConfig.Origins[1].CustomOriginConfig.OriginReadTimeout: "
            "It is 28 seconds, but an integration of Api of stack network waits 29000 ms: CloudFront answers "
            "504 while the API still works. Raise OriginReadTimeout, or lower TimeoutInMillis.",
        ),
        (
            [distribution("")],
            "Resources.R0.Properties.DistributionConfig.Origins[1].OriginPath: It is empty, but Api of stack "
            "network has the stage v1. Start the path with the stage.",
        ),
    ],
)
def test_other_values(resources: list[dict[str, Any]], sentence: str) -> None:
    """Each value of another kind is reported with its resource."""
    assert found(*resources) == [sentence]
    assert found(*resources, region="us-east-1") == []


def test_our_own_stacks() -> None:
    """Our stacks match. A key that does not allow the log groups of a stack is reported."""
    built: list[BuiltStack] = []
    for stack in STACKS:
        template: Any = stack.build().to_dict()
        pattern = PREFIX + stack.name
        complete = BuiltStack(stack.name, stack.template, stack.region, template, name_pattern=pattern)
        assert list(problems(complete, built)) == []
        built.append(complete)
    network, database = built[:2]

    template = copy.deepcopy(network.template)
    statement = template["Resources"]["LogsKey"]["Properties"]["KeyPolicy"]["Statement"][1]
    del statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"][1]
    forgetful = BuiltStack(network.name, network.file, network.region, template)
    assert len(list(problems(database, [forgetful]))) == 3
