"""E9055: a function in a VPC has subnets and security groups."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.lambdas import FUNCTION
from csr_templates.rules.support.scenarios import scenarios, when
from csr_templates.rules.support.values import show

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator


class VpcFunctionIncomplete(CfnLintKeyword):
    """No function has subnets without security groups, or groups without subnets."""

    id = "E9055"
    shortdesc = "VPC function without security groups or without subnets"
    description = (
        "Lambda attaches a function to a VPC by subnets and security groups together and refuses the one "
        "without the other ('SubnetIds and SecurityIds must coexist or be both empty list'), so the stack "
        "rolls back. There is no default group. Name at least one of each; a function outside a VPC has "
        "neither."
    )
    source_url = "https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html"
    tags = ["resources", "lambda", "vpc"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__([f"Resources/{FUNCTION}/Properties"])

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield an error if some case has only one of the two lists."""
        for config, case in scenarios(validator, properties.get("VpcConfig")):
            if not isinstance(config, dict):
                continue
            for name, other in (("SecurityGroupIds", "SubnetIds"), ("SubnetIds", "SecurityGroupIds")):
                if config.get(name) or not config.get(other):
                    continue
                found = f"is {show(config[name])}" if name in config else "is missing"
                yield ValidationError(
                    f"{name} {found}{when(validator, [case])}, and {other} is {show(config[other])}: Lambda "
                    "refuses the one without the other. Name at least one of each.",
                    path=deque(["VpcConfig"]),
                    rule=self,
                )
                return
