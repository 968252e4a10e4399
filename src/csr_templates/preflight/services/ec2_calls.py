"""The API calls for regions, zones and VPCs, and the keys that are kept of each answer."""

from functools import cache

from csr_templates.preflight.calls import ApiCall
from csr_templates.preflight.facts import Query

regions = ApiCall(
    "ec2 DescribeRegions", path="Regions", keep="RegionName OptInStatus", fixed=(("AllRegions", True),)
)
"""The regions that are enabled for the account, by default or by opt-in."""

zones = ApiCall("ec2 DescribeAvailabilityZones", path="AvailabilityZones", keep="ZoneName State")
"""The availability zones of a region."""

vpcs = ApiCall("ec2 DescribeVpcs", path="Vpcs", keep="VpcId")
"""The VPCs of a region."""

internet_gateways = ApiCall("ec2 DescribeInternetGateways", path="InternetGateways", keep="InternetGatewayId")
"""The internet gateways of a region."""

addresses = ApiCall("ec2 DescribeAddresses", path="Addresses", keep="AllocationId")
"""The Elastic IP addresses of a region."""

nat_gateways = ApiCall(
    "ec2 DescribeNatGateways",
    path="NatGateways",
    keep="NatGatewayId SubnetId State FailureMessage NatGatewayAddresses",
)
"""The NAT gateways of a region with their subnets and addresses."""

subnets = ApiCall("ec2 DescribeSubnets", path="Subnets", keep="SubnetId AvailabilityZone")
"""The subnets of a region with their zones."""

route_tables = ApiCall("ec2 DescribeRouteTables", path="RouteTables", keep="RouteTableId Routes")
"""The route tables of a region."""


@cache
def security_group_rules(region: str, group: str) -> Query:
    """The rules of a security group; none if it does not exist."""
    filters = ({"Name": "group-id", "Values": [group]},)
    keep = (
        *("SecurityGroupRuleId", "IsEgress", "IpProtocol", "FromPort", "ToPort"),
        *("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo"),
    )
    return Query(
        "ec2", "DescribeSecurityGroupRules", region, (("Filters", filters),), "SecurityGroupRules", keep
    )
