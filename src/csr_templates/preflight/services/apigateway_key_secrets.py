"""The secrets of the API keys: whether a value is newer than its key, by their dates only."""

from typing import Final

from cfn_analysis.model.references import unqualified, uses
from csr_templates.preflight import remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, moment
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Result, SkippedError, passed, warned
from csr_templates.preflight.services import apigateway_calls, secretsmanager_calls

_SECRET: Final = "AWS::SecretsManager::Secret"
_CURRENT: Final = "AWSCURRENT"


def judge_secret(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the secret of a key, whose value API Gateway gets only when the key is created.

    CloudFormation reads the secret again when it updates the distribution, which then sends the new value.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    secret = _secret_of(resource)
    key, versions = lookup.all(
        (
            apigateway_calls.api_key.query(resource.region, resource.physical_id),
            secretsmanager_calls.versions.query(resource.region, secret),
        )
    )
    dates = [
        version["CreatedDate"] for version in versions or [] if _CURRENT in version.get("VersionStages", [])
    ]
    if not key or not dates:
        raise SkippedError  # the checks of the keys and of the secrets say what is missing
    if moment(dates[0]) <= moment(key["createdDate"]):
        return passed(f"The secret {secret} has no newer value than the key {resource.logical_id}.")
    return warned(
        f"The secret {secret} has a value of {dates[0]}, and the API key {resource.logical_id} is of "
        f"{key['createdDate']}: the next update of the distribution could send a key that the API refuses.",
        "Change to the other key (docs/changes.md, The origin key). This shows them: "
        f"{remedies.csr_operate(environment, 'show-origin-keys')}",
    )


def _secret_of(key: DeployedResource) -> str:
    """Return the name of the secret with the value of a key.

    Raises:
        SkippedError: the value of the key is not that of a secret of its stack.
    """
    for use in uses(key.properties.get("Value")):
        resource = key.stack.resources.get(unqualified(use.name), {})
        if resource.get("Type") == _SECRET and isinstance(resource["Properties"].get("Name"), str):
            return str(resource["Properties"]["Name"])
    raise SkippedError
