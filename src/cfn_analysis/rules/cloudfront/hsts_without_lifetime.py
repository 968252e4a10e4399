from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import values


class HstsWithoutLifetime(Rule):
    """Strict-Transport-Security with a lifetime of 0.

    With max-age=0, browsers delete the rule that the site is only available over HTTPS: the header disables
    the protection for returning viewers. Use a year, 31536000 seconds.
    """

    id = "E9592"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-responseheaderspolicy-stricttransportsecurity.html"
    fault_class = "protections"
    looks_at = (
        "Resources/AWS::CloudFront::ResponseHeadersPolicy/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig/StrictTransportSecurity",
    )

    def faults(self, validator: Validator, header: Any) -> Faults:
        for age, case in values(validator, header.get("AccessControlMaxAgeSec")):
            if number(age) == 0:
                yield Fault(
                    ("AccessControlMaxAgeSec",),
                    "AccessControlMaxAgeSec is 0{when}: browsers delete the rule that the site is only on "
                    "HTTPS. Use 31536000, a year.",
                    case,
                )
