"""E9052: a log group names its key by ARN."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.references import held, pointed
from csr_templates.rules.support.scenarios import when
from csr_templates.rules.support.values import show, values

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator

KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
ALIAS = "AWS::KMS::Alias"


class LogGroupKeyWithoutArn(CfnLintKeyword):
    """No log group has a key's ID or an alias' name where the ARN is due."""

    id = "E9052"
    shortdesc = "Log group with a key's ID where its ARN is due"
    description = (
        "CloudWatch Logs wants the ARN of a key and refuses its ID and an alias' name, and the stack rolls "
        "back. Ref of an AWS::KMS::Key is the ID, Ref of an AWS::KMS::Alias the name: write GetAtt Key.Arn. "
        "Literals and parameters are checked by cfn-lint (E3031, W1030)."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html"
    tags = ["resources", "logs", "kms"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources/AWS::Logs::LogGroup/Properties"])

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield an error if the reference is no ARN in some case."""
        key = properties.get("KmsKeyId")
        for found, case in values(validator, key):
            logical_id, attribute = pointed(found)
            if held(validator, logical_id, *KEYS)[0] and attribute in ("", "KeyId"):
                mistake = f"that is the ID of a key, and only its ARN will do. Write GetAtt {logical_id}.Arn."
            elif held(validator, logical_id, ALIAS)[0]:
                mistake = "that is an alias' name, and only a key's ARN will do. Write GetAtt of its Arn."
            else:
                continue
            yield ValidationError(
                f"KmsKeyId is {show(found)}{when(validator, [case])}: {mistake}",
                path=deque(["KmsKeyId"]),
                rule=self,
            )
            return
