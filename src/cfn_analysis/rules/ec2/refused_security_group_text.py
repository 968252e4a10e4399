import re
from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import state
from cfn_analysis.rules.support.values import branches, place, values

REFUSED = re.compile(r"[^a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]")
LONGEST = 255

PATHS: tuple[tuple[str | int, ...], ...] = (
    ("Description",),
    ("SecurityGroupIngress", "*", "Description"),
    ("SecurityGroupEgress", "*", "Description"),
)


class RefusedSecurityGroupText(Rule):
    """Description of a security group's rule that EC2 refuses.

    EC2 accepts a description of at most 255 characters, of ASCII letters, digits, spaces and
    ._-:/()#,@[]+=&;{}!$*. It refuses all others (quotes, apostrophes, < and >, Japanese), and the stack
    rolls back. cfn-lint checks the group's own description, not those of its rules.
    """

    id = "E9620"
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html"
    fault_class = "networks"
    looks_at = properties_of(
        "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"
    )

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for path in PATHS:
            for text, known in branches(validator, properties, *path):
                for written, case in values(known, text):
                    problem = _refusal_of(written)
                    if problem:
                        yield Fault(
                            place(known, validator),
                            f"Description {state(validator, case, text, written)}: {problem}",
                        )
                        break


def _refusal_of(text: Any) -> str:
    if not isinstance(text, str):
        return ""
    refused = sorted(set(REFUSED.findall(text)))
    if refused:
        return (
            f"EC2 refuses the characters {' '.join(refused)} in it. Use ASCII letters, digits, spaces and "
            "._-:/()#,@[]+=&;{}!$*."
        )
    if len(text) > LONGEST:
        return f"EC2 accepts at most {LONGEST} characters, and it has {len(text)}."
    return ""
