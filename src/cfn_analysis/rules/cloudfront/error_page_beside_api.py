from typing import Any

from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value
from cfn_analysis.rules.support.values import items, show


class ErrorPageBesideApi(Rule):
    """CloudFront error page in a distribution with an API.

    CustomErrorResponses apply to the whole distribution. A page for 403 or 404, as used for single-page
    applications, also replaces the API's own 403 and 404 and the responses of WAF: the caller gets HTML,
    often with status 200, instead of JSON. Route pages with a CloudFront Function on the site's behavior
    instead.
    """

    id = "E9580"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for config in configurations(validator, properties, "Origins", "CustomErrorResponses"):
            pages, apis = items(config.parts.get("CustomErrorResponses")), config.api_origins()
            for index, page in enumerate(pages if apis else []):
                if not isinstance(page, dict) or "ResponsePagePath" not in page:
                    continue
                code, response = (
                    only_value(config.case, page.get(name)) for name in ("ErrorCode", "ResponseCode")
                )
                if (number(code) or 999) < 500 or (number(response) or 999) < 400:
                    status = f" with status {response}" if response is not None else ""
                    yield RuleFinding(
                        config.path("CustomErrorResponses", index, "ResponsePagePath"),
                        f"ResponsePagePath is {show(page['ResponsePagePath'])} for the error {code}{{when}}: "
                        "it applies to the whole distribution, so callers of the API origin "
                        f"{' and '.join(apis)} get this page{status} too. Remove it, and route pages by a "
                        "CloudFront Function on the site's behavior.",
                        config.case,
                    )
