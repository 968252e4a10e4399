"""The network stack: the VPC of the other stacks, and the KMS keys of log groups and alarm topics."""

from collections.abc import Collection
from functools import partial
from typing import NamedTuple

import awacs.logs
import awacs.s3
import awacs.secretsmanager
from awacs import aws
from troposphere import Equals, If, Not, NoValue, Output, Parameter, Ref, Sub, ec2, iam, kms, logs, s3

from csr_templates.stacks import contract
from csr_templates.stacks.dashboards.network import overview
from csr_templates.stacks.parts import (
    alarms,
    buckets,
    dashboards,
    findings,
    keys,
    log_groups,
    names,
    policies,
    roles,
    topics,
)
from csr_templates.stacks.parts.parameters import (
    cidr,
    environment,
    log_retention,
    permissions_boundary,
    project_name,
    runbook_url,
    switch,
)
from csr_templates.stacks.parts.template import StackTemplate


def build(stacks: Collection[str] = contract.STACK_NAMES) -> StackTemplate:
    """Return the network stack; the calls below are its table of contents.

    ``stacks`` are the names of the stacks of the system.
    """
    t = StackTemplate(
        "Network in two Availability Zones, with the keys for logs and alarms and the package bucket",
        derive=partial(derive, stacks=stacks),
    )
    parameters = add_parameters(t)
    add_rules(t, parameters)
    conditions = add_conditions(t, parameters)
    stack_keys = add_keys(t)
    alarm_topics = add_alarm_topics(t, stack_keys.alarms)
    vpc = add_vpc(t, parameters)
    subnets = add_subnets(t, vpc, parameters)
    internet = add_internet_gateway(t, vpc)
    add_public_routes(t, vpc, internet, subnets)
    private = add_private_routes(t, conditions, vpc, internet, subnets)
    add_network_acl(t, vpc, subnets, parameters)
    add_endpoints(t, vpc, subnets, private.route_tables, parameters)
    flow_logs = add_flow_logs(t, parameters, conditions, vpc, stack_keys.logs)
    add_queries(t, flow_logs)
    bucket = add_lambda_deployments_bucket(t)
    add_alarms(t, conditions, private.gateways, alarm_topics)
    add_outputs(t, conditions, vpc, subnets, private.addresses, stack_keys, bucket, alarm_topics)
    add_dashboard(t)
    return t


class Parameters(NamedTuple):
    """The parameters of the environment."""

    vpc_cidr: Parameter
    public_subnet_1_cidr: Parameter
    public_subnet_2_cidr: Parameter
    private_subnet_1_cidr: Parameter
    private_subnet_2_cidr: Parameter
    availability_zone_1: Parameter
    availability_zone_2: Parameter
    nat_gateway_per_zone: Parameter
    log_retention: Parameter
    permissions_boundary: Parameter


