import re
from typing import Any

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios
from cfn_analysis.rules.support.values import of_type
from cfn_analysis.rules.support.words import words

GATEWAY = ("s3", "s3express", "dynamodb")

# Services with endpoints that templates name most, and what some are taken for.
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
NAMES = words("""
    acm-pca apigateway athena autoscaling backup bedrock-runtime cloudformation cloudtrail codebuild config
    ec2 ec2messages ecr.api ecr.dkr ecs ecs-agent ecs-telemetry eks elasticfilesystem elasticloadbalancing
    events execute-api glue kinesis-firehose kinesis-streams kms lambda logs monitoring rds rds-data
    sagemaker.api sagemaker.runtime secretsmanager sns sqs ssm ssmmessages states sts xray
""")
TAKEN_FOR = {
    "cloudwatch": "monitoring",
    "cloudwatchlogs": "logs",
    "ecr": "ecr.api and ecr.dkr",
    "efs": "elasticfilesystem",
    "eventbridge": "events",
    "firehose": "kinesis-firehose",
    "kinesis": "kinesis-streams",
    "stepfunctions": "states",
}
SERVICES = {re.sub(r"[^a-z0-9.]", "", name): name for name in (*NAMES, *GATEWAY)}


class EndpointOfWrongKind(Rule):
    """VPC endpoint for a service that does not exist, or of a kind that it does not have.

    The default of VpcEndpointType is Gateway, which only S3 and DynamoDB support: every other service needs
    Interface, with subnets and security groups. A gateway is only a route: it needs RouteTableIds, and does
    not accept subnets or security groups. Some services have another name here: CloudWatch is monitoring,
    Step Functions is states. The region is that of the VPC, unless ServiceRegion says otherwise.
    """

    id = "E9631"
    source_url = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
    fault_class = "networks"
    looks_at = properties_of("AWS::EC2::VPCEndpoint")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for endpoint, case in property_scenarios(validator, properties, "ServiceName", "VpcEndpointType"):
            name = sub_text(endpoint.get("ServiceName")) or ""
            service = re.match(r"com\.amazonaws\.[^.]+\.(.+)$", name)
            kind = only_value(case, endpoint.get("VpcEndpointType", "Gateway"))
            named = re.match(r"com\.amazonaws\.(\$\{.+?\}|[a-z-]+-\d)\.", name)
            problem = _no_service(validator, properties, named[1], service[1]) if named and service else ""
            if problem:
                yield Fault(("ServiceName",), problem, case)
            if not service or kind != "Gateway" or "$" in service[1] or problem:
                continue
            if service[1] not in GATEWAY:
                yield Fault(
                    ("ServiceName",),
                    "VpcEndpointType is "
                    f"Gateway{'' if 'VpcEndpointType' in endpoint else ' by default'}{{when}}, which "
                    f"only S3 and DynamoDB have: EC2 refuses it for {service[1]}. Set it to Interface.",
                    case,
                )
            for name in ("SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"):
                value = properties.get(name)
                if service[1] in GATEWAY and value and str(value).lower() != "false":
                    yield Fault(
                        (name,),
                        f"{name} is set on a gateway endpoint{{when}}, which EC2 refuses: a gateway is a "
                        "route. Set RouteTableIds instead, or VpcEndpointType to Interface.",
                        case,
                    )
            if service[1] in GATEWAY and "RouteTableIds" not in properties:
                yield Fault(
                    (),
                    f"RouteTableIds is missing on the gateway endpoint for {service[1]}{{when}}: no subnet "
                    "uses it. List the route tables.",
                    case,
                )


def _no_service(validator: Validator, properties: Any, region: str, service: str) -> str:
    """Return why a service does not exist under this name, in this region; empty if it may."""
    plain = re.sub(r"[^a-z0-9.]", "", service)
    right = TAKEN_FOR.get(plain) or SERVICES.get(plain, service)
    if service != right:
        return f"ServiceName is for {service}{{when}}, which has no endpoint. Did you mean {right}?"
    others = of_type(validator.cfn.template["Resources"], "AWS::EC2::VPCEndpoint")
    anywhere = any(
        "${AWS::Region}" in (sub_text(endpoint.get("ServiceName")) or "") for _, _, endpoint in others
    )
    here = "$" in region or "ServiceRegion" in properties or [region] == validator.context.regions
    if anywhere and not here:
        return (
            f"ServiceName is for {region}{{when}}, and other endpoints of the template are for AWS::Region: "
            "EC2 refuses it in another region. Write ${AWS::Region}."
        )
    return ""
