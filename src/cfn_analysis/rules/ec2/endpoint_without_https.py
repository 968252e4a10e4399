from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.networks import ingress_rules
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import of_type, show


class EndpointWithoutHttps(Rule):
    """Interface endpoint whose security groups do not allow HTTPS.

    AWS services listen on port 443 of an endpoint. If none of its security groups allows inbound TCP 443,
    every call to the service times out, because private DNS resolves only to the endpoint. Without
    SecurityGroupIds, the endpoint has the default group of the VPC, which allows only its own members.
    """

    id = "E9632"
    source_url = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        endpoints = list(of_type(resources, "AWS::EC2::VPCEndpoint"))
        default_used = bool(endpoints) and (
            "DefaultSecurityGroup" in show(validator.cfn.template)
            or not any(of_type(resources, "AWS::EC2::SecurityGroup"))
        )
        for logical_id, _, properties in endpoints:
            service = sub_text(properties.get("ServiceName")) or ""
            if not service.startswith("com.amazonaws.") or properties.get("VpcEndpointType") != "Interface":
                continue
            vpc = single_reference(properties.get("VpcId"))[0]
            if "SecurityGroupIds" not in properties and vpc in resources and not default_used:
                yield Fault(
                    (logical_id, "Properties"),
                    f"SecurityGroupIds is missing: the endpoint gets the default group of {vpc}, which "
                    "allows only its own members, and no resource of the template is one. Add a group that "
                    "allows TCP 443.",
                )
            groups = [single_reference(item)[0] for item, _ in each(properties.get("SecurityGroupIds"))]
            rules = ingress_rules(resources, groups)
            if rules is not None and not any(_admits_https(rule) for rule in rules):
                yield Fault(
                    (logical_id, "Properties", "SecurityGroupIds"),
                    f"{' and '.join(groups)} does not allow inbound TCP 443: calls to the endpoint time out. "
                    "Add an ingress rule for port 443.",
                )


def _admits_https(rule: Any) -> bool:
    if not isinstance(rule, dict) or is_function(rule)[0]:
        return True
    low, high = number(rule.get("FromPort")), number(rule.get("ToPort"))
    protocol = str(rule.get("IpProtocol")).lower()
    if protocol == "-1" or low is None or high is None or low == -1:
        return protocol in ("-1", "tcp", "6")
    return protocol in ("tcp", "6") and low <= 443 <= high
