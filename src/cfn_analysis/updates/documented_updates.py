"""Interruptions by updates in place, from AWS's documentation.

They are not in the resource schemas, but in CloudFormation's template reference, under *Update requires*; for
*Some interruptions*, details are from the guide or the resource handler of the service. A property in neither
table is not known: it is not documented, or its page was not read.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth


class Note(NamedTuple):
    """A side effect of an update in place of a property.

    Attributes:
        does: the effect on the resource, as a predicate: ``restarts``.
        interrupts: whether clients of the resource notice it; unknown if the template does not decide it.
        source: the page or source code.
    """

    does: str
    interrupts: Truth
    source: str


_REFERENCE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
PROPERTY_PAGES: Final = f"{_REFERENCE}aws-properties-"


def page_of(type_name: str) -> str:
    """Return the page of a type in CloudFormation's template reference."""
    return f"{_REFERENCE}aws-resource-{'-'.join(type_name.lower().split('::')[1:])}.html"


_INSTANCE: Final = page_of("AWS::RDS::DBInstance")
_SETTINGS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html"
_CLUSTER: Final = page_of("AWS::RDS::DBCluster")
_ADDRESS: Final = page_of("AWS::EC2::EIP")
_GROUP: Final = page_of("AWS::EC2::SecurityGroup")
_AURORA: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
_MODIFYING: Final = f"{_AURORA}Aurora.Modifying.html"
_CACHE: Final = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
_HANDLERS: Final = (
    "https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/blob/"
    "5a410e843efb90076c1c4d322707bc989e5a058b/"
)
_INSTANCE_HANDLER: Final = f"{_HANDLERS}aws-rds-dbinstance/src/main/java/software/amazon/rds/dbinstance/"
_CLUSTER_HANDLER: Final = f"{_HANDLERS}aws-rds-dbcluster/src/main/java/software/amazon/rds/dbcluster/"
_STACK: Final = page_of("AWS::CloudFormation::Stack")

_SOME: Final = "may be interrupted"  # the page says only "Some interruptions"
_NO_CACHE: Final = "has an empty cache afterwards, or none, so that more requests reach the backend"
_UNREACHABLE: Final = "cannot be connected to for a short time"
_NESTED: Final = "updates its own resources, which may interrupt"
_AGAIN: Final = "is associated again, which can interrupt connections"
_PENDING: Final = "applies pending actions at once, if the new window is open now"

