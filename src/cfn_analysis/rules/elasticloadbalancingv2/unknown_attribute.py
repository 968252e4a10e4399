from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.words import did_you_mean, named, words

KNOWN = {name: words(attributes) for name, attributes in named(__file__).items()}


class UnknownAttribute(Rule):
    """Attribute of a load balancer or target group that does not exist.

    The attributes are pairs of texts, whose names are not in the schema. Elastic Load Balancing refuses an
    unknown name when the stack is deployed.
    """

    id = "E9761"
    source_url = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html"
    )
    fault_class = "values"
    looks_at = properties_of(
        "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup"
    )

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for name, known in KNOWN.items():
            for attribute, path in each(properties.get(name), name):
                key = attribute.get("Key") if isinstance(attribute, dict) else None
                hint = did_you_mean(key, known, 0.75) if isinstance(key, str) and key not in known else ""
                value = attribute.get("Value") if isinstance(attribute, dict) else None
                cookie = key == "stickiness.type" and value in ("lb_cookie", "app_cookie")
                if cookie and properties.get("Protocol") in ("TCP", "TLS", "UDP", "TCP_UDP"):
                    yield Fault(
                        (*path, "Value"),
                        f"Value of {key} is {value}, and Protocol is {properties['Protocol']}, which has "
                        f"no cookies: "
                        "it is refused. Write source_ip.",
                    )
                if hint:
                    yield Fault((*path, "Key"), f"Key is {key}, which {name} do not have.{hint}")
