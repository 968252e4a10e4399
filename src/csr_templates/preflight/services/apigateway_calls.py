"""The API calls for APIs, API keys and usage plans, and the keys that are kept of each answer.

GetApiKey returns the key in clear. It never becomes a fact: ``hidden.digest`` replaces it.
"""

from collections.abc import Mapping
from typing import Any

from csr_templates.preflight import hidden
from csr_templates.preflight.calls import ApiCall

account = ApiCall("apigateway GetAccount", keep="cloudwatchRoleArn")
"""The settings of API Gateway for the account and region."""

rest_apis = ApiCall("apigateway GetRestApis", path="items", keep="id endpointConfiguration")
"""The REST APIs of a region."""

usage_plans = ApiCall("apigateway GetUsagePlans", path="items", keep="id")
"""The usage plans of a region."""


stage = ApiCall(
    "apigateway GetStage",
    "restApiId stageName",
    keep="deploymentId canarySettings",
    absent="NotFoundException",
)
"""The deployment of a stage; absent if there is no such stage."""


def _with_hidden_value(key: Mapping[str, Any]) -> dict[str, Any]:
    return {**key, "value": hidden.digest(key.get("value", ""))}


api_key = ApiCall(
    "apigateway GetApiKey",
    "apiKey",
    keep="enabled value createdDate",
    absent="NotFoundException",
    fixed=(("includeValue", True),),
    reduce=_with_hidden_value,
)
"""An API key; absent if it does not exist. Its value is hidden."""

plan_keys = ApiCall(
    "apigateway GetUsagePlanKeys",
    "usagePlanId",
    path="items",
    keep="id",
    absent="NotFoundException",
    cli_query="items[].id",
)
"""The IDs of the API keys of a usage plan; their values are not kept."""