NOTES: Final = {
    "AWS::ApiGateway::Stage": {
        "CacheClusterEnabled": Note(_NO_CACHE, NO, _CACHE),
        "CacheClusterSize": Note(_NO_CACHE, NO, _CACHE),
    },
    "AWS::CloudFormation::Stack": {
        "Parameters": Note(_NESTED, UNKNOWN, _STACK),
        "TemplateURL": Note(_NESTED, UNKNOWN, _STACK),
    },
    "AWS::EC2::EIP": {"InstanceId": Note(_AGAIN, UNKNOWN, _ADDRESS), "Tags": Note(_AGAIN, UNKNOWN, _ADDRESS)},
    "AWS::EC2::SecurityGroup": {
        "SecurityGroupEgress": Note(_UNREACHABLE, YES, _GROUP),
        "SecurityGroupIngress": Note(_UNREACHABLE, YES, _GROUP),
    },
    "AWS::EC2::Subnet": {"Ipv6CidrBlock": Note(_SOME, YES, page_of("AWS::EC2::Subnet"))},
    "AWS::EC2::VPC": {"InstanceTenancy": Note(_SOME, YES, page_of("AWS::EC2::VPC"))},
    "AWS::RDS::DBCluster": {
        "DBClusterParameterGroupName": Note(
            "takes static parameters of the other group only when its instances restart", UNKNOWN, _MODIFYING
        ),
        "Engine": Note(_SOME, YES, _CLUSTER),
        # ModifyDBCluster is always called with applyImmediately.
        "EngineVersion": Note(
            "is not available while all its instances are upgraded, which starts with the deploy and does "
            "not wait for the maintenance window",
            YES,
            f"{_CLUSTER_HANDLER}Translator.java#L316",
        ),
        "GlobalClusterIdentifier": Note(_SOME, YES, _CLUSTER),
        "MasterUsername": Note(_SOME, YES, _CLUSTER),
        "Port": Note("restarts all its instances at once", YES, _MODIFYING),
        "PreferredMaintenanceWindow": Note(_PENDING, NO, _MODIFYING),
    },
    "AWS::RDS::DBClusterParameterGroup": {
        "Parameters": Note(
            "changes static parameters only when the instances of the cluster restart", UNKNOWN, _MODIFYING
        )
    },
    "AWS::RDS::DBInstance": {
        "AutoMinorVersionUpgrade": Note("changes without an outage", NO, _SETTINGS),
        "AvailabilityZone": Note(_SOME, YES, _INSTANCE),
        "BackupRetentionPeriod": Note("has an outage if backups start or end", YES, _SETTINGS),
        # "Specifying or updating this property triggers a reboot", though the page also says no interruption.
        "CACertificateIdentifier": Note("may restart", YES, _INSTANCE),
        "DBInstanceClass": Note("is not available while its class changes", YES, _MODIFYING),
        "DBParameterGroupName": Note("may restart", YES, _INSTANCE),
        "Engine": Note(_SOME, YES, _INSTANCE),
        "EngineVersion": Note("is not available during the upgrade", YES, _INSTANCE),
        "MultiAZ": Note("gets or loses its standby, without an outage", NO, _SETTINGS),
        "Port": Note("restarts", YES, _SETTINGS),
        "PreferredMaintenanceWindow": Note(_PENDING, NO, _MODIFYING),
        "StorageType": Note(_SOME, YES, _INSTANCE),
    },
    "AWS::RDS::DBParameterGroup": {
        # The handler of an instance restarts it if its group is pending-reboot, for any change.
        "Parameters": Note(
            "changes static parameters only when an instance restarts, and the next update of an instance "
            "restarts it",
            UNKNOWN,
            f"{_INSTANCE_HANDLER}UpdateHandler.java#L263",
        )
    },
    "AWS::SecretsManager::Secret": {
        "GenerateSecretString": Note(
            "gets a new value, which clients with the old one do not have",
            NO,
            page_of("AWS::SecretsManager::Secret"),
        )
    },
}
"""Type -> property -> side effect of its update."""

REMOVED: Final = {
    "AWS::RDS::DBInstance": Note(
        "makes its cluster fail over, if it is the writer", YES, f"{_AURORA}USER_DeleteCluster.html"
    )
}
"""Type -> side effect of its removal."""

# The page of the type; for an instance, lines 71 and 76 of util/ImmutabilityHelper.java of its handler.
REPLACED_UNLESS: Final[Mapping[str, Mapping[str, str]]] = {
    "AWS::EC2::VPC": {"InstanceTenancy": "it changes from dedicated to default"},
    "AWS::RDS::DBInstance": {
        "PerformanceInsightsKMSKeyId": "it had no value before",
        "AvailabilityZone": "it is removed from an instance with MultiAZ",
    },
}
"""Type -> property whose change replaces in some cases -> the case without replacement."""


def note_of_page(type_name: str, name: str) -> Note | None:
    """Return the documented side effect of the update of a property, other than *No interruption*."""
    if row := NOTES.get(type_name, {}).get(name):
        return row
    if name not in _page(type_name).some:
        return None
    return Note(_SOME, YES, page_of(type_name))


def uninterrupted(type_name: str) -> frozenset[str]:
    """Return the properties of a type with *Update requires: No interruption* on its page."""
    return _page(type_name).none


class _Page(NamedTuple):
    """The properties of a type whose update interrupts nothing, and those with some interruptions."""

    none: frozenset[str]
    some: frozenset[str]


@cache
def _page(type_name: str) -> _Page:
    none, _, some = _pages().get(type_name, "").partition("| ")
    return _Page(frozenset(none.split()), frozenset(some.split()))


@cache
def _pages() -> dict[str, str]:
    """Return the content of documented_updates.txt: type -> properties, those with interruptions after a bar.

    It was extracted from the source of the reference of September 2023, the last public one. Newer properties
    are not in it, except DeleteAutomatedBackups of a DB cluster, which its handler reads only when it deletes
    the cluster (Translator.java, L428). Properties that replace according to the current schema, and
    properties with a note above, are omitted.
    https://github.com/awsdocs/aws-cloudformation-user-guide/tree/19dc52cd/doc_source
    """
    lines = Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)
