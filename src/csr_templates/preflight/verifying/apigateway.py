"""The API keys: whether the API accepts the one that CloudFront sends, and which others it accepts."""

from collections.abc import Mapping
from typing import Any, Final

from csr_templates.preflight import live_calls
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Verdict, failed, passed, warned
from csr_templates.preflight.verifying import cloudfront, resources
from csr_templates.preflight.verifying.cloudfront import DISTRIBUTION
from csr_templates.preflight.verifying.resources import DeployedResource

_KEY, _PLAN = "AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan"
_HEADER: Final = "x-api-key"
_ROTATION: Final = "docs/changes.md, The origin key"


def _key(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the state of an API key, its value hidden; empty if it does not exist."""
    return lookup(live_calls.api_key(resource.region, resource.physical_id)) or {}


def _sending(properties: Mapping[str, Any]) -> list[str]:
    """Return the IDs of the origins to which a distribution sends an API key."""
    return [
        origin["Id"]
        for origin in properties.get("DistributionConfig", {}).get("Origins", [])
        if any(header["HeaderName"].lower() == _HEADER for header in origin.get("OriginCustomHeaders", []))
    ]


def _sent_keys(resource: DeployedResource, lookup: Lookup) -> set[str]:
    """Return the hidden values of the keys that a distribution sends."""
    return {
        origin["Headers"][_HEADER]
        for origin in cloudfront.distribution(resource, lookup).get("Origins", [])
        if origin["Id"] in _sending(resource.properties) and _HEADER in origin["Headers"]
    }


def _planned(needs: Needs, lookup: Lookup) -> set[str]:
    """Return the IDs of the API keys in the usage plans of the stacks."""
    return {
        key["id"]
        for plan in resources.all_of(needs, lookup, _PLAN)
        for key in lookup(live_calls.plan_keys(plan.region, plan.physical_id)) or []
    }


def _judge_sent(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    sent = _sent_keys(resource, lookup)
    if not sent:
        return failed(
            f"The distribution {resource.physical_id} does not send an API key: the API refuses its calls.",
            resource.drift,
        )
    planned = _planned(needs, lookup)
    keys = list(resources.all_of(needs, lookup, _KEY))
    for key in keys:
        found = _key(key, lookup)
        if found.get("value") not in sent:
            continue
        if not found["enabled"]:
            return failed(
                f"The API key {key.logical_id}, which CloudFront sends, is disabled: the API refuses all "
                "requests.",
                f"If the reason for stop-api is gone: csr-operate {needs.environment} start-api",
            )
        if key.physical_id not in planned:
            return failed(
                f"The API key {key.logical_id}, which CloudFront sends, is not in a usage plan: the API "
                "refuses it.",
                "Add the key to the usage plan, as the template defines it.",
            )
        return passed(f"CloudFront sends the key {key.logical_id}, which the API accepts.")
    names = ", ".join(key.logical_id for key in keys) or "none"
    return failed(
        f"The key that CloudFront sends is not a key of the API (it has: {names}): the API refuses all "
        "requests.",
        f"Change the keys in the order of {_ROTATION}.",
    )


def _judge_others(resource: DeployedResource, needs: Needs, lookup: Lookup) -> Verdict:
    planned = _planned(needs, lookup)
    keys = {key.physical_id: key for key in resources.all_of(needs, lookup, _KEY)}
    if strangers := sorted(planned - keys.keys()):
        return warned(
            f"The API also accepts the key {strangers[0]}, which does not belong to a stack.",
            "If no caller needs it, delete the key: aws apigateway delete-api-key --region "
            f"{resource.region} --api-key {strangers[0]}",
        )
    sent = {
        value
        for distribution in resources.all_of(needs, lookup, DISTRIBUTION)
        for value in _sent_keys(distribution, lookup)
    }
    values = {
        key.logical_id: _key(key, lookup).get("value") for key in keys.values() if key.physical_id in planned
    }
    unused = [name for name, value in values.items() if value not in sent]
    if unused and sent & set(values.values()):
        return warned(
            f"The API also accepts {unused[0]}, which CloudFront does not send: a change of keys is not "
            "finished.",
            f"Continue with the next step of {_ROTATION}.",
        )
    return passed("The API does not accept other keys.")


CHECKS: tuple[Check, ...] = (
    resources.check(
        "origin-key",
        "The API accepts the key that CloudFront sends",
        DISTRIBUTION,
        _judge_sent,
        where=lambda properties: bool(_sending(properties)),
    ),
    resources.check(
        "other-keys",
        "The API does not accept a key that CloudFront does not send",
        _PLAN,
        _judge_others,
    ),
)
