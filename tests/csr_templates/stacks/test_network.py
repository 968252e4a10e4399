"""Facts of the network stack."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cfn_analysis.model.resolving import failed_assertions, resolve

Template = dict[str, Any]


@pytest.fixture(scope="module")
def resources(network: Template) -> Template:
    """Logical ID -> resource, with production's values, in account 123456789012."""
    found: Template = resolve(network)["Resources"]
    return found


def of_type(resources: Template, resource_type: str) -> Template:
    """Return logical ID -> properties of all resources of one type."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == f"AWS::EC2::{resource_type}"
    }


def test_the_same_zone_twice_is_refused(network: Template) -> None:
    """Two subnets in the same zone would fail together, so a rule stops the deploy before it starts."""
    zone = network["Parameters"]["AvailabilityZone1"]["Default"]

    assert failed_assertions(network, {"AvailabilityZone2": zone}) == [
        "AvailabilityZone1 and AvailabilityZone2 must be different zones."
    ]
    assert failed_assertions(network) == []


def test_vpc(resources: Template) -> None:
    """The VPC has DNS, which the endpoint requires, and the tags of the project and environment."""
    vpc = resources["VPC"]["Properties"]

    assert (vpc["EnableDnsSupport"], vpc["EnableDnsHostnames"]) == (True, True)
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == {
        "Environment": "prod",
        "Name": "csr-lambda-api-prod-vpc",
        "Project": "csr-lambda-api",
    }


def test_subnets(network: Template, resources: Template) -> None:
    """Two public and two private subnets are in two zones, and do not assign public addresses."""
    default = {name: parameter.get("Default") for name, parameter in network["Parameters"].items()}

    assert {
        logical_id: (subnet["CidrBlock"], subnet["AvailabilityZone"], subnet["MapPublicIpOnLaunch"])
        for logical_id, subnet in of_type(resources, "Subnet").items()
    } == {
        f"{kind}Subnet{zone}": (default[f"{kind}Subnet{zone}Cidr"], default[f"AvailabilityZone{zone}"], False)
        for kind in ("Public", "Private")
        for zone in (1, 2)
    }


def test_routes(resources: Template) -> None:
    """Public subnets use the internet gateway, and private subnets use the NAT gateway of their zone."""
    tables = {
        association["SubnetId"]["Ref"]: association["RouteTableId"]["Ref"]
        for association in of_type(resources, "SubnetRouteTableAssociation").values()
    }
    gateways = {
        route["RouteTableId"]["Ref"]: (route.get("GatewayId") or route["NatGatewayId"])["Ref"]
        for route in of_type(resources, "Route").values()
        if route["DestinationCidrBlock"] == "0.0.0.0/0"
    }

    assert {subnet: gateways[table] for subnet, table in tables.items()} == {
        "PublicSubnet1": "InternetGateway",
        "PublicSubnet2": "InternetGateway",
        "PrivateSubnet1": "NatGateway1",
        "PrivateSubnet2": "NatGateway2",
    }
    assert {
        logical_id: (nat["SubnetId"]["Ref"], nat["AllocationId"]["Fn::GetAtt"][0])
        for logical_id, nat in of_type(resources, "NatGateway").items()
    } == {
        "NatGateway1": ("PublicSubnet1", "NatAddress1"),
        "NatGateway2": ("PublicSubnet2", "NatAddress2"),
    }


def test_public_addresses_wait_for_the_gateway(resources: Template) -> None:
    """Creation fails before the gateway is attached, and deletion does not finish after it is detached."""
    waiting = {
        logical_id
        for logical_id, resource in resources.items()
        if resource.get("DependsOn") == "InternetGatewayAttachment"
    }

    assert waiting == {"NatAddress1", "NatAddress2", "NatGateway1", "NatGateway2", "PublicDefaultRoute"}


def test_one_nat_gateway_serves_both_zones(network: Template) -> None:
    """Without a gateway per zone, the second gateway does not exist, and both zones use the first one."""
    found = resolve(network, {"NatGatewayPerZone": "false"})

    assert list(of_type(found["Resources"], "NatGateway")) == ["NatGateway1"]
    assert list(of_type(found["Resources"], "EIP")) == ["NatAddress1"]
    assert [
        route["NatGatewayId"]
        for route in of_type(found["Resources"], "Route").values()
        if "NatGatewayId" in route
    ] == [{"Ref": "NatGateway1"}] * 2
    assert "NatGateway1Address" in found["Outputs"]
    assert "NatGateway2Address" not in found["Outputs"]


def test_s3_endpoint(resources: Template) -> None:
    """Both private route tables have a route to S3 without a NAT gateway, for this environment's buckets."""
    endpoint = resources["S3Endpoint"]["Properties"]
    (statement,) = endpoint["PolicyDocument"]["Statement"]

    assert endpoint["RouteTableIds"] == [{"Ref": "PrivateRouteTable1"}, {"Ref": "PrivateRouteTable2"}]
    assert statement["Resource"] == [
        "arn:aws:s3:::csr-lambda-api-prod-*",
        "arn:aws:s3:::csr-lambda-api-prod-*/*",
    ]
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012"}
    }


