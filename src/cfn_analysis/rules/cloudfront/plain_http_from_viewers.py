from typing import Any

from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import values


class PlainHttpFromViewers(Rule):
    """Viewers that may use plain HTTP.

    With ViewerProtocolPolicy allow-all, a site is also served over HTTP, and requests and responses can be
    read and changed in transit. Use redirect-to-https, or https-only for an API.
    """

    id = "W9589"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html"
    fault_class = "protections"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for config in configurations(validator, properties, "DefaultCacheBehavior", "CacheBehaviors"):
            for path, behavior in config.behaviors():
                for policy, case in values(config.case, behavior.get("ViewerProtocolPolicy")):
                    if policy == "allow-all":
                        yield Fault(
                            config.path(*path, "ViewerProtocolPolicy"),
                            "ViewerProtocolPolicy is allow-all{when}: viewers may use plain HTTP. Use "
                            "redirect-to-https.",
                            case,
                        )
