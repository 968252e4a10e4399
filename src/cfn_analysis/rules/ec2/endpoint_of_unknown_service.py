import re
from typing import Any

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import branches, of_type
from cfn_analysis.rules.support.words import rows, words

# Services with endpoints that templates name most, and what some are taken for.
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
NAMES = words(" ".join(rows(__file__)))
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
SERVICES = {re.sub(r"[^a-z0-9.]", "", name): name for name in NAMES}


class EndpointOfUnknownService(Rule):
    """VPC endpoint for a service that does not exist.

    Some services have another name here: CloudWatch is monitoring, Step Functions is states. The region is
    that of the VPC, unless ServiceRegion says otherwise.
    """

    id = "E9631"
    source_url = "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"
    fault_class = "networks"
    looks_at = properties_of("AWS::EC2::VPCEndpoint")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for written, case in branches(validator, properties, "ServiceName"):
            name = sub_text(written) or ""
            service = re.match(r"com\.amazonaws\.[^.]+\.(.+)$", name)
            named = re.match(r"com\.amazonaws\.(\$\{.+?\}|[a-z-]+-\d)\.", name)
            problem = _no_service(validator, properties, named[1], service[1]) if named and service else ""
            if problem:
                yield Fault(("ServiceName",), problem, case)


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
