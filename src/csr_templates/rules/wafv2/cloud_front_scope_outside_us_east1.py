"""E9010: what WAF makes for CloudFront is made in us-east-1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.findings import findings
from csr_templates.rules.support.regions import US_EAST_1, regions
from csr_templates.rules.support.scenarios import state
from csr_templates.rules.support.values import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import ValidationResult, Validator

    from csr_templates.rules.support.findings import Fault


class CloudFrontScopeOutsideUsEast1(CfnLintKeyword):
    """Every WAF resource with the scope CLOUDFRONT is in a stack of us-east-1."""

    id = "E9010"
    shortdesc = "WAF for CloudFront outside us-east-1"
    description = (
        "WAF makes a web ACL, rule group, IP set or pattern set with the scope CLOUDFRONT in us-east-1 "
        "alone. In every other region the create call fails with 'The scope is not valid'. Deploy the stack "
        "in us-east-1 (and lint it for that region), or use the scope REGIONAL for what is not CloudFront."
    )
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html"
    tags = ["resources", "wafv2", "cloudfront"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(
            [
                f"Resources/AWS::WAFv2::{noun}/Properties"
                for noun in ("WebACL", "RuleGroup", "IPSet", "RegexPatternSet")
            ]
        )

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield an error if the scope can be CLOUDFRONT in a region that has no such resources."""
        yield from findings(self, validator, _faults(validator, properties.get("Scope")))


def _faults(validator: Validator, scope: Any) -> Iterator[Fault]:
    for found, case in values(validator, scope):
        wrong = [region for region in regions(case) if region != US_EAST_1]
        if found == "CLOUDFRONT" and wrong:
            yield (
                ("Scope",),
                f"Scope {state(validator, case, scope, found)}, and the stack is for {', '.join(wrong)}: "
                "WAF makes what belongs to CloudFront in us-east-1 alone. Deploy the stack there, or use "
                "the scope REGIONAL.",
                case,
            )
