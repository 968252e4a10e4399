from typing import Any

from cfn_analysis.rules.support.ordering import keys
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import Path, existing, of_type, twins
from cfn_analysis.rules.support.words import rows

# Type without AWS::, what must be unique: what the service does with the second.
TABLE = """
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
EC2::Route {RouteTableId} {DestinationCidrBlock}
EC2::Route {RouteTableId} {DestinationIpv6CidrBlock}
EC2::Route {RouteTableId} {DestinationPrefixListId}
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
EC2::NetworkAclEntry {NetworkAclId} {Egress=false} {RuleNumber}
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html
EC2::SubnetRouteTableAssociation {SubnetId}
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
EC2::SecurityGroupIngress {GroupId} {IpProtocol} {FromPort=} {ToPort=} {CidrIp}
EC2::SecurityGroupIngress {GroupId} {IpProtocol} {FromPort=} {ToPort=} {SourceSecurityGroupId}
https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
EFS::MountTarget {FileSystemId} {SubnetId}
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
ElasticLoadBalancingV2::ListenerRule {ListenerArn} {Priority}
ElasticLoadBalancingV2::Listener {LoadBalancerArn} {Port}
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
Route53::RecordSet {HostedZoneId} {Type} {SetIdentifier=} {Name}
Route53::RecordSet {HostedZoneName} {Type} {SetIdentifier=} {Name}
https://docs.aws.amazon.com/apigateway/latest/api/API_CreateResource.html
ApiGateway::Resource {RestApiId} {ParentId} {PathPart}
ApiGateway::Method {RestApiId} {ResourceId} {HttpMethod}
ApiGatewayV2::Route {ApiId} {RouteKey}
https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
Lambda::Alias {FunctionName} {Name}
Lambda::EventSourceMapping {EventSourceArn} {FunctionName}
"""


class DefinedTwice(Rule):
    """Two resources of which the service accepts only one.

    A table has one route to a destination, a network ACL one rule with a number for each direction, a
    listener one rule with a priority, a hosted zone one record with a name, type and SetIdentifier, an API
    one method for a path and verb. The service refuses the second. If they are alternatives, give each a
    Condition.
    """

    id = "E9627"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for line in rows(TABLE):
            kind, form = line.split(maxsplit=1)
            name = form.rpartition("{")[2].rstrip("}")
            keyed: list[tuple[tuple[str, ...], Path]] = [
                ((key.replace(". ", " ").removesuffix(".").lower(),), (logical_id, "Properties", name))
                for logical_id, _, _ in of_type(resources, f"AWS::{kind}")
                for key in keys(resources, logical_id, f":{form}")
            ]
            for (_,), path, other in twins(validator, resources, keyed):
                same = " and ".join(part.strip("{}=").partition("=")[0] for part in form.split()[:-1])
                beside = f", with the same {same}" if same else ""
                yield Fault(
                    existing(resources, path),
                    f"{name} of {path[0]} is the same as that of {other}{beside}: the second is refused. "
                    "Change one of them, or remove it.",
                )
