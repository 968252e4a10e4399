"""E9048: the description of a security group's rule has only characters that EC2 takes."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.scenarios import state
from csr_templates.rules.support.values import place, values

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator

REFUSED = re.compile(r"[^a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]")
LONGEST = 255

PATHS: tuple[tuple[str | int, ...], ...] = (
    ("Description",),
    ("SecurityGroupIngress", "*", "Description"),
    ("SecurityGroupEgress", "*", "Description"),
)


class RefusedSecurityGroupText(CfnLintKeyword):
    """No rule of a security group is described in characters that EC2 refuses."""

    id = "E9048"
    shortdesc = "Description of a security group's rule that EC2 refuses"
    description = (
        "EC2 takes a description of at most 255 characters, of ASCII letters, digits, spaces and "
        "._-:/()#,@[]+=&;{}!$*. It refuses everything else (quotes, apostrophes, < and >, Japanese), and the "
        "stack rolls back. cfn-lint checks the group's own description, not those of its rules."
    )
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html"
    tags = ["resources", "ec2", "securitygroup"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(
            [
                "Resources/AWS::EC2::SecurityGroup/Properties",
                "Resources/AWS::EC2::SecurityGroupEgress/Properties",
                "Resources/AWS::EC2::SecurityGroupIngress/Properties",
            ]
        )

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield an error per description that some case makes unfit."""
        for path in PATHS:
            for text, known in get_value_from_path(validator, properties, deque(path)):
                for found, case in values(known, text):
                    problem = _problem(found)
                    if problem:
                        yield ValidationError(
                            f"Description {state(validator, case, text, found)}: {problem}",
                            path=place(known, validator),
                            rule=self,
                        )
                        break


def _problem(text: Any) -> str:
    if not isinstance(text, str):
        return ""
    refused = sorted(set(REFUSED.findall(text)))
    if refused:
        return (
            f"EC2 refuses the characters {' '.join(refused)} in it. Use ASCII letters, digits, spaces and "
            "._-:/()#,@[]+=&;{}!$*."
        )
    if len(text) > LONGEST:
        return f"EC2 takes at most {LONGEST} characters, and it has {len(text)}."
    return ""
