"""The names that several stacks use.

A stack passes a value as an output with an export; a later stack of the same region imports it. Export names
are unique in an account and region, so they contain project and environment.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from troposphere import Export, GetStackOutput, ImportValue, Output

from csr_templates.stacks.parts import names

NETWORK = "network"
DATABASE = "database"
API = "api"
FRONTEND = "frontend"
STACK_NAMES: Final = (NETWORK, DATABASE, API, FRONTEND)
"""The names of all stacks, in the order in which they are deployed."""

FRONTEND_REGION: Final = "us-east-1"  # of all metrics of CloudFront


def linked_dashboards(stacks: Collection[str]) -> dict[str, str | Mapping[str, str]]:
    """Return last part of the name of each dashboard -> its region, as seen from the region of the API.

    Args:
        stacks: names of the stacks of the system.
    """
    regions: dict[str, str | Mapping[str, str]] = {}
    for name in STACK_NAMES:
        if name in stacks:
            regions[name] = {"Ref": "AWS::Region"}
    if FRONTEND in regions:
        regions[FRONTEND] = FRONTEND_REGION
    return regions


class SharedOutput(NamedTuple):
    """An output that other stacks import.

    Attributes:
        stack: name of the stack that has the output.
        key: logical ID of the output.
        export: the export is called ``<project>-<environment>-<export>``.
    """

    stack: str
    key: str
    export: str


VPC_ID = SharedOutput(NETWORK, "VPCId", "vpc-id")
PRIVATE_SUBNET_1_ID = SharedOutput(NETWORK, "PrivateSubnet1Id", "private-subnet-1-id")
PRIVATE_SUBNET_2_ID = SharedOutput(NETWORK, "PrivateSubnet2Id", "private-subnet-2-id")
PRIVATE_SUBNET_1_ZONE = SharedOutput(
    NETWORK, "PrivateSubnet1AvailabilityZone", "private-subnet-1-availability-zone"
)
PRIVATE_SUBNET_2_ZONE = SharedOutput(
    NETWORK, "PrivateSubnet2AvailabilityZone", "private-subnet-2-availability-zone"
)
LAMBDA_DEPLOYMENTS_BUCKET_NAME = SharedOutput(
    NETWORK, "LambdaDeploymentsBucketName", "lambda-deployments-bucket-name"
)
LOGS_KEY_ARN = SharedOutput(NETWORK, "LogsKeyArn", "logs-key-arn")
ALARMS_KEY_ARN = SharedOutput(NETWORK, "AlarmsKeyArn", "alarms-key-arn")

DATABASE_CLUSTER_ENDPOINT = SharedOutput(DATABASE, "DatabaseClusterEndpoint", "database-cluster-endpoint")
DATABASE_CLUSTER_READ_ENDPOINT = SharedOutput(
    DATABASE, "DatabaseClusterReadEndpoint", "database-cluster-read-endpoint"
)
DATABASE_PORT = SharedOutput(DATABASE, "DatabasePort", "database-port")
DATABASE_NAME = SharedOutput(DATABASE, "DatabaseName", "database-name")
DATABASE_SECRET_ARN = SharedOutput(DATABASE, "DatabaseSecretArn", "database-secret-arn")
DATABASE_KEY_ARN = SharedOutput(DATABASE, "DatabaseKeyArn", "database-key-arn")
LAMBDA_SECURITY_GROUP_ID = SharedOutput(DATABASE, "LambdaSecurityGroupId", "lambda-security-group-id")

# Maximum connections of the database, one for each running function; a line on the api dashboard.
DATABASE_MAX_CONNECTIONS = 200

# Names of the api stack that the frontend stack uses from another region.
API_GATEWAY_ID = "ApiGatewayId"  # key of the output
API_STAGE = "v1"
ORIGIN_API_KEY_SECRET = "origin-api-key"  # <project>-<environment>-origin-api-key-a, and -b
ORIGIN_API_KEY_FIELD = "apiKey"  # of the secret's JSON
CACHE_KEY_HEADER = "X-Cache-Key"  # case-sensitive in API Gateway


def origin_key_metadata(direction: str, parameter: str, keys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the Metadata of a template that accepts or sends origin keys: see ``api_keys``.

    Args:
        direction: ``Accepts`` or ``Sends``.
        parameter: the parameter that selects the keys.
        keys: value of the parameter -> names of the keys that it selects.
    """
    secrets = {}
    for value, selected_keys in keys.items():
        secrets[value] = [f"{ORIGIN_API_KEY_SECRET}-{key}" for key in selected_keys]
    return {direction: {"Parameter": parameter, "Secrets": secrets}}


def output(shared: SharedOutput, Description: str, Value: names.Value) -> Output:
    """Return the output with the export of ``Value`` for other stacks."""
    return Output(shared.key, Description=Description, Value=Value, Export=Export(names.name(shared.export)))


def import_value(shared: SharedOutput) -> ImportValue:
    """Return the value of an output of an earlier stack in the same region.

    While a stack imports it, CloudFormation does not change or delete the export.
    """
    return ImportValue(names.name(shared.export))


def stack_output(stack: str, key: str, Region: names.Value) -> GetStackOutput:
    """Return the output ``key`` of a stack of this environment in another region.

    It is read when the reading stack is created or updated, and not monitored afterwards: values of a
    recreated stack are read by the next update that changes the resource.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
    """
    return GetStackOutput(StackName=names.name(stack), OutputName=key, Region=Region)
