import ipaddress
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.networks import ingress_rules
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import default_values, number
from cfn_analysis.rules.support.values import of_type, show

Network = ipaddress.IPv4Network


class EndpointWithoutHttps(Rule):
    """Interface endpoint whose security groups do not allow HTTPS.

    AWS services listen on port 443 of an endpoint. If none of its security groups allows inbound TCP 443,
    every call to the service times out, because private DNS resolves only to the endpoint. Without
    SecurityGroupIds, the endpoint has the default group of the VPC, which allows only its own members. Rules
    for the ranges of subnets must cover all subnets of the endpoint, or none.
    """

    id = "E9632"
    source_url = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
    finding_class = "networks"

    def findings(self, validator: Validator, resources: Any) -> Findings:
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
                yield RuleFinding(
                    (logical_id, "Properties"),
                    f"SecurityGroupIds is missing: the endpoint gets the default group of {vpc}, which "
                    "allows only its own members, and no resource of the template is one. Add a group that "
                    "allows TCP 443.",
                )
            groups = [single_reference(group)[0] for group, _ in each(properties.get("SecurityGroupIds"))]
            rules = ingress_rules(resources, groups)
            if rules is not None and not any(_admits_https(rule) for rule in rules):
                yield RuleFinding(
                    (logical_id, "Properties", "SecurityGroupIds"),
                    f"{' and '.join(groups)} does not allow inbound TCP 443: calls to the endpoint time out. "
                    "Add an ingress rule for port 443.",
                )
            elif rules is not None:
                https = [rule for rule in rules if _admits_https(rule)]
                subnets = [single_reference(subnet)[0] for subnet, _ in each(properties.get("SubnetIds"))]
                left_out = _left_out(validator, resources, https, subnets)
                if left_out:
                    yield RuleFinding(
                        (logical_id, "Properties", "SecurityGroupIds"),
                        f"{' and '.join(groups)} allows TCP 443 from other subnets of the endpoint, and not "
                        f"from {' and '.join(left_out)}: calls from there time out. Add its range.",
                    )


def _admits_https(rule: Any) -> bool:
    if not isinstance(rule, dict) or is_function(rule)[0]:
        return True
    low, high = number(rule.get("FromPort")), number(rule.get("ToPort"))
    protocol = str(rule.get("IpProtocol")).lower()
    if protocol == "-1" or low is None or high is None or low == -1:
        return protocol in ("-1", "tcp", "6")
    return protocol in ("tcp", "6") and low <= 443 <= high


def _left_out(validator: Validator, resources: Any, rules: list[Any], subnets: list[str]) -> list[str]:
    """Return the subnets that rules do not admit, if they admit others of them by their ranges."""
    sources = _sources(validator, rules)
    if sources is None:
        return []  # a group or a prefix list may contain the others
    ranges = {
        subnet: _range(validator, properties.get("CidrBlock"))
        for subnet, _, properties in of_type(resources, "AWS::EC2::Subnet")
    }
    if any(isinstance(source, str) and source not in ranges.values() for source in sources):
        return []  # a range that is not known may contain the others
    served = [subnet for subnet in subnets if subnet in ranges]
    admitted = [subnet for subnet in served if _is_admitted(sources, ranges[subnet])]
    if not admitted:
        return []  # the rules are not about subnets of the endpoint
    if not all(isinstance(source, str) for source in sources):
        # An address range cannot be compared with one that is not known.
        served = [subnet for subnet in served if not isinstance(ranges[subnet], str)]
    return [subnet for subnet in served if subnet not in admitted]


def _sources(validator: Validator, rules: list[Any]) -> list[Network | str] | None:
    """Return the ranges of addresses that rules admit; None if a rule admits something else."""
    sources = []
    for rule in rules:
        if not isinstance(rule, dict) or rule.get("CidrIp") is None:
            return None
        sources.append(_range(validator, rule["CidrIp"]))
    return sources


def _is_admitted(sources: list[Network | str], inner: Network | str) -> bool:
    return any(_includes(source, inner) for source in sources)


def _range(validator: Validator, value: Any) -> Network | str:
    """Return a range of addresses, by the default of a parameter, or how it is written."""
    defaults = [default for default, _ in default_values(validator, value)]
    if len(defaults) != 1:
        return show(value)
    try:
        return ipaddress.IPv4Network(str(defaults[0]), strict=False)  # EC2 makes 10.0.0.0/24 of 10.0.0.5/24
    except ValueError:
        return show(value)


def _includes(source: Network | str, inner: Network | str) -> bool:
    if isinstance(source, str) or isinstance(inner, str):
        return source == inner
    return inner.subnet_of(source)