def add_parameters(t: StackTemplate) -> Parameters:
    """Add the parameters, each with its label and group in the console."""
    t.add_parameter(project_name(), label="Project", group="Environment")
    t.add_parameter(environment(), label="Environment", group="Environment")
    t.add_parameter(runbook_url(), label="On-call page", group="Environment")
    return Parameters(
        vpc_cidr=t.add_parameter(
            cidr(
                "VpcCidr",
                Default="10.2.0.0/16",
                Description="CIDR block of the VPC. Cannot be changed after creation.",
            ),
            label="VPC",
            group="Addresses",
        ),
        public_subnet_1_cidr=t.add_parameter(
            cidr(
                "PublicSubnet1Cidr",
                Default="10.2.1.0/24",
                # A new subnet gets a new NAT gateway, with the address that the old gateway still has.
                Description=(
                    "CIDR block of the public subnet in the first zone. Cannot be changed after creation."
                ),
            ),
            label="Public subnet 1",
            group="Addresses",
        ),
        public_subnet_2_cidr=t.add_parameter(
            cidr(
                "PublicSubnet2Cidr",
                Default="10.2.2.0/24",
                Description=(
                    "CIDR block of the public subnet in the second zone. Cannot be changed after creation."
                ),
            ),
            label="Public subnet 2",
            group="Addresses",
        ),
        private_subnet_1_cidr=t.add_parameter(
            cidr(
                "PrivateSubnet1Cidr",
                Default="10.2.3.0/24",
                # A new subnet is added to the endpoint of Secrets Manager before the old one is removed,
                # which EC2 refuses: one subnet of a zone (DuplicateSubnetsInSameZone).
                # https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
                Description=(
                    "CIDR block of the private subnet in the first zone. Cannot be changed after creation."
                ),
            ),
            label="Private subnet 1",
            group="Addresses",
        ),
        private_subnet_2_cidr=t.add_parameter(
            cidr(
                "PrivateSubnet2Cidr",
                Default="10.2.4.0/24",
                Description=(
                    "CIDR block of the private subnet in the second zone. Cannot be changed after creation."
                ),
            ),
            label="Private subnet 2",
            group="Addresses",
        ),
        availability_zone_1=t.add_parameter(
            Parameter(
                "AvailabilityZone1",
                Type="AWS::EC2::AvailabilityZone::Name",
                Default="ap-northeast-1a",
                Description=(
                    "First Availability Zone, in which the writer is created. Cannot be changed after "
                    "creation."
                ),
                ConstraintDescription="must be an Availability Zone of this account in this region",
            ),
            label="First zone",
            group="Availability Zones",
        ),
        availability_zone_2=t.add_parameter(
            Parameter(
                "AvailabilityZone2",
                Type="AWS::EC2::AvailabilityZone::Name",
                Default="ap-northeast-1c",
                Description=(
                    "Second Availability Zone, different from the first. Cannot be changed after creation."
                ),
                ConstraintDescription="must be an Availability Zone of this account in this region",
            ),
            label="Second zone",
            group="Availability Zones",
        ),
        nat_gateway_per_zone=t.add_parameter(
            switch(
                "NatGatewayPerZone",
                Default="true",
                Description=(
                    "Create a NAT gateway in each zone. If false, both zones use the one in the first zone. "
                    "Changing true to false releases the public IP address of the second zone and "
                    "interrupts its open connections."
                ),
            ),
            label="NAT gateway in each zone",
            group="Availability Zones",
        ),
        log_retention=t.add_parameter(log_retention(), label="Log retention (days)", group="Logs"),
        permissions_boundary=t.add_parameter(
            permissions_boundary(), label="Permissions boundary", group="Roles"
        ),
    )


def add_rules(t: StackTemplate, parameters: Parameters) -> None:
    """Add the rule that the Availability Zones are different."""
    t.add_rule(
        "TwoAvailabilityZones",
        {
            "Assertions": [
                {
                    "Assert": Not(
                        Equals(parameters.availability_zone_1.Ref(), parameters.availability_zone_2.Ref())
                    ),
                    "AssertDescription": "AvailabilityZone1 and AvailabilityZone2 must be different zones.",
                }
            ]
        },
    )


class Conditions(NamedTuple):
    """The conditions on the parameters."""

    has_nat_gateway_per_zone: str
    has_permissions_boundary: str


def add_conditions(t: StackTemplate, parameters: Parameters) -> Conditions:
    """Add the conditions."""
    return Conditions(
        has_nat_gateway_per_zone=t.add_condition(
            "HasNatGatewayPerZone", Equals(parameters.nat_gateway_per_zone.Ref(), "true")
        ),
        has_permissions_boundary=t.add_condition(
            "HasPermissionsBoundary", Not(Equals(parameters.permissions_boundary.Ref(), ""))
        ),
    )


class Keys(NamedTuple):
    """The keys of this region."""

    logs: kms.Key
    alarms: kms.Key


def add_keys(t: StackTemplate) -> Keys:
    """Add the key of this region's log groups and the key of its alarm topics."""
    t.section("Keys")
    logs = t.add_resource(
        keys.key(
            "LogsKey",
            "logs-key",
            "Encrypts the log groups of this environment",
            keys.for_log_groups(
                f"/aws/vpc/flowlogs/{names.PREFIX}",
                f"/aws/rds/cluster/{names.PREFIX}-*",
                f"/aws/lambda/{names.PREFIX}-*",
                f"/aws/apigateway/{names.PREFIX}-*",
                "API-Gateway-Execution-Logs_*",  # followed by the API's ID
            ),
        )
    )
    alarms = t.add_resource(
        keys.key(
            "AlarmsKey",
            "alarms-key",
            "Encrypts the alarm topics of this environment",
            keys.for_alarms(),
            keys.for_database_events(),
        )
    )
    return Keys(logs, alarms)


def add_alarm_topics(t: StackTemplate, key: kms.Key) -> topics.AlarmTopics:
    """Add the alarm topics."""
    t.section("Alarm topics")
    alarm_topics = topics.alarm_topics(
        "NetworkAlarmTopic",
        "NetworkCriticalAlarmTopic",
        "NetworkAlarmTopicsPolicy",
        "network",
        KmsMasterKeyId=key.GetAtt("Arn"),
    )
    for resource in alarm_topics:
        t.add_resource(resource)
    return alarm_topics


