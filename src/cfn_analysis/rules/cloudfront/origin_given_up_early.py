from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.apis import methods
from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import default_values, number
from cfn_analysis.rules.support.values import logical_ids_in, of_type

READ_TIMEOUT = 30  # seconds
INTEGRATION_TIMEOUT = 29_000  # milliseconds


class OriginGivenUpEarly(Rule):
    """Origin for which CloudFront times out before the API does.

    CloudFront waits OriginReadTimeout seconds for an origin, 30 by default, and then answers 504. If the
    origin is a REST API whose integration waits longer, the request is still carried out, and the client may
    repeat it. The two time-outs are in two resources, so one is easily changed without the other. Set
    OriginReadTimeout a second above the longest TimeoutInMillis of the API.
    """

    id = "W9767"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html"
    )
    finding_class = "values"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for config in configurations(validator, properties, "Origins"):
            for index, origin, custom in config.custom_origins():
                path = config.path("Origins", index, "CustomOriginConfig", "OriginReadTimeout")
                waits = custom.get("OriginReadTimeout", READ_TIMEOUT)
                timeouts = list(_api_timeouts(config.case, origin.get("DomainName")))
                for text, case in _shorter(config.case, waits, timeouts):
                    yield RuleFinding(path, text, case)


def _shorter(
    case: Validator, waits: Any, timeouts: list[tuple[float, str]]
) -> Iterator[tuple[str, Validator]]:
    """Yield the message for each time that is shorter than the longest of some time-outs, with its case."""
    milliseconds, method = max(timeouts, default=(0, ""))
    for value, value_case in default_values(case, waits):
        seconds = number(value)
        if seconds is None or seconds * 1000 >= milliseconds:
            continue
        yield (
            f"OriginReadTimeout is {seconds:g} seconds{{when}}, but TimeoutInMillis of {method} is "
            f"{milliseconds:g}: CloudFront answers 504 while the API still works. Raise OriginReadTimeout, "
            "or lower TimeoutInMillis.",
            value_case,
        )


def _api_timeouts(case: Validator, domain_name: Any) -> Iterator[tuple[float, str]]:
    """Yield how many milliseconds the integrations of the APIs in a domain name wait, with the methods."""
    resources = case.cfn.template["Resources"]
    names = logical_ids_in(domain_name)
    for api, _, _ in of_type(resources, "AWS::ApiGateway::RestApi"):
        if api not in names:
            continue
        for method in methods(resources, {"Ref": api}):
            integration = method.properties.get("Integration")
            if not isinstance(integration, dict):
                continue
            for value, _ in default_values(case, integration.get("TimeoutInMillis", INTEGRATION_TIMEOUT)):
                timeout = number(value)
                if timeout is not None:
                    yield timeout, method.logical_id
