from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import is_true


class MinimumTlsWithDefaultCertificate(Rule):
    """Minimum TLS version with the default CloudFront certificate.

    With CloudFrontDefaultCertificate true, CloudFront sets the minimum to TLSv1 and ignores
    MinimumProtocolVersion. Old clients are accepted, contrary to the template. Use your
    own domain and certificate (Aliases, AcmCertificateArn, SslSupportMethod), or remove the property.
    """

    id = "E9583"
    source_url = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html"
    fault_class = "values"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for config in configurations(validator, properties, "ViewerCertificate"):
            own, version = (
                only_value(config.case, value_at(config.parts, ("ViewerCertificate", name)))
                for name in ("CloudFrontDefaultCertificate", "MinimumProtocolVersion")
            )
            if is_true(own) and version not in (None, "TLSv1"):
                yield Fault(
                    config.path("ViewerCertificate", "MinimumProtocolVersion"),
                    f"MinimumProtocolVersion is {version} with CloudFrontDefaultCertificate true{{when}}: "
                    "CloudFront sets TLSv1 with its own certificate. Use your own certificate and alias, or "
                    "remove the property.",
                    config.case,
                )
