"""What callers from the outside get: the site and the API through CloudFront, and the API without its key."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from cfn_analysis.model.resolving import pseudo_parameters
from csr_templates.preflight import deployed_resources
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed, skipped, warned
from csr_templates.preflight.services import cloudfront, https_calls

_ORIGINS: Final = 2
_APIS: Final = 1
"""At most three requests in total: one for each of the first origins, and one to the first API."""
_NO_KEY: Final = "ForbiddenException"
"""The error type with which API Gateway refuses a request without a key, before the application gets it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""
_UNCLEAR: Final = (403, 429)
"""Statuses that API Gateway, WAF and the application can give."""
# API Gateway answers 403 for a path without a method, too.
# https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
_NO_METHOD: Final = "MissingAuthenticationTokenException"
_STAGE: Final = "Deploy the stage again (docs/hand-over.md, A method of the API)."


class _Origin(NamedTuple):
    """An origin of a distribution.

    Attributes:
        distribution: logical ID of the distribution.
        aliases: the domains of the distribution.
        path: a path that CloudFront gets from the origin; empty if no health check requests one.
    """

    distribution: str
    aliases: list[str]
    path: str


def _origins(environment: ResolvedEnvironment) -> Iterator[Subject]:
    requests = 0
    for stack, logical_id, properties in environment.of_type(cloudfront.DISTRIBUTION):
        config = properties["DistributionConfig"]
        paths = _paths_of_origins(stack, logical_id, config)
        for origin in config.get("Origins", []):
            path = paths.get(origin["Id"], "")
            if requests >= _ORIGINS:
                path = ""
            if path:
                requests += 1
            yield Subject(origin["Id"], stack, _Origin(logical_id, config.get("Aliases", []), path))


def _paths_of_origins(
    stack: EnvironmentStack, distribution: str, config: Mapping[str, Any]
) -> dict[str, str]:
    """Return ID of an origin -> the first path that health checks request and CloudFront gets from it."""
    paths: dict[str, str] = {}
    for path in _probed_paths(stack, distribution, config):
        paths.setdefault(_target_origin(config, path), path)
    return paths


def _probed_paths(stack: EnvironmentStack, distribution: str, config: Mapping[str, Any]) -> list[str]:
    """Return the paths of a distribution that health checks request."""
    aliases = config.get("Aliases", [])
    hosts: list[Any] = [{"Fn::GetAtt": [distribution, "DomainName"]}, *aliases]
    for record, properties in stack.of_type("AWS::Route53::RecordSet"):
        if properties.get("Name") in aliases:
            hosts.append({"Ref": record})
    paths = []
    for _, properties in stack.of_type("AWS::Route53::HealthCheck"):
        health_check = properties["HealthCheckConfig"]
        if health_check["Type"] == "HTTPS" and health_check.get("FullyQualifiedDomainName") in hosts:
            paths.append(health_check.get("ResourcePath", "/"))
    return paths


def _target_origin(config: Mapping[str, Any], path: str) -> str:
    """Return the ID of the origin from which CloudFront gets a path."""
    for behavior in config.get("CacheBehaviors", []):
        pattern = re.escape(f"/{behavior['PathPattern'].lstrip('/')}")
        if re.fullmatch(pattern.replace(r"\*", ".*").replace(r"\?", "."), path.partition("?")[0]):
            return str(behavior["TargetOriginId"])
    return str(config["DefaultCacheBehavior"]["TargetOriginId"])