def add_vpc(t: StackTemplate, parameters: Parameters) -> ec2.VPC:
    """Add the VPC.

    Its default security group is not used. CloudFormation cannot remove the rules of this group.
    """
    t.section("VPC")
    return t.add_resource(
        ec2.VPC(
            "VPC",
            CidrBlock=parameters.vpc_cidr.Ref(),
            EnableDnsSupport=True,
            EnableDnsHostnames=True,  # private DNS of the interface endpoint needs both
            Tags=names.tags("vpc"),
        )
    )


class Subnets(NamedTuple):
    """Two of each, one per Availability Zone."""

    public_1: ec2.Subnet
    public_2: ec2.Subnet
    private_1: ec2.Subnet
    private_2: ec2.Subnet


def add_subnets(t: StackTemplate, vpc: ec2.VPC, parameters: Parameters) -> Subnets:
    """Add the subnets. Only the NAT gateways have public addresses, so subnets do not assign any."""
    t.section("Subnets")
    subnet = partial(ec2.Subnet, VpcId=vpc.Ref(), MapPublicIpOnLaunch=False)
    public_1 = t.add_resource(
        subnet(
            "PublicSubnet1",
            AvailabilityZone=parameters.availability_zone_1.Ref(),
            CidrBlock=parameters.public_subnet_1_cidr.Ref(),
            Tags=names.tags("public-subnet-1"),
        )
    )
    public_2 = t.add_resource(
        subnet(
            "PublicSubnet2",
            AvailabilityZone=parameters.availability_zone_2.Ref(),
            CidrBlock=parameters.public_subnet_2_cidr.Ref(),
            Tags=names.tags("public-subnet-2"),
        )
    )
    private_1 = t.add_resource(
        subnet(
            "PrivateSubnet1",
            AvailabilityZone=parameters.availability_zone_1.Ref(),
            CidrBlock=parameters.private_subnet_1_cidr.Ref(),
            Tags=names.tags("private-subnet-1"),
        )
    )
    private_2 = t.add_resource(
        subnet(
            "PrivateSubnet2",
            AvailabilityZone=parameters.availability_zone_2.Ref(),
            CidrBlock=parameters.private_subnet_2_cidr.Ref(),
            Tags=names.tags("private-subnet-2"),
        )
    )
    return Subnets(public_1, public_2, private_1, private_2)


class InternetAccess(NamedTuple):
    """The internet gateway and its attachment, which public addresses and routes must depend on."""

    gateway: ec2.InternetGateway
    attachment: ec2.VPCGatewayAttachment


def add_internet_gateway(t: StackTemplate, vpc: ec2.VPC) -> InternetAccess:
    """Add the internet gateway."""
    t.section("Internet gateway")
    gateway = t.add_resource(ec2.InternetGateway("InternetGateway", Tags=names.tags("internet-gateway")))
    attachment = t.add_resource(
        ec2.VPCGatewayAttachment(
            "InternetGatewayAttachment", VpcId=vpc.Ref(), InternetGatewayId=gateway.Ref()
        )
    )
    return InternetAccess(gateway, attachment)


def add_public_routes(t: StackTemplate, vpc: ec2.VPC, internet: InternetAccess, subnets: Subnets) -> None:
    """Add the route table of both public subnets."""
    t.section("Public routes")
    table = t.add_resource(
        ec2.RouteTable("PublicRouteTable", VpcId=vpc.Ref(), Tags=names.tags("public-route-table"))
    )
    t.add_resource(
        ec2.Route(
            "PublicDefaultRoute",
            DependsOn=internet.attachment,
            RouteTableId=table.Ref(),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=internet.gateway.Ref(),
        )
    )
    t.add_resource(
        ec2.SubnetRouteTableAssociation(
            "PublicSubnet1RouteTableAssociation", SubnetId=subnets.public_1.Ref(), RouteTableId=table.Ref()
        )
    )
    t.add_resource(
        ec2.SubnetRouteTableAssociation(
            "PublicSubnet2RouteTableAssociation", SubnetId=subnets.public_2.Ref(), RouteTableId=table.Ref()
        )
    )


class RouteTables(NamedTuple):
    """One per Availability Zone, so that each can have its own NAT gateway."""

    private_1: ec2.RouteTable
    private_2: ec2.RouteTable


