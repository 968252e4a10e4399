from typing import Any

from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import show


class PlainHttpToOrigin(Rule):
    """Plain HTTP between CloudFront and an origin.

    With http-only, and with match-viewer if viewers may use HTTP, requests are sent to the origin in plain
    text, over the internet. Use https-only. The website endpoint of a bucket is the exception: it supports
    only HTTP, and https-only fails.
    """

    id = "W9588"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html"
    fault_class = "protections"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for config in configurations(validator, properties, "Origins"):
            for index, origin, custom in config.custom_origins():
                policy, domain = custom.get("OriginProtocolPolicy"), show(origin.get("DomainName"))
                website = "s3-website" in domain or "WebsiteURL" in domain
                if policy in ("http-only", "match-viewer") and not website:
                    problem = "requests are sent to the origin in plain text. Use https-only"
                elif policy == "https-only" and website:
                    problem = (
                        "a website endpoint of S3 supports only HTTP, and every request fails. Use http-only"
                    )
                else:
                    continue
                yield Fault(
                    config.path("Origins", index, "CustomOriginConfig", "OriginProtocolPolicy"),
                    f"OriginProtocolPolicy is {policy}{{when}}: {problem}.",
                    config.case,
                )
