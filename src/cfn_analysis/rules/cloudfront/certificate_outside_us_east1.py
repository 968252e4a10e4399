import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.patterns import refuses
from cfn_analysis.rules.support.references import target_case
from cfn_analysis.rules.support.regions import US_EAST_1, regions
from cfn_analysis.rules.support.rule import Fault, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import branches, ref_name, show, values

ARN = re.compile(r"arn:[^:]+:acm:([^:]+):")
SAMPLE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


class CertificateOutsideUsEast1(Rule):
    """CloudFront certificate outside us-east-1.

    CloudFront accepts certificates of ACM only from us-east-1, also in a stack of another region. With
    another certificate the distribution fails. Request or import the certificate in us-east-1 and give its
    ARN; a parameter for it has to allow that.
    """

    id = "E9584"
    source_url = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html"
    fault_class = "names"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def faults(self, validator: Validator, properties: Any) -> Iterator[Fault]:
        for config in configurations(validator, properties, "ViewerCertificate"):
            written = value_at(config.parts, ("ViewerCertificate", "AcmCertificateArn"))
            for region, case in _regions(config.case, written):
                if region != US_EAST_1 and not region.startswith("cn-"):
                    yield Fault(
                        config.path("ViewerCertificate", "AcmCertificateArn"),
                        f"AcmCertificateArn is {show(written)}{{when}}, a certificate of {region}: "
                        "CloudFront accepts only certificates of us-east-1. Create it there and give its "
                        "ARN.",
                        case,
                    )
            for value, case in branches(config.case, written):
                steps = ("Parameters", ref_name(value), "AllowedPattern")
                pattern = str(value_at(validator.cfn.template, steps))
                if ":acm:" in pattern and US_EAST_1 not in pattern and refuses(pattern, SAMPLE):
                    yield Fault(
                        config.path("ViewerCertificate", "AcmCertificateArn"),
                        f"AcmCertificateArn is {show(written)}{{when}}, and AllowedPattern of "
                        f"{ref_name(value)} allows no certificate of us-east-1, the only ones that "
                        "CloudFront accepts. Correct it.",
                        case,
                    )


def _regions(case: Validator, written: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the possible regions of the certificate, if known from the template."""
    _, _, both = target_case(case, written, "AWS::CertificateManager::Certificate")
    if both:
        yield from ((region, both) for region in regions(both))
    for value, where in values(case, written):
        found = ARN.match(value) if isinstance(value, str) else None
        if found:
            yield found[1], where