class NatAddresses(NamedTuple):
    """The public source addresses. The second exists only with a NAT gateway in each zone."""

    first: ec2.EIP
    second: ec2.EIP


class NatGateways(NamedTuple):
    """The second exists only with a NAT gateway in each zone."""

    first: ec2.NatGateway
    second: ec2.NatGateway


class PrivateRoutes(NamedTuple):
    """The route tables of the private subnets, and their NAT gateways."""

    route_tables: RouteTables
    gateways: NatGateways
    addresses: NatAddresses


def add_private_routes(
    t: StackTemplate, conditions: Conditions, vpc: ec2.VPC, internet: InternetAccess, subnets: Subnets
) -> PrivateRoutes:
    """Add the route tables of the private subnets, and their NAT gateways.

    With a gateway in each zone, a zone outage does not affect the other zone. With one gateway, both tables
    use it. A change of this setting updates the route in place: CloudFormation creates the second gateway
    before it changes the route, and deletes it after the route is changed back.
    """
    t.section("NAT gateways and private routes")
    address_1 = t.add_resource(
        ec2.EIP("NatAddress1", DependsOn=internet.attachment, Domain="vpc", Tags=names.tags("nat-1"))
    )
    subnets_stay = findings.accepted(
        W9624="CIDRs and zones of the public subnets cannot be changed after creation."
    )
    nat_1 = t.add_resource(
        ec2.NatGateway(
            "NatGateway1",
            DependsOn=internet.attachment,
            AllocationId=address_1.GetAtt("AllocationId"),
            SubnetId=subnets.public_1.Ref(),
            Metadata=subnets_stay,
            Tags=names.tags("nat-1"),
        )
    )
    table_1 = t.add_resource(
        ec2.RouteTable("PrivateRouteTable1", VpcId=vpc.Ref(), Tags=names.tags("private-route-table-1"))
    )
    t.add_resource(
        ec2.Route(
            "PrivateDefaultRoute1",
            RouteTableId=table_1.Ref(),
            DestinationCidrBlock="0.0.0.0/0",
            NatGatewayId=nat_1.Ref(),
        )
    )
    t.add_resource(
        ec2.SubnetRouteTableAssociation(
            "PrivateSubnet1RouteTableAssociation",
            SubnetId=subnets.private_1.Ref(),
            RouteTableId=table_1.Ref(),
        )
    )
    address_2 = t.add_resource(
        ec2.EIP(
            "NatAddress2",
            Condition=conditions.has_nat_gateway_per_zone,
            DependsOn=internet.attachment,
            Domain="vpc",
            Tags=names.tags("nat-2"),
        )
    )
    nat_2 = t.add_resource(
        ec2.NatGateway(
            "NatGateway2",
            Condition=conditions.has_nat_gateway_per_zone,
            DependsOn=internet.attachment,
            AllocationId=address_2.GetAtt("AllocationId"),
            SubnetId=subnets.public_2.Ref(),
            Metadata=subnets_stay,
            Tags=names.tags("nat-2"),
        )
    )
    table_2 = t.add_resource(
        ec2.RouteTable("PrivateRouteTable2", VpcId=vpc.Ref(), Tags=names.tags("private-route-table-2"))
    )
    t.add_resource(
        ec2.Route(
            "PrivateDefaultRoute2",
            RouteTableId=table_2.Ref(),
            DestinationCidrBlock="0.0.0.0/0",
            NatGatewayId=If(conditions.has_nat_gateway_per_zone, nat_2.Ref(), nat_1.Ref()),
        )
    )
    t.add_resource(
        ec2.SubnetRouteTableAssociation(
            "PrivateSubnet2RouteTableAssociation",
            SubnetId=subnets.private_2.Ref(),
            RouteTableId=table_2.Ref(),
        )
    )
    return PrivateRoutes(
        RouteTables(table_1, table_2), NatGateways(nat_1, nat_2), NatAddresses(address_1, address_2)
    )


