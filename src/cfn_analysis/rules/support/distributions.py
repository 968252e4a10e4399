"""The origins of a CloudFront distribution, and the behaviors that use them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.scenarios import property_scenarios
from cfn_analysis.rules.support.values import (
    Path,
    branches,
    case_of,
    children,
    existing,
    items,
    logical_ids_in,
    of_type,
    possible_values,
)

# The default endpoint of an API. An address that begins with d- is a custom domain, and needs its Host.
API_ADDRESS = re.compile(r"(?!d-).*\.(execute-api|lambda-url)\.")
API_ATTRIBUTES = {"AWS::ApiGatewayV2::Api": "ApiEndpoint", "AWS::Lambda::Url": "FunctionUrl"}


class Configuration(NamedTuple):
    """Some parts of a distribution's configuration in one case."""

    parts: dict[str, Any]
    case: Validator
    written: Any
    """The whole configuration in the template."""

    def path(self, *steps: str | int) -> Path:
        """Return the path of a part from the properties; for a conditional part, that of its parent."""
        return existing({"DistributionConfig": self.written}, ("DistributionConfig", *steps))

    def behaviors(self) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
        """Yield path and content of each cache behavior."""
        default = self.parts.get("DefaultCacheBehavior")
        if isinstance(default, dict):
            yield ("DefaultCacheBehavior",), default
        for index, behavior in enumerate(items(self.parts.get("CacheBehaviors"))):
            if isinstance(behavior, dict):
                yield ("CacheBehaviors", index), behavior

    def origins(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield index and content of each origin."""
        for index, origin in enumerate(items(self.parts.get("Origins"))):
            if isinstance(origin, dict):
                yield index, origin

    def custom_origins(self) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
        """Yield index, content and CustomOriginConfig of each origin that has one."""
        for index, origin in self.origins():
            if isinstance(custom := origin.get("CustomOriginConfig"), dict):
                yield index, origin, custom

    def api_origins(self) -> dict[str, Any]:
        """Return the origins that are the address of an API: their ID and their domain name."""
        return {
            str(origin.get("Id")): origin["DomainName"]
            for _, origin in self.origins()
            if "DomainName" in origin and _is_api(self.case, origin["DomainName"])
        }


def configurations(validator: Validator, properties: Any, *parts: str) -> Iterator[Configuration]:
    """Yield some parts of a distribution's configuration, once for each case."""
    config = properties.get("DistributionConfig")
    if not isinstance(config, dict) or is_function(config)[0]:
        return
    for config_parts, case in property_scenarios(validator, config, *parts):
        yield Configuration(config_parts, case, config)


def _is_api(case: Validator, domain: Any) -> bool:
    for possible in possible_values(case, domain):
        if API_ADDRESS.match("".join(_texts_in(possible))):
            return True
    return any(_is_address(case, name, attribute) for name, attribute in _attributes(domain))


def _is_address(case: Validator, logical_id: str, attribute: str) -> bool:
    """Return whether an attribute of a resource is the address of an API."""
    if logical_id not in case.context.resources:
        return False
    return API_ATTRIBUTES.get(case.context.resources[logical_id].type) == attribute


def _texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a value with references."""
    if isinstance(value, str):
        yield value
    for _, part in children(value):
        yield from _texts_in(part)


def _attributes(value: Any) -> Iterator[tuple[str, str]]:
    """Yield logical ID and attribute of every Fn::GetAtt in a value, also in the text of a Fn::Sub."""
    function, argument = is_function(value)
    if function == "Fn::GetAtt":
        name, _, attribute = (sub_text(value) or "")[2:-1].partition(".")
        yield name, attribute
    elif function == "Fn::Sub" and isinstance(argument, str):
        yield from re.findall(r"\$\{([A-Za-z0-9]+)\.([A-Za-z0-9.]+)\}", argument)
    else:
        for _, part in children(value):
            yield from _attributes(part)


def readers(validator: Validator) -> dict[str, str]:
    """Return the buckets that distributions read from, each with the distribution."""
    origins = {}
    resources = validator.cfn.template["Resources"]
    for distribution_id, distribution, properties in of_type(resources, "AWS::CloudFront::Distribution"):
        case = case_of(validator, distribution)
        if case is None:
            continue
        for domain, _ in branches(case, properties, "DistributionConfig", "Origins", "*", "DomainName"):
            origins.update(dict.fromkeys(logical_ids_in(domain), distribution_id))
    return origins
