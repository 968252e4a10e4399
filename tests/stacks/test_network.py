"""Facts of the network stack."""

from __future__ import annotations

from typing import Any

import pytest

from csr_templates.cloudformation.resolving import failed_assertions, resolve

Template = dict[str, Any]


@pytest.fixture(scope="module")
def resolved(network: Template) -> Template:
    """The network with production's values, in account 123456789012."""
    return resolve(network)


@pytest.fixture(scope="module")
def resources(resolved: Template) -> Template:
    """Logical ID -> resource."""
    found: Template = resolved["Resources"]
    return found


def of_type(resources: Template, resource_type: str) -> Template:
    """Return logical ID -> properties of all resources of one type."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == resource_type
    }


def ref(logical_id: str) -> dict[str, str]:
    """Return a reference to a resource."""
    return {"Ref": logical_id}


def test_parameters(network: Template) -> None:
    """The parameters are these, and their defaults are production's."""
    assert {name: parameter["Default"] for name, parameter in network["Parameters"].items()} == {
        "ProjectName": "csr-lambda-api",
        "Environment": "prod",
        "VpcCidr": "10.2.0.0/16",
        "PublicSubnet1Cidr": "10.2.1.0/24",
        "PublicSubnet2Cidr": "10.2.2.0/24",
        "PrivateSubnet1Cidr": "10.2.3.0/24",
        "PrivateSubnet2Cidr": "10.2.4.0/24",
        "AvailabilityZone1": "ap-northeast-1a",
        "AvailabilityZone2": "ap-northeast-1c",
    }


def test_environments_are_known(network: Template) -> None:
    """There are three environments."""
    assert network["Parameters"]["Environment"]["AllowedValues"] == ["dev", "staging", "prod"]


def test_one_zone_twice_is_refused(network: Template) -> None:
    """Two subnets in one zone would fail together: the deploy stops before anything is made."""
    assert failed_assertions(network, {"AvailabilityZone2": "ap-northeast-1a"}) == [
        "AvailabilityZone1 and AvailabilityZone2 must be different zones."
    ]
    assert failed_assertions(network) == []


def test_vpc_resolves_names(resources: Template) -> None:
    """The VPC has DNS, which the private name of the Secrets Manager endpoint needs."""
    (vpc,) = of_type(resources, "AWS::EC2::VPC").values()

    assert vpc["CidrBlock"] == "10.2.0.0/16"
    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True


def test_vpc_is_found_by_its_tags(resources: Template) -> None:
    """The operators find the VPC by project and environment."""
    assert resources["VPC"]["Properties"]["Tags"] == [
        {"Key": "Environment", "Value": "prod"},
        {"Key": "Name", "Value": "csr-lambda-api-prod-vpc"},
        {"Key": "Project", "Value": "csr-lambda-api"},
    ]


def test_subnets(resources: Template) -> None:
    """There are two public and two private subnets in two zones, and none hands out public addresses."""
    assert {
        logical_id: (subnet["CidrBlock"], subnet["AvailabilityZone"], subnet["MapPublicIpOnLaunch"])
        for logical_id, subnet in of_type(resources, "AWS::EC2::Subnet").items()
    } == {
        "PublicSubnet1": ("10.2.1.0/24", "ap-northeast-1a", False),
        "PublicSubnet2": ("10.2.2.0/24", "ap-northeast-1c", False),
        "PrivateSubnet1": ("10.2.3.0/24", "ap-northeast-1a", False),
        "PrivateSubnet2": ("10.2.4.0/24", "ap-northeast-1c", False),
    }


def test_nat_gateway_in_each_zone(resources: Template) -> None:
    """Each zone has a NAT gateway in its public subnet, with an address of its own."""
    assert {
        logical_id: (nat["SubnetId"], nat["AllocationId"])
        for logical_id, nat in of_type(resources, "AWS::EC2::NatGateway").items()
    } == {
        "NatGateway1": (ref("PublicSubnet1"), {"Fn::GetAtt": ["NatAddress1", "AllocationId"]}),
        "NatGateway2": (ref("PublicSubnet2"), {"Fn::GetAtt": ["NatAddress2", "AllocationId"]}),
    }


def test_routes(resources: Template) -> None:
    """Public subnets go out by the internet gateway, each private subnet by the NAT gateway of its zone."""
    assert {
        route["RouteTableId"]["Ref"]: (
            route["DestinationCidrBlock"],
            route.get("GatewayId") or route["NatGatewayId"],
        )
        for route in of_type(resources, "AWS::EC2::Route").values()
    } == {
        "PublicRouteTable": ("0.0.0.0/0", ref("InternetGateway")),
        "PrivateRouteTable1": ("0.0.0.0/0", ref("NatGateway1")),
        "PrivateRouteTable2": ("0.0.0.0/0", ref("NatGateway2")),
    }
    assert {
        association["SubnetId"]["Ref"]: association["RouteTableId"]["Ref"]
        for association in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation").values()
    } == {
        "PublicSubnet1": "PublicRouteTable",
        "PublicSubnet2": "PublicRouteTable",
        "PrivateSubnet1": "PrivateRouteTable1",
        "PrivateSubnet2": "PrivateRouteTable2",
    }