def _judge_origin(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    request = _origin_request(subject, lookup)
    if _distribution(subject, lookup) is None:
        return deployed_resources.missing(subject, environment, lookup)
    if request is None:
        return skipped(
            f"The origin {subject.id} was not requested through CloudFront: no health check names a path.",
            "Set the path of its health check in the parameter files (ProbePath, ApiProbePath), or open it "
            "in a browser.",
        )
    url = dict(request.parameters)["Url"]
    answer = lookup(request)
    if "error" in answer:
        return _no_answer(url, answer["error"])
    status = answer["status"]
    if status < 300:
        return passed(f"{url} answers {status}.")
    if status < 400:
        return _judge_redirect(url, status, answer["location"])
    return failed(
        f"{url} answers {status}.",
        "403 can come from WAF (a blocked country or address), 404 from a site without files. See the "
        "dashboard of the stack, then its access logs (docs/access-log.md).",
    )


def _judge_redirect(url: str, status: int, location: str) -> Result:
    """Judge a redirect; only one to the same site is an answer of the site."""
    target = urlsplit(urljoin(url, location))
    if location and target[:2] == urlsplit(url)[:2]:
        return passed(f"{url} answers {status}, with a redirect to {target.path} of the same site.")
    return failed(
        f"{url} answers {status}, with a redirect to {location or 'nowhere'}.",
        "A redirect was not followed. Check the function or the application that sends it.",
    )


def _no_answer(url: str, error: str) -> Result:
    remedy = "Try from another network. If it does not answer there, see the dashboard of the stack."
    if "certificate" in error:
        remedy = (
            "Check the certificate of the distribution, and whether a proxy between you and it replaces it."
        )
    return failed(f"{url} does not answer: {error}.", remedy)


def _distribution(subject: Subject, lookup: Lookup) -> DeployedResource | None:
    origin: _Origin = subject.about
    return deployed_resources.find(lookup, subject.stack, origin.distribution)


def _origin_request(subject: Subject, lookup: Lookup) -> Query | None:
    """Return the request for the path of an origin; None if there is no path, or no distribution."""
    origin: _Origin = subject.about
    distribution = _distribution(subject, lookup)
    if distribution is None or not origin.path:
        return None
    if origin.aliases:
        host = origin.aliases[0]
    else:
        host = cloudfront.existing_distribution(distribution, lookup)["DomainName"]
    return https_calls.request(f"https://{host}{origin.path}")


def _stages(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield the first stages whose API has a method that needs an API key, with the path of the method."""
    requests = 0
    for stack, logical_id, properties in environment.of_type("AWS::ApiGateway::Stage"):
        match properties.get("RestApiId"):
            case {"Ref": str(api)}:
                path = _path_with_key(stack, api)
                if path and requests < _APIS:
                    requests += 1
                    yield Subject(logical_id, stack, (api, path))


def _path_with_key(stack: EnvironmentStack, api: str) -> str:
    """Return a path of an API that needs a key, preferably its root; empty if there is none."""
    configuration = stack.resources[api]["Properties"]
    types = configuration.get("EndpointConfiguration", {}).get("Types", [])
    if "PRIVATE" in types or configuration.get("DisableExecuteApiEndpoint") is True:
        return ""
    paths = []
    for _, method in stack.of_type("AWS::ApiGateway::Method"):
        if method["RestApiId"] != {"Ref": api} or method.get("ApiKeyRequired") is not True:
            continue
        if method["HttpMethod"] in ("ANY", "GET"):
            paths.append(_path(stack, method["ResourceId"]))
    return min(paths, key=len, default="")


def _path(stack: EnvironmentStack, resource: Any) -> str:
    match resource:
        case {"Ref": str(name)}:
            properties = stack.resources[name]["Properties"]
            part = re.sub(r"[{}+]", "", properties["PathPart"])
            return f"{_path(stack, properties['ParentId']).rstrip('/')}/{part}"
    return "/"


def _api_request(subject: Subject, lookup: Lookup) -> Query | None:
    """Return the request to an API without its key; None if the API or the stage is not deployed."""
    api_logical_id, path = subject.about
    region = subject.stack.region
    api = deployed_resources.find(lookup, subject.stack, api_logical_id)
    stage = deployed_resources.find(lookup, subject.stack, subject.id)
    if api is None or stage is None:
        return None
    host = f"{api.physical_id}.execute-api.{region}.{pseudo_parameters(region)['AWS::URLSuffix']}"
    return https_calls.request(f"https://{host}/{stage.physical_id}{path}")


def _judge_refusal(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    request = _api_request(subject, lookup)
    if request is None:
        return deployed_resources.missing(subject, environment, lookup)
    url = dict(request.parameters)["Url"]
    answer = lookup(request)
    if "error" in answer:
        return _no_answer(url, answer["error"])
    if answer["errorType"] == _NO_METHOD:
        return failed(f"{url} does not exist: the stage does not have the method of the template.", _STAGE)
    if answer["status"] == 403 and answer["errorType"] == _NO_KEY:
        return passed(f"API Gateway refuses a request without the key to {url}.")
    if answer["status"] in _UNCLEAR:
        return warned(
            f"{url} answers {answer['status']} to a request without the key, but without the error type of "
            "API Gateway: the answer can come from the application.",
            "See in the access log of the API whether the function got the request.",
        )
    return failed(
        f"{url} answers {answer['status']} to a request without the key, instead of 403.",
        f"The request reached the application. Require the key for the method. {_STAGE}",
    )


AFTER_DEPLOY: Final = (
    Check(
        "answers",
        "The site and the API answer through CloudFront, on the paths of the health checks",
        _origins,
        _judge_origin,
    ),
    Check(
        "refuses-without-key",
        "API Gateway refuses a request without the key",
        _stages,
        _judge_refusal,
    ),
)