def add_network_acl(t: StackTemplate, vpc: ec2.VPC, subnets: Subnets, parameters: Parameters) -> None:
    """Add the network ACL of the private subnets.

    A network ACL is stateless: return traffic through the NAT gateways comes from the remote address to a
    port in 1024-65535, the ephemeral ports of Lambda and NAT gateways. A deny of port 3306 of the database
    before this rule would block connections that use it as ephemeral port.
    https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
    """
    t.section("Network ACL of the private subnets")
    acl = t.add_resource(
        ec2.NetworkAcl("PrivateNetworkAcl", VpcId=vpc.Ref(), Tags=names.tags("private-network-acl"))
    )
    entry = partial(ec2.NetworkAclEntry, NetworkAclId=acl.Ref(), RuleAction="allow")
    t.add_resource(
        entry(
            "PrivateInboundFromVpc",
            RuleNumber=100,
            Egress=False,
            Protocol=-1,
            CidrBlock=parameters.vpc_cidr.Ref(),
        )
    )
    t.add_resource(
        entry(
            "PrivateInboundReturnTraffic",
            RuleNumber=110,
            Egress=False,
            Protocol=6,  # TCP
            PortRange=ec2.PortRange(From=1024, To=65535),
            CidrBlock="0.0.0.0/0",
        )
    )
    t.add_resource(
        entry(
            "PrivateInboundFragmentationNeeded",
            RuleNumber=120,
            Egress=False,
            Protocol=1,  # ICMP; without this message, large packets are lost on a path with a smaller MTU
            Icmp=ec2.ICMP(Type=3, Code=4),
            CidrBlock="0.0.0.0/0",
        )
    )
    t.add_resource(
        entry(
            "PrivateOutboundToVpc",
            RuleNumber=100,
            Egress=True,
            Protocol=-1,
            CidrBlock=parameters.vpc_cidr.Ref(),
        )
    )
    t.add_resource(
        entry(
            "PrivateOutboundHttps",
            RuleNumber=110,
            Egress=True,
            Protocol=6,  # TCP
            PortRange=ec2.PortRange(From=443, To=443),
            CidrBlock="0.0.0.0/0",
        )
    )
    t.add_resource(
        ec2.SubnetNetworkAclAssociation(
            "PrivateSubnet1NetworkAclAssociation", SubnetId=subnets.private_1.Ref(), NetworkAclId=acl.Ref()
        )
    )
    t.add_resource(
        ec2.SubnetNetworkAclAssociation(
            "PrivateSubnet2NetworkAclAssociation", SubnetId=subnets.private_2.Ref(), NetworkAclId=acl.Ref()
        )
    )


def add_endpoints(
    t: StackTemplate, vpc: ec2.VPC, subnets: Subnets, route_tables: RouteTables, parameters: Parameters
) -> None:
    """Add the VPC endpoints of S3 and Secrets Manager.

    Their policies limit all callers in the VPC: to this account, to buckets and secrets of this environment,
    and to data access, not administration. The permissions of a caller depend on its role.
    """
    t.section("VPC endpoints")
    our_bucket = f"arn:${{AWS::Partition}}:s3:::{names.PREFIX}-*"
    t.add_resource(
        ec2.VPCEndpoint(
            "S3Endpoint",
            VpcId=vpc.Ref(),
            VpcEndpointType="Gateway",
            ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
            RouteTableIds=[route_tables.private_1.Ref(), route_tables.private_2.Ref()],
            PolicyDocument=policies.document(
                aws.Statement(
                    Sid="OurBuckets",
                    Effect=aws.Allow,
                    Principal=aws.Principal("*"),
                    Action=[
                        awacs.s3.GetBucketLocation,
                        awacs.s3.ListBucket,
                        awacs.s3.GetObject,
                        awacs.s3.PutObject,
                        awacs.s3.DeleteObject,
                        awacs.s3.AbortMultipartUpload,
                    ],
                    Resource=[Sub(our_bucket), Sub(our_bucket + "/*")],
                    Condition=aws.Condition(
                        aws.StringEquals(
                            {
                                "aws:PrincipalAccount": Ref("AWS::AccountId"),
                                # Bucket names are global: another account may own a bucket whose name matches
                                # the pattern.
                                "aws:ResourceAccount": Ref("AWS::AccountId"),
                            }
                        )
                    ),
                )
            ),
            Tags=names.tags("s3-endpoint"),
        )
    )
    group = t.add_resource(
        ec2.SecurityGroup(
            "SecretsManagerEndpointSecurityGroup",
            GroupName=names.name("secrets-manager-endpoint-sg"),
            # Must not be changed: a new description replaces the group, whose name would be in use.
            GroupDescription="Secrets Manager endpoint: inbound HTTPS from the private subnets",
            VpcId=vpc.Ref(),
            SecurityGroupIngress=[
                ec2.SecurityGroupRule(
                    Description="HTTPS from private subnet 1",
                    IpProtocol="tcp",
                    FromPort=443,
                    ToPort=443,
                    CidrIp=parameters.private_subnet_1_cidr.Ref(),
                ),
                ec2.SecurityGroupRule(
                    Description="HTTPS from private subnet 2",
                    IpProtocol="tcp",
                    FromPort=443,
                    ToPort=443,
                    CidrIp=parameters.private_subnet_2_cidr.Ref(),
                ),
            ],
            # Without a rule, EC2 adds one that allows all traffic.
            SecurityGroupEgress=[
                ec2.SecurityGroupRule(
                    Description="No outbound connections", IpProtocol="-1", CidrIp="127.0.0.1/32"
                )
            ],
            Tags=names.tags("secrets-manager-endpoint-sg"),
        )
    )
    t.add_resource(
        ec2.VPCEndpoint(
            "SecretsManagerEndpoint",
            VpcId=vpc.Ref(),
            VpcEndpointType="Interface",
            ServiceName=Sub("com.amazonaws.${AWS::Region}.secretsmanager"),
            PrivateDnsEnabled=True,  # the default endpoint of the SDK resolves to it
            SubnetIds=[subnets.private_1.Ref(), subnets.private_2.Ref()],
            SecurityGroupIds=[group.GetAtt("GroupId")],
            PolicyDocument=policies.document(
                aws.Statement(
                    Sid="OurSecrets",
                    Effect=aws.Allow,
                    Principal=aws.Principal("*"),
                    Action=[awacs.secretsmanager.DescribeSecret, awacs.secretsmanager.GetSecretValue],
                    Resource=[
                        Sub(
                            "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}"
                            f":secret:{names.PREFIX}-*"
                        )
                    ],
                    Condition=aws.Condition(aws.StringEquals("aws:PrincipalAccount", Ref("AWS::AccountId"))),
                )
            ),
            Tags=names.tags("secrets-manager-endpoint"),
        )
    )


