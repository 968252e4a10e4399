"""The API calls for secrets, without their values."""

from functools import cache

from csr_templates.preflight.calls import ApiCall
from csr_templates.preflight.facts import Query


@cache
def secrets(region: str, prefix: str) -> Query:
    """The secrets whose names start with a prefix, including those scheduled for deletion. No values."""
    parameters = (("IncludePlannedDeletion", True), ("Filters", ({"Key": "name", "Values": [prefix]},)))
    keep = ("Name", "DeletedDate", "PrimaryRegion")
    return Query("secretsmanager", "ListSecrets", region, parameters, "SecretList", keep)


secret = ApiCall(
    "secretsmanager DescribeSecret",
    "SecretId",
    keep="Name ReplicationStatus VersionIdsToStages DeletedDate",
    absent="ResourceNotFoundException",
)
"""The replication status and version IDs of a secret; absent if the secret does not exist. No values."""

versions = ApiCall(
    "secretsmanager ListSecretVersionIds",
    "SecretId",
    path="Versions",
    keep="VersionStages CreatedDate",
    absent="ResourceNotFoundException",
)
"""The versions of a secret with their dates; absent if the secret does not exist. No values."""
