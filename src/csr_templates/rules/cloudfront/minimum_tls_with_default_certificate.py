"""E9025: CloudFront's own certificate comes with its own minimum of TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.distributions import configurations
from csr_templates.rules.support.findings import findings
from csr_templates.rules.support.scenarios import only
from csr_templates.rules.support.values import is_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import ValidationResult, Validator

    from csr_templates.rules.support.findings import Fault


class MinimumTlsWithDefaultCertificate(CfnLintKeyword):
    """No distribution with CloudFront's own certificate asks for a newer TLS than it gets."""

    id = "E9025"
    shortdesc = "Minimum TLS version beside CloudFront's own certificate"
    description = (
        "With CloudFrontDefaultCertificate true, CloudFront sets the minimum to TLSv1 whatever "
        "MinimumProtocolVersion says. The template reads as if old clients were refused, and they are not. "
        "Use a domain and certificate of your own (Aliases, AcmCertificateArn, SslSupportMethod), or remove "
        "the property."
    )
    source_url = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html"
    tags = ["resources", "cloudfront"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources/AWS::CloudFront::Distribution/Properties"])

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield an error if the minimum can stand beside CloudFront's own certificate."""
        yield from findings(self, validator, _faults(validator, properties))


def _faults(validator: Validator, properties: Any) -> Iterator[Fault]:
    for config in configurations(validator, properties, "ViewerCertificate"):
        certificate = config.parts.get("ViewerCertificate")
        if not isinstance(certificate, dict):
            continue
        own = only(config.case, certificate.get("CloudFrontDefaultCertificate"))
        version = only(config.case, certificate.get("MinimumProtocolVersion"))
        if is_true(own) and version not in (None, "TLSv1"):
            yield (
                config.path("ViewerCertificate", "MinimumProtocolVersion"),
                f"MinimumProtocolVersion is {version} beside CloudFrontDefaultCertificate true{{when}}: "
                "CloudFront sets TLSv1 with its own certificate. Use a certificate and an alias of your "
                "own, or remove the property.",
                config.case,
            )