# Fields of the flow log -> their names in the saved query, which must differ from the names that Logs
# Insights discovers in the default format (the fields up to log-status), and from commands such as SOURCE.
# The other fields show the addresses behind NAT.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
FLOW_LOG_FIELDS = {
    "version": "log_version",
    "account-id": "account",
    "interface-id": "interface",
    "srcaddr": "source_address",
    "dstaddr": "destination_address",
    "srcport": "source_port",
    "dstport": "destination_port",
    "protocol": "protocol_number",
    "packets": "packet_count",
    "bytes": "byte_count",
    "start": "started",
    "end": "ended",
    "action": "verdict",
    "log-status": "log_state",
    "pkt-srcaddr": "packet_source_address",
    "pkt-dstaddr": "packet_destination_address",
    "flow-direction": "direction",
}


def add_flow_logs(
    t: StackTemplate, parameters: Parameters, conditions: Conditions, vpc: ec2.VPC, key: kms.Key
) -> logs.LogGroup:
    """Add the flow log of all traffic, accepted and rejected, and its role."""
    t.section("Flow logs")
    group = t.add_resource(
        log_groups.log_group(
            "FlowLogsLogGroup",
            LogGroupName=Sub(f"/aws/vpc/flowlogs/{names.PREFIX}"),
            KmsKeyId=key.GetAtt("Arn"),
            RetentionInDays=parameters.log_retention.Ref(),
        )
    )
    role = t.add_resource(
        roles.service_role(
            "FlowLogsRole",
            "flow-logs-role",
            Description="Allows VPC Flow Logs to write to its log group",
            service="vpc-flow-logs.amazonaws.com",
            PermissionsBoundary=If(
                conditions.has_permissions_boundary, parameters.permissions_boundary.Ref(), NoValue
            ),
            SourceArn=Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*"),
            policy=iam.Policy(
                PolicyName="WriteFlowLogs",
                PolicyDocument=policies.document(
                    aws.Statement(
                        Effect=aws.Allow,
                        Action=[
                            awacs.logs.CreateLogStream,
                            awacs.logs.DescribeLogStreams,
                            awacs.logs.PutLogEvents,
                        ],
                        Resource=[group.GetAtt("Arn")],  # ends in ":*", the streams of the group
                    )
                ),
            ),
        )
    )
    t.add_resource(
        ec2.FlowLog(
            "FlowLog",
            ResourceId=vpc.Ref(),
            ResourceType="VPC",
            TrafficType="ALL",
            # Both are create-only: a new format or interval replaces the flow log.
            LogFormat=" ".join(f"${{{field}}}" for field in FLOW_LOG_FIELDS),
            MaxAggregationInterval=600,  # seconds; 60 writes more records, which are billed by volume
            LogDestinationType="cloud-watch-logs",
            LogGroupName=group.Ref(),
            DeliverLogsPermissionArn=role.GetAtt("Arn"),
            Tags=names.tags("flow-log"),
        )
    )
    return group


