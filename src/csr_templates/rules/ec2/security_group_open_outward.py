"""W9049: a security group says where its members may go."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.scenarios import scenarios, when
from csr_templates.rules.support.values import show

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator

NAME = "SecurityGroupEgress"


class SecurityGroupOpenOutward(CfnLintKeyword):
    """Every security group has rules of its own for outgoing traffic."""

    id = "W9049"
    shortdesc = "Security group without inline egress rules"
    description = (
        "To a group without SecurityGroupEgress EC2 adds a rule that lets everything out to everywhere, also "
        "if AWS::EC2::SecurityGroupEgress resources name the group: they add to that rule. Write the rules "
        "inline; for a group that only answers the idiom is IpProtocol -1 to CidrIp 127.0.0.1/32. If "
        "everything is meant, say so: IpProtocol -1 to CidrIp 0.0.0.0/0."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html"
    tags = ["resources", "ec2", "securitygroup"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources/AWS::EC2::SecurityGroup/Properties"])

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield a warning if some case leaves the group without a rule."""
        for rules, case in scenarios(validator, properties.get(NAME)):
            if rules in (None, []):
                found = f"is {show(properties[NAME])}" if NAME in properties else "is missing"
                yield ValidationError(
                    f"{NAME} {found}{when(validator, [case])}: EC2 adds a rule that lets everything out to "
                    "everywhere. Write the rules the group needs; for none: IpProtocol -1 to CidrIp "
                    "127.0.0.1/32; for all: IpProtocol -1 to CidrIp 0.0.0.0/0.",
                    path=deque([NAME] if NAME in properties else []),
                    rule=self,
                )
                return
