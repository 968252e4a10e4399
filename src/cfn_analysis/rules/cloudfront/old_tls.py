from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value

OLD = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016")
NEWEST = "TLSv1.2"  # between CloudFront and an origin


class OldTls(Rule):
    """Old TLS between viewers, CloudFront and an origin.

    With your own certificate, MinimumProtocolVersion is the oldest TLS version for viewers: below TLSv1.2,
    weak encryption is accepted. OriginSSLProtocols are the versions for the origin: without TLSv1.2,
    encryption is weak, and a server that rejects old versions, such as those of AWS, does not connect, so
    viewers get 502. Use TLSv1.2_2021, and TLSv1.2 for origins.
    """

    id = "W9596"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html"
    fault_class = "protections"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for config in configurations(validator, properties, "Origins", "ViewerCertificate"):
            certificate = config.parts.get("ViewerCertificate", {})
            version = only_value(config.case, value_at(certificate, ("MinimumProtocolVersion",)))
            if version in OLD and "CloudFrontDefaultCertificate" not in certificate:
                yield Fault(
                    config.path("ViewerCertificate", "MinimumProtocolVersion"),
                    f"MinimumProtocolVersion is {version}{{when}}: clients with broken encryption are "
                    "accepted. Set it to TLSv1.2_2021.",
                    config.case,
                )
            for index, _, custom in config.custom_origins():
                offered = custom.get("OriginSSLProtocols")
                known = all(isinstance(each, str) for each in offered) if isinstance(offered, list) else False
                if offered and known and NEWEST not in offered:
                    yield Fault(
                        config.path("Origins", index, "CustomOriginConfig", "OriginSSLProtocols"),
                        f"OriginSSLProtocols is {' and '.join(offered)}{{when}}: most servers refuse that, "
                        f"and viewers get 502. Set it to {NEWEST}.",
                        config.case,
                    )