def test_public_addresses_wait_for_the_gateway(resources: Template) -> None:
    """Made before the gateway is attached, they fail; deleted after it is gone, they hang."""
    waiting = {
        logical_id
        for logical_id, resource in resources.items()
        if resource.get("DependsOn") == "InternetGatewayAttachment"
    }

    assert waiting == {"NatAddress1", "NatAddress2", "NatGateway1", "NatGateway2", "PublicDefaultRoute"}


def test_s3_endpoint(resources: Template) -> None:
    """Both private route tables lead to S3 without a NAT gateway, to this environment's buckets alone."""
    endpoint = resources["S3Endpoint"]["Properties"]
    (statement,) = endpoint["PolicyDocument"]["Statement"]

    assert endpoint["VpcEndpointType"] == "Gateway"
    assert endpoint["ServiceName"] == "com.amazonaws.ap-northeast-1.s3"
    assert endpoint["RouteTableIds"] == [ref("PrivateRouteTable1"), ref("PrivateRouteTable2")]
    assert statement["Resource"] == [
        "arn:aws:s3:::csr-lambda-api-prod-*",
        "arn:aws:s3:::csr-lambda-api-prod-*/*",
    ]
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012"}
    }


def test_secrets_manager_endpoint(resources: Template) -> None:
    """Secrets Manager's usual name leads to both private subnets, to this environment's secrets alone."""
    endpoint = resources["SecretsManagerEndpoint"]["Properties"]
    (statement,) = endpoint["PolicyDocument"]["Statement"]

    assert endpoint["VpcEndpointType"] == "Interface"
    assert endpoint["ServiceName"] == "com.amazonaws.ap-northeast-1.secretsmanager"
    assert endpoint["PrivateDnsEnabled"] is True
    assert endpoint["SubnetIds"] == [ref("PrivateSubnet1"), ref("PrivateSubnet2")]
    assert endpoint["SecurityGroupIds"] == [
        {"Fn::GetAtt": ["SecretsManagerEndpointSecurityGroup", "GroupId"]}
    ]
    assert statement["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert statement["Resource"] == [
        "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:csr-lambda-api-prod-*"
    ]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}


def test_endpoint_group_admits_https_from_the_private_subnets(resources: Template) -> None:
    """The endpoint answers HTTPS from the two private subnets and starts nothing itself."""
    group = resources["SecretsManagerEndpointSecurityGroup"]["Properties"]

    assert group["GroupName"] == "csr-lambda-api-prod-secrets-manager-endpoint-sg"
    assert [
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule["CidrIp"])
        for rule in group["SecurityGroupIngress"]
    ] == [("tcp", 443, 443, "10.2.3.0/24"), ("tcp", 443, 443, "10.2.4.0/24")]
    assert [(rule["IpProtocol"], rule["CidrIp"]) for rule in group["SecurityGroupEgress"]] == [
        ("-1", "127.0.0.1/32")
    ]


def test_flow_log_records_all_traffic(resources: Template) -> None:
    """Accepted and rejected traffic of the whole VPC is recorded in an encrypted log group."""
    flow_log = resources["FlowLog"]["Properties"]
    group = resources["FlowLogsLogGroup"]["Properties"]

    assert (flow_log["ResourceType"], flow_log["ResourceId"]) == ("VPC", ref("VPC"))
    assert flow_log["TrafficType"] == "ALL"
    assert flow_log["LogDestinationType"] == "cloud-watch-logs"
    assert flow_log["LogGroupName"] == ref("FlowLogsLogGroup")
    assert flow_log["DeliverLogsPermissionArn"] == {"Fn::GetAtt": ["FlowLogsRole", "Arn"]}
    assert group["LogGroupName"] == "/aws/vpc/flowlogs/csr-lambda-api-prod"
    assert group["KmsKeyId"] == {"Fn::GetAtt": ["LogsKey", "Arn"]}


