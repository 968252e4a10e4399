"""CloudFront talks to its origins over TLS."""

from __future__ import annotations

from typing import Any

from csr_templates.rules.support.distributions import configurations
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from csr_templates.rules.support.values import show


class PlainHttpToOrigin(Rule):
    """Plain HTTP between CloudFront and an origin.

    With http-only, and with match-viewer where a viewer may come by HTTP, what the viewer sent over TLS goes
    on in plain text, over the internet. Use https-only. The website endpoint of a bucket is the exception:
    it speaks only HTTP, and https-only fails there.
    """

    id = "W9588"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html"
    tags = ["resources", "cloudfront"]
    fault_class = "protections"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for one in configurations(validator, properties, "Origins"):
            for index, origin, custom in one.custom_origins():
                policy, domain = custom.get("OriginProtocolPolicy"), show(origin.get("DomainName"))
                website = "s3-website" in domain or "WebsiteURL" in domain
                if policy in ("http-only", "match-viewer") and not website:
                    problem = "what viewers send over TLS goes on in plain text. Use https-only"
                elif policy == "https-only" and website:
                    problem = (
                        "a website endpoint of S3 speaks only HTTP, and every request fails. Use http-only"
                    )
                else:
                    continue
                yield Fault(
                    one.path("Origins", index, "CustomOriginConfig", "OriginProtocolPolicy"),
                    f"OriginProtocolPolicy is {policy}{{when}}: {problem}.",
                    one.case,
                )