def test_secrets_manager_endpoint(resources: Template) -> None:
    """The private subnets use the endpoint with the standard name, only for this environment's secrets."""
    endpoint = resources["SecretsManagerEndpoint"]["Properties"]
    (statement,) = endpoint["PolicyDocument"]["Statement"]

    assert endpoint["PrivateDnsEnabled"] is True
    assert endpoint["SubnetIds"] == [{"Ref": "PrivateSubnet1"}, {"Ref": "PrivateSubnet2"}]
    assert endpoint["SecurityGroupIds"] == [
        {"Fn::GetAtt": ["SecretsManagerEndpointSecurityGroup", "GroupId"]}
    ]
    assert statement["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert statement["Resource"] == [
        "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:csr-lambda-api-prod-*"
    ]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}


def test_endpoint_group_admits_https_from_the_private_subnets(network: Template, resources: Template) -> None:
    """The endpoint accepts HTTPS from the two private subnets, and has no outbound access."""
    group = resources["SecretsManagerEndpointSecurityGroup"]["Properties"]

    assert [
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule["CidrIp"])
        for rule in group["SecurityGroupIngress"]
    ] == [("tcp", 443, 443, network["Parameters"][f"PrivateSubnet{zone}Cidr"]["Default"]) for zone in (1, 2)]
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["127.0.0.1/32"]