def test_flow_log_role_writes_only_its_log_group(resources: Template) -> None:
    """VPC flow logs of this account can assume the role, and write to the one group with it."""
    role = resources["FlowLogsRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ec2:ap-northeast-1:123456789012:vpc-flow-log/*"},
    }
    assert statement["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    assert statement["Resource"] == [{"Fn::GetAtt": ["FlowLogsLogGroup", "Arn"]}]
    assert "ManagedPolicyArns" not in role


def test_private_network_acl(resources: Template) -> None:
    """The ACL lets in the VPC, return traffic and path MTU messages; it lets out the VPC and HTTPS."""
    entries = [
        (
            "out" if entry["Egress"] else "in",
            entry["RuleNumber"],
            entry["RuleAction"],
            entry["Protocol"],
            entry.get("PortRange") or entry.get("Icmp"),
            entry["CidrBlock"],
        )
        for entry in of_type(resources, "AWS::EC2::NetworkAclEntry").values()
    ]

    assert entries == [
        ("in", 100, "allow", -1, None, "10.2.0.0/16"),
        ("in", 110, "allow", 6, {"From": 1024, "To": 65535}, "0.0.0.0/0"),
        ("in", 120, "allow", 1, {"Type": 3, "Code": 4}, "0.0.0.0/0"),
        ("out", 100, "allow", -1, None, "10.2.0.0/16"),
        ("out", 110, "allow", 6, {"From": 443, "To": 443}, "0.0.0.0/0"),
    ]
    assert {
        association["SubnetId"]["Ref"]
        for association in of_type(resources, "AWS::EC2::SubnetNetworkAclAssociation").values()
    } == {"PrivateSubnet1", "PrivateSubnet2"}


def test_logs_key_serves_our_log_groups(resources: Template) -> None:
    """CloudWatch Logs of this region may use the key for the log groups of this environment."""
    _, statement = resources["LogsKey"]["Properties"]["KeyPolicy"]["Statement"]
    arn = "arn:aws:logs:ap-northeast-1:123456789012:log-group:"

    assert statement["Principal"] == {"Service": "logs.ap-northeast-1.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": [
                arn + "/aws/vpc/flowlogs/csr-lambda-api-prod",
                arn + "/aws/rds/cluster/csr-lambda-api-prod-*",
                arn + "/aws/lambda/csr-lambda-api-prod-*",
                arn + "/aws/apigateway/csr-lambda-api-prod-*",
                arn + "API-Gateway-Execution-Logs_*",
            ]
        }
    }


def test_alarms_key_serves_our_alarms(resources: Template) -> None:
    """CloudWatch may use the key for this environment's alarms; without it every alarm would be silent."""
    _, statement = resources["AlarmsKey"]["Properties"]["KeyPolicy"]["Statement"]

    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {
            "aws:SourceArn": "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:csr-lambda-api-prod-*"
        },
    }


def test_lambda_deployments_bucket(resources: Template) -> None:
    """The package bucket is private, versioned, encrypted with AES-256, and old versions expire."""
    bucket = resources["LambdaDeploymentsBucket"]["Properties"]
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    assert bucket["BucketName"] == "csr-lambda-api-prod-lambda-deployments-123456789012"
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}
    assert rules["AbortUnfinishedUploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert rules["ExpireOldVersions"]["NoncurrentVersionExpiration"] == {
        "NoncurrentDays": 90,
        "NewerNoncurrentVersions": 10,
    }


def test_lambda_deployments_bucket_refuses_plain_http(resources: Template) -> None:
    """Every request without TLS is denied, for the bucket and for what is in it."""
    policy = resources["LambdaDeploymentsBucketPolicy"]["Properties"]
    arn = {"Fn::Sub": "arn:aws:s3:::${LambdaDeploymentsBucket}"}

    assert policy["Bucket"] == ref("LambdaDeploymentsBucket")
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "DenyWithoutTLS",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:*"],
            "Resource": [arn, {"Fn::Sub": arn["Fn::Sub"] + "/*"}],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_outputs(resolved: Template) -> None:
    """What the other stacks import has an export; what only operators look up has none."""
    assert {
        key: (output["Value"], output.get("Export", {}).get("Name"))
        for key, output in resolved["Outputs"].items()
    } == {
        "VPCId": (ref("VPC"), "csr-lambda-api-prod-vpc-id"),
        "PublicSubnet1Id": (ref("PublicSubnet1"), None),
        "PublicSubnet2Id": (ref("PublicSubnet2"), None),
        "PrivateSubnet1Id": (ref("PrivateSubnet1"), "csr-lambda-api-prod-private-subnet-1-id"),
        "PrivateSubnet2Id": (ref("PrivateSubnet2"), "csr-lambda-api-prod-private-subnet-2-id"),
        "PrivateSubnet1AvailabilityZone": (
            {"Fn::GetAtt": ["PrivateSubnet1", "AvailabilityZone"]},
            "csr-lambda-api-prod-private-subnet-1-availability-zone",
        ),
        "PrivateSubnet2AvailabilityZone": (
            {"Fn::GetAtt": ["PrivateSubnet2", "AvailabilityZone"]},
            "csr-lambda-api-prod-private-subnet-2-availability-zone",
        ),
        "LambdaDeploymentsBucketName": (
            ref("LambdaDeploymentsBucket"),
            "csr-lambda-api-prod-lambda-deployments-bucket-name",
        ),
        "LogsKeyArn": ({"Fn::GetAtt": ["LogsKey", "Arn"]}, "csr-lambda-api-prod-logs-key-arn"),
        "AlarmsKeyArn": ({"Fn::GetAtt": ["AlarmsKey", "Arn"]}, "csr-lambda-api-prod-alarms-key-arn"),
    }
