from __future__ import annotations

from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import case_of, is_true, of_type


class AclRuleTwice(Rule):
    """Two rules of a network ACL with the same number.

    The rules of a network ACL are numbered, inbound and outbound separately, and EC2 refuses a second
    rule with a number: NetworkAclEntryAlreadyExists. Leave gaps between the numbers.
    """

    id = "E9628"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        seen: dict[tuple[str, bool, str], list[tuple[str, Any]]] = {}
        for logical_id, resource, properties in of_type(resources, "AWS::EC2::NetworkAclEntry"):
            acl, rule = single_reference(properties.get("NetworkAclId"))[0], properties.get("RuleNumber")
            if not acl or rule is None or is_function(rule)[0]:
                continue
            others = seen.setdefault((acl, is_true(properties.get("Egress")), str(rule)), [])
            case = case_of(validator, resource)
            for other, other_resource in others:
                if case and case_of(case, other_resource):
                    way = "outbound" if is_true(properties.get("Egress")) else "inbound"
                    yield Fault(
                        (logical_id, "Properties", "RuleNumber"),
                        f"RuleNumber is {rule}, which {other} has among the {way} rules of {acl}: EC2 "
                        "refuses the second. Use another number.",
                    )
                    break
            others.append((logical_id, resource))
