from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import is_true, of_type, twins


class AclRuleTwice(Rule):
    """Two rules of a network ACL with the same number.

    The rules of a network ACL are numbered, inbound and outbound separately, and EC2 refuses a second
    rule with a number: NetworkAclEntryAlreadyExists. Leave gaps between the numbers.
    """

    id = "E9628"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        rules = []
        for logical_id, _, properties in of_type(resources, "AWS::EC2::NetworkAclEntry"):
            acl, rule = single_reference(properties.get("NetworkAclId"))[0], properties.get("RuleNumber")
            way = "outbound" if is_true(properties.get("Egress")) else "inbound"
            if acl and rule is not None and not is_function(rule)[0]:
                rules.append(((acl, way, str(rule)), (logical_id, "Properties", "RuleNumber")))
        for (acl, way, rule), path, other in twins(validator, resources, rules):
            yield Fault(
                path,
                f"RuleNumber is {rule}, which {other} has among the {way} rules of {acl}: EC2 refuses the "
                "second. Use another number.",
            )