def add_queries(t: StackTemplate, flow_logs: logs.LogGroup) -> None:
    """Add the saved queries of CloudWatch Logs Insights, in a folder of this environment.

    Logs Insights does not discover fields of a custom format, so the query parses the records.
    """
    t.section("Saved queries")
    stars = " ".join("*" for _ in FLOW_LOG_FIELDS)
    t.add_resource(
        logs.QueryDefinition(
            "NetworkFlowsQuery",
            Name=Sub(f"{names.PREFIX}/network-flows"),
            LogGroupNames=[flow_logs.Ref()],
            QueryString=(
                f'parse @message "{stars}"\n'
                f"    as {', '.join(FLOW_LOG_FIELDS.values())}\n"
                "| stats sum(packet_count) as all_packets, sum(byte_count) as all_bytes\n"
                "    by verdict, direction, packet_source_address, packet_destination_address,\n"
                "    destination_port\n"
                "| sort all_bytes desc\n"
                "| limit 100"
            ),
        )
    )


def add_lambda_deployments_bucket(t: StackTemplate) -> s3.Bucket:
    """Add the bucket for the packages of the API.

    It is in this stack because the package must exist before the api stack is created. Old versions are
    retained for rollbacks: the ten newest of each package always, the others for 90 days. Its access log says
    who uploaded what runs in production, and is kept for a year in a bucket of its own.
    """
    t.section("Lambda package bucket")
    log_bucket = t.add_resource(
        buckets.private_bucket(
            "PackageLogBucket",
            names.name("package-logs-${AWS::AccountId}"),
            s3.LifecycleRule(
                Id="Expire",
                Status="Enabled",
                ExpirationInDays=365,
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=30),
            ),
        )
    )
    t.add_resource(
        buckets.bucket_policy(
            "PackageLogBucketPolicy",
            log_bucket.Ref(),
            buckets.access_log_delivery(
                "PackageBucketAccessLogs",
                log_bucket,
                "lambda-deployments/",
                f"{names.PREFIX}-lambda-deployments-*",
            ),
        )
    )
    bucket = t.add_resource(
        buckets.private_bucket(
            "LambdaDeploymentsBucket",
            names.name("lambda-deployments-${AWS::AccountId}"),
            s3.LifecycleRule(
                Id="ExpireOldVersions",
                Status="Enabled",
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(
                    NoncurrentDays=90, NewerNoncurrentVersions=10
                ),
            ),
            LoggingConfiguration=s3.LoggingConfiguration(
                DestinationBucketName=log_bucket.Ref(), LogFilePrefix="lambda-deployments/"
            ),
        )
    )
    t.add_resource(buckets.bucket_policy("LambdaDeploymentsBucketPolicy", bucket.Ref()))
    return bucket


def add_alarms(
    t: StackTemplate, conditions: Conditions, gateways: NatGateways, alarm_topics: topics.AlarmTopics
) -> None:
    """Add the alarms on the NAT gateways.

    https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    """
    t.section("Alarms")
    ports_alarm = partial(
        alarms.alarm,
        AlarmDescription=alarms.description(
            Users="Requests that need the internet or an AWS service fail or time out.",
            First=(
                "On the network dashboard, the active connections. Too many to the same address use up the "
                "ports."
            ),
            Then=(
                "In Logs Insights, run the saved query network-flows: which address receives the most "
                "packets?"
            ),
            Related="Can cause lambda-errors and lambda-duration.",
            Dashboard="network",
        ),
        Namespace="AWS/NATGateway",
        MetricName="ErrorPortAllocation",
        Statistic="Sum",
        EvaluationPeriods=2,
        Threshold=0,
        unit="errors",
        notify=alarm_topics.critical.Ref(),
    )
    drops_alarm = partial(
        alarms.alarm,
        AlarmDescription=alarms.description(
            Users="Some requests that need the internet are slow.",
            First="Is the gateway available (show-network)? AWS Health: is there an event in the zone?",
            Then="On the network dashboard, the bytes: is there more traffic than the gateway can handle?",
            Related="If the ports are the cause, nat-1-ports or nat-2-ports also fires.",
            Dashboard="network",
        ),
        Namespace="AWS/NATGateway",
        MetricName="PacketsDropCount",
        Statistic="Sum",
        EvaluationPeriods=2,
        Threshold=100,
        unit="packets",
        notify=alarm_topics.normal.Ref(),
    )
    first = {"NatGatewayId": gateways.first.Ref()}
    second = {"NatGatewayId": gateways.second.Ref()}
    has_second = conditions.has_nat_gateway_per_zone
    t.add_resource(ports_alarm("NatGateway1PortsAlarm", "nat-1-ports", dimensions=first))
    t.add_resource(
        ports_alarm("NatGateway2PortsAlarm", "nat-2-ports", dimensions=second, Condition=has_second)
    )
    t.add_resource(drops_alarm("NatGateway1DropsAlarm", "nat-1-drops", dimensions=first))
    t.add_resource(
        drops_alarm("NatGateway2DropsAlarm", "nat-2-drops", dimensions=second, Condition=has_second)
    )


