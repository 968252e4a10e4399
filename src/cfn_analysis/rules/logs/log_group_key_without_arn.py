from typing import Any

from cfn_analysis.rules.support.references import find_resource, single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import show, values

KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
ALIAS = "AWS::KMS::Alias"


class LogGroupKeyWithoutArn(Rule):
    """Log group with a key's ID instead of its ARN.

    CloudWatch Logs needs the ARN of a key and refuses its ID and an alias' name, and the stack rolls back.
    Ref of an AWS::KMS::Key is the ID, Ref of an AWS::KMS::Alias the name: write GetAtt Key.Arn. Literals and
    parameters are checked by cfn-lint (E3031, W1030).
    """

    id = "E9660"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html"
    fault_class = "names"
    looks_at = properties_of("AWS::Logs::LogGroup")
    first_only = True

    def faults(self, validator: Validator, properties: Any) -> Faults:
        key = properties.get("KmsKeyId")
        for found, case in values(validator, key):
            logical_id, attribute = single_reference(found)
            if find_resource(validator, logical_id, *KEYS)[0] and attribute in ("", "KeyId"):
                mistake = f"that is the ID of a key, but the ARN is required. Write GetAtt {logical_id}.Arn."
            elif find_resource(validator, logical_id, ALIAS)[0]:
                mistake = (
                    "that is the name of an alias, but the ARN of a key is required. Write GetAtt of its Arn."
                )
            else:
                continue
            yield Fault(("KmsKeyId",), f"KmsKeyId is {show(found)}{{when}}: {mistake}", case)