def test_flow_log_records_all_traffic(resources: Template) -> None:
    """Accepted and rejected traffic is recorded. The role can write only to this log group."""
    flow_log = resources["FlowLog"]["Properties"]
    (policy,) = resources["FlowLogsRole"]["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert (flow_log["ResourceId"], flow_log["TrafficType"]) == ({"Ref": "VPC"}, "ALL")
    assert flow_log["LogGroupName"] == {"Ref": "FlowLogsLogGroup"}
    assert flow_log["DeliverLogsPermissionArn"] == {"Fn::GetAtt": ["FlowLogsRole", "Arn"]}
    assert statement["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    assert statement["Resource"] == [{"Fn::GetAtt": ["FlowLogsLogGroup", "Arn"]}]


def test_flow_log_format(resources: Template) -> None:
    """The default fields come first, as readers of the default format expect, then the addresses behind NAT.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    """
    fields = resources["FlowLog"]["Properties"]["LogFormat"].split(" ")

    assert fields[:14] == [
        f"${{{field}}}"
        for field in [
            "version",
            "account-id",
            "interface-id",
            "srcaddr",
            "dstaddr",
            "srcport",
            "dstport",
            "protocol",
            "packets",
            "bytes",
            "start",
            "end",
            "action",
            "log-status",
        ]
    ]
    assert fields[14:] == ["${pkt-srcaddr}", "${pkt-dstaddr}", "${flow-direction}"]


# Commands of Logs Insights: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
COMMANDS = {
    *("anomaly", "dedup", "diff", "display", "fields", "filter", "filterindex", "limit", "parse", "pattern"),
    *("sort", "source", "stats", "unmask", "unnest"),
}


def test_saved_query_reads_every_field_of_the_flow_log(resources: Template) -> None:
    """The query parses as many fields as a record has, and uses only fields that it names.

    The name of a field is not the name of a command.
    """
    query = resources["NetworkFlowsQuery"]["Properties"]
    fields = resources["FlowLog"]["Properties"]["LogFormat"].split(" ")
    parse, stats, *_ = query["QueryString"].replace("\n    ", " ").split("\n")
    found = re.fullmatch(r'parse @message "([* ]+)" as (.+)', parse)
    assert found is not None
    names = found[2].split(", ")

    assert query["LogGroupNames"] == [{"Ref": "FlowLogsLogGroup"}]
    assert found[1].split(" ") == ["*"] * len(fields)
    assert len(set(names)) == len(fields)
    assert not COMMANDS & {name.lower() for name in names}
    assert set(re.findall(r"sum\((\w+)\)", stats)) | set(stats.split(" by ")[1].split(", ")) <= set(names)


def test_private_network_acl(network: Template, resources: Template) -> None:
    """Inbound, the ACL allows the VPC, return traffic and path MTU messages.

    Outbound, it allows the VPC and HTTPS.
    """
    vpc = network["Parameters"]["VpcCidr"]["Default"]
    entries = [
        (
            "out" if entry["Egress"] else "in",
            entry["RuleAction"],
            entry["Protocol"],
            entry.get("PortRange") or entry.get("Icmp"),
            entry["CidrBlock"],
        )
        for entry in of_type(resources, "NetworkAclEntry").values()
    ]

    assert entries == [
        ("in", "allow", -1, None, vpc),
        ("in", "allow", 6, {"From": 1024, "To": 65535}, "0.0.0.0/0"),
        ("in", "allow", 1, {"Type": 3, "Code": 4}, "0.0.0.0/0"),
        ("out", "allow", -1, None, vpc),
        ("out", "allow", 6, {"From": 443, "To": 443}, "0.0.0.0/0"),
    ]
    assert {
        association["SubnetId"]["Ref"]
        for association in of_type(resources, "SubnetNetworkAclAssociation").values()
    } == {"PrivateSubnet1", "PrivateSubnet2"}


def test_logs_key_serves_our_log_groups(resources: Template) -> None:
    """CloudWatch Logs of this region can use the key for the log groups of this environment."""
    _, statement = resources["LogsKey"]["Properties"]["KeyPolicy"]["Statement"]
    arn = "arn:aws:logs:ap-northeast-1:123456789012:log-group:"

    assert statement["Principal"] == {"Service": "logs.ap-northeast-1.amazonaws.com"}
    assert statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"] == [
        arn + "/aws/vpc/flowlogs/csr-lambda-api-prod",
        arn + "/aws/rds/cluster/csr-lambda-api-prod-*",
        arn + "/aws/lambda/csr-lambda-api-prod-*",
        arn + "/aws/apigateway/csr-lambda-api-prod-*",
        arn + "API-Gateway-Execution-Logs_*",
    ]


def test_alarms_key_serves_our_alarms(resources: Template) -> None:
    """CloudWatch can use the key for this environment's alarms. Otherwise, alarms could not notify.

    RDS can use it for events of this account.
    """
    _, statement, events = resources["AlarmsKey"]["Properties"]["KeyPolicy"]["Statement"]

    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {
            "aws:SourceArn": "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:csr-lambda-api-prod-*"
        },
    }
    assert events["Principal"] == {"Service": "events.rds.amazonaws.com"}
    assert events["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_lambda_deployments_bucket(resources: Template) -> None:
    """The package bucket cannot become public. Old versions expire, except for the last releases."""
    bucket = resources["LambdaDeploymentsBucket"]["Properties"]
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(rules["ExpireOldVersions"]["NoncurrentVersionExpiration"]) == {
        "NoncurrentDays",
        "NewerNoncurrentVersions",
    }


def test_uploads_of_packages_are_logged(resources: Template) -> None:
    """S3 can write the access log only for this account's package bucket, and only with its prefix."""
    statement = resources["PackageLogBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]

    assert resources["LambdaDeploymentsBucket"]["Properties"]["LoggingConfiguration"] == {
        "DestinationBucketName": {"Ref": "PackageLogBucket"},
        "LogFilePrefix": "lambda-deployments/",
    }
    assert statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert statement["Action"] == ["s3:PutObject"]
    assert statement["Resource"] == [{"Fn::Sub": "${PackageLogBucket.Arn}/lambda-deployments/*"}]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::csr-lambda-api-prod-lambda-deployments-*"},
    }


# ---- Alarms ----

METRICS = {
    "ErrorPortAllocation": ("ports", "NetworkCriticalAlarmTopic"),
    "PacketsDropCount": ("drops", "NetworkAlarmTopic"),
}


@pytest.mark.parametrize(("per_zone", "gateways"), [("true", ["1", "2"]), ("false", ["1"])])
def test_each_nat_gateway_is_watched(network: Template, per_zone: str, gateways: list[str]) -> None:
    """Port errors notify the critical topic, dropped packets the normal one.

    Only existing gateways have alarms.
    """
    found = resolve(network, {"NatGatewayPerZone": per_zone})["Resources"]
    alarms = {
        alarm["AlarmName"].removeprefix("csr-lambda-api-prod-"): (
            alarm["Namespace"],
            alarm["MetricName"],
            alarm["Dimensions"],
            alarm["AlarmActions"],
        )
        for alarm in (resource["Properties"] for resource in found.values())
        if alarm.get("Namespace") == "AWS/NATGateway" and alarm["MetricName"] in METRICS
    }
    expected = {}
    for number in gateways:
        dimensions = [{"Name": "NatGatewayId", "Value": {"Ref": f"NatGateway{number}"}}]
        for metric, (what, topic) in METRICS.items():
            expected[f"nat-{number}-{what}"] = ("AWS/NATGateway", metric, dimensions, [{"Ref": topic}])

    assert {what: alarm for what, alarm in alarms.items() if what in expected} == expected
    watched = {
        dimension["Value"]["Ref"] for _, _, dimensions, _ in alarms.values() for dimension in dimensions
    }
    assert watched == {f"NatGateway{number}" for number in gateways}