def add_outputs(
    t: StackTemplate,
    conditions: Conditions,
    vpc: ec2.VPC,
    subnets: Subnets,
    addresses: NatAddresses,
    stack_keys: Keys,
    bucket: s3.Bucket,
    alarm_topics: topics.AlarmTopics,
) -> None:
    """Add the outputs for the other stacks and for operators."""
    t.add_output(
        [
            contract.output(contract.VPC_ID, "ID of the VPC", vpc.Ref()),
            Output("PublicSubnet1Id", Description="ID of public subnet 1", Value=subnets.public_1.Ref()),
            Output("PublicSubnet2Id", Description="ID of public subnet 2", Value=subnets.public_2.Ref()),
            contract.output(contract.PRIVATE_SUBNET_1_ID, "ID of private subnet 1", subnets.private_1.Ref()),
            contract.output(contract.PRIVATE_SUBNET_2_ID, "ID of private subnet 2", subnets.private_2.Ref()),
            contract.output(
                contract.PRIVATE_SUBNET_1_ZONE,
                "Availability Zone of private subnet 1",
                subnets.private_1.GetAtt("AvailabilityZone"),
            ),
            contract.output(
                contract.PRIVATE_SUBNET_2_ZONE,
                "Availability Zone of private subnet 2",
                subnets.private_2.GetAtt("AvailabilityZone"),
            ),
            Output(
                "NatGateway1Address",
                Description=(
                    "Public IP address of private subnet 1, and of private subnet 2 if that has no NAT "
                    "gateway"
                ),
                Value=addresses.first.GetAtt("PublicIp"),
            ),
            Output(
                "NatGateway2Address",
                Condition=conditions.has_nat_gateway_per_zone,
                Description="Public IP address of private subnet 2",
                Value=addresses.second.GetAtt("PublicIp"),
            ),
            contract.output(
                contract.LAMBDA_DEPLOYMENTS_BUCKET_NAME,
                "Name of the bucket for Lambda packages",
                bucket.Ref(),
            ),
            contract.output(
                contract.LOGS_KEY_ARN, "ARN of the KMS key of the log groups", stack_keys.logs.GetAtt("Arn")
            ),
            contract.output(
                contract.ALARMS_KEY_ARN,
                "ARN of the KMS key of the alarm topics",
                stack_keys.alarms.GetAtt("Arn"),
            ),
            Output(
                "NetworkAlarmTopicArn",
                Description="ARN of the topic for alarms",
                Value=alarm_topics.normal.Ref(),
            ),
            Output(
                "NetworkCriticalAlarmTopicArn",
                Description="ARN of the topic for critical alarms",
                Value=alarm_topics.critical.Ref(),
            ),
        ]
    )


def add_dashboard(t: StackTemplate) -> None:
    """Add the dashboard, without rows: they show the other resources."""
    t.section("Dashboard")
    t.add_resource(dashboards.dashboard("NetworkDashboard", "network", []))  # derive() adds the rows


def derive(t: StackTemplate, stacks: Collection[str] = contract.STACK_NAMES) -> None:
    """Update the dashboard, which is derived from the rest of the template. ``t.to_dict`` calls this.

    Args:
        t: the template.
        stacks: names of the stacks of the system; the dashboard links to those of the others.

    Raises:
        DashboardError: the dashboard shows a removed resource.
    """
    if "NetworkDashboard" in t.resources:
        t.resources["NetworkDashboard"].DashboardBody = dashboards.content(overview(t.for_reading(), stacks))
