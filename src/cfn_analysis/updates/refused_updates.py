"""Changes of properties that AWS does not allow, so that the update fails, and the alternatives."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.references import as_list
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth, truth_of
from cfn_analysis.updates.comparison import differences
from cfn_analysis.updates.documented_updates import PROPERTY_PAGES, page_of
from cfn_analysis.updates.update_exceptions import Case, ChangedProperties, known_text


class Refusal(NamedTuple):
    """A change that AWS does not allow, so that the update fails.

    Attributes:
        property: the type and the changed property, such as ``AWS::EC2::Volume.Size``.
        applies: returns whether the change is of this kind.
        why: the restriction, as a sentence without its end.
        way_out: the alternative.
        source: the page of the restriction; by default that of the type.
    """

    property: str
    applies: Case
    why: str
    way_out: str
    source: str = ""


def _always(_: ChangedProperties) -> Truth:
    return YES


def _indexes(properties: Mapping[str, Any]) -> dict[str, Mapping[str, Any]] | None:
    """Return name -> global secondary index of a table; None if a part of them is not known."""
    rows = as_list(properties.get("GlobalSecondaryIndexes"))
    if any(not isinstance(row, Mapping) or not isinstance(row.get("IndexName"), str) for row in rows):
        return None
    return {row["IndexName"]: row for row in rows}


def _two_indexes(changed: ChangedProperties) -> Truth:
    old, new = _indexes(changed.before), _indexes(changed.after)
    return UNKNOWN if old is None or new is None else truth_of(len(old.keys() ^ new.keys()) > 1)


def _index_changed(changed: ChangedProperties) -> Truth:
    old, new = _indexes(changed.before), _indexes(changed.after)
    if old is None or new is None:
        return UNKNOWN
    in_both = old.keys() & new.keys()
    fixed = ("KeySchema", "Projection")
    return truth_of(any(old[name].get(key) != new[name].get(key) for name in in_both for key in fixed))


def _differs(name: str) -> Case:
    return lambda changed: truth_of(changed.before.get(name) != changed.after.get(name))


def _smaller(name: str) -> Case:
    def applies(changed: ChangedProperties) -> Truth:
        old, new = known_text(changed.before, name), known_text(changed.after, name)
        if old is None or new is None:
            return NO
        try:
            return truth_of(float(new) < float(old))
        except ValueError:
            return UNKNOWN

    return applies


def _other_than_default(name: str, default: str) -> Case:
    def applies(changed: ChangedProperties) -> Truth:
        values = [side.get(name, default) for side in (changed.before, changed.after)]
        return UNKNOWN if any(map(is_unknown, values)) else truth_of(values[0] != values[1])

    return applies


def _attribute_changed(changed: ChangedProperties) -> Truth:
    """Return whether a user pool loses an attribute, or changes one."""
    old, new = ({"Schema": as_list(side.get("Schema"))} for side in (changed.before, changed.after))
    if any(map(is_unknown, [*old["Schema"], *new["Schema"]])):
        return UNKNOWN
    found = differences("AWS::Cognito::UserPool", "us-east-1", old, new)  # the same in each region
    return truth_of(any(not (len(place) == 2 and before is None) for place, _, before, *_ in found))


def _ttl_attribute(changed: ChangedProperties) -> Truth:
    old, new = (side.get("TimeToLiveSpecification") for side in (changed.before, changed.after))
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or is_unknown(old) or is_unknown(new):
        return NO
    on = all(str(as_strings(ttl.get("Enabled", False))) == "true" for ttl in (old, new))
    return truth_of(on and old.get("AttributeName") != new.get("AttributeName"))


def _only_region(changed: ChangedProperties) -> Truth:
    keys = {
        key for key in {*changed.before, *changed.after} if changed.before.get(key) != changed.after.get(key)
    }
    if keys != {"Region"}:
        return NO
    # A change from no value to the region of the stack, or back, has no effect; the region is not known here.
    return YES if changed.before.get("Region") and changed.after.get("Region") else UNKNOWN


def _version(text: str) -> list[int]:
    """Return the numbers of a version; OpenSearch follows Elasticsearch, whose numbers are higher."""
    return [int(text.startswith("OpenSearch")), *map(int, re.findall("[0-9]+", text))]


def _versions(changed: ChangedProperties, name: str) -> tuple[list[int], list[int]] | None:
    """Return the versions before and after; None if one is not known."""
    old, new = known_text(changed.before, name), known_text(changed.after, name)
    return None if old is None or new is None else (_version(old), _version(new))


def _older(name: str) -> Case:
    def applies(changed: ChangedProperties) -> Truth:
        if (versions := _versions(changed, name)) is None:
            return NO
        shortest = min(map(len, versions))
        return truth_of(versions[1][:shortest] < versions[0][:shortest])

    return applies


def _major_without_consent(changed: ChangedProperties) -> Truth:
    engine = known_text(changed.after, "Engine") or ""
    if (versions := _versions(changed, "EngineVersion")) is None or engine.startswith("aurora") or not engine:
        return NO
    allowed = changed.after.get("AllowMajorVersionUpgrade", False)
    if is_unknown(allowed):
        return UNKNOWN
    if str(as_strings(allowed)) == "true":
        return NO
    (_, *old), (_, *new) = versions
    parts = 1 if engine == "postgres" and old[:1] >= [10] else 2  # 8.0 and 8.4 of MySQL are major versions
    return truth_of(len(old) >= parts and len(new) >= parts and new[:parts] > old[:parts])


_NEW_KEY: Final = (
    "create a new key under another logical ID, move to it, and keep the old one for what it encrypted"
)
_GUIDES: Final = "https://docs.aws.amazon.com/"
_NO_WAY_BACK: Final = (
    ("AWS::DocDB::DBCluster", "EngineVersion", "DocumentDB", "cluster",
     f"{_GUIDES}documentdb/latest/developerguide/docdb-mvu.html"),
    ("AWS::EKS::Cluster", "Version", "EKS", "cluster",
     f"{_GUIDES}eks/latest/userguide/update-cluster.html"),
    ("AWS::Elasticsearch::Domain", "ElasticsearchVersion", "OpenSearch Service", "domain",
     f"{_GUIDES}opensearch-service/latest/developerguide/version-migration.html"),
    ("AWS::MSK::Cluster", "KafkaVersion", "MSK", "cluster",
     f"{_GUIDES}msk/latest/developerguide/version-upgrades.html"),
    ("AWS::MemoryDB::Cluster", "EngineVersion", "MemoryDB", "cluster",
     f"{_GUIDES}memorydb/latest/APIReference/API_UpdateCluster.html"),
    ("AWS::Neptune::DBCluster", "EngineVersion", "Neptune", "cluster",
     f"{_GUIDES}neptune/latest/userguide/engine-updates.html"),
    ("AWS::OpenSearchService::Domain", "EngineVersion", "OpenSearch Service", "domain",
     f"{_GUIDES}opensearch-service/latest/developerguide/version-migration.html"),
)  # fmt: skip
_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/"

REFUSED: Final = (
    Refusal(
        "AWS::CloudFormation::CustomResource.ServiceToken",
        _always,
        "CloudFormation does not change the service token of a custom resource",
        "create a custom resource under another logical ID",
    ),
    Refusal(
        "AWS::Cognito::UserPool.Schema",
        _attribute_changed,
        "Cognito does not change or delete an attribute of a user pool",
        "keep the attribute, and add another one",
    ),
    *(
        Refusal(
            f"AWS::Cognito::UserPool.{name}",
            _differs(name),
            f"the {name} of a user pool cannot be changed",
            "create a user pool under another logical ID, and move the users",
        )
        for name in ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")
    ),
    Refusal(
        "AWS::DynamoDB::Table.GlobalSecondaryIndexes",
        _two_indexes,
        "DynamoDB creates or deletes one global secondary index per update",
        "create or delete one index in each deploy",
    ),
    Refusal(
        "AWS::DynamoDB::Table.GlobalSecondaryIndexes",
        _index_changed,
        "DynamoDB does not change the key schema or the projection of an index",
        "create an index with another name, and delete the old one in a later deploy",
        f"{PROPERTY_PAGES}dynamodb-table-globalsecondaryindex.html",
    ),
    Refusal(
        "AWS::DynamoDB::Table.TimeToLiveSpecification",
        _ttl_attribute,
        "the attribute of the time to live cannot be changed while it is on",
        "switch it off in one deploy, and on with the other attribute in the next",
        f"{PROPERTY_PAGES}dynamodb-table-timetolivespecification.html",
    ),
    *(
        Refusal(
            f"AWS::EC2::Volume.{name}",
            _always,
            f"updates of the {name} of a volume are not supported",
            "create a volume under another logical ID from a snapshot of the old one",
        )
        for name in ("AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId")
    ),
    Refusal(
        "AWS::EC2::Volume.Size",
        _smaller("Size"),
        "the size of a volume can only be increased",
        "create a smaller volume, and copy the data",
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html",
    ),
    *(
        Refusal(f"AWS::KMS::Key.{name}", _differs(name), f"KMS does not change the {name} of a key", _NEW_KEY)
        for name in ("KeySpec", "KeyUsage", "MultiRegion", "Origin")
    ),
    *(
        Refusal(
            f"{type_name}.EngineVersion",
            _older("EngineVersion"),
            "ElastiCache does not go back to an older version",
            "delete the cluster and create it again with the older version",
            "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html",
        )
        for type_name in ("AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup")
    ),
    Refusal(
        "AWS::Logs::LogGroup.LogGroupClass",
        _other_than_default("LogGroupClass", "STANDARD"),
        "the class of a log group cannot be changed",
        "create a log group with the other class under another name",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html",
    ),
    *(
        Refusal(
            f"{type_name}.{name}",
            _older(name),
            f"{service} does not go back to an older version",
            f"create a {noun} with the older version, and move to it",
            source,
        )
        for type_name, name, service, noun, source in _NO_WAY_BACK
    ),
    Refusal(
        "AWS::RDS::DBCluster.EngineVersion",
        _older("EngineVersion"),
        "RDS does not go back to an older version",
        "restore a snapshot of the older version into a new cluster",
        f"{_RDS}AuroraUserGuide/AuroraMySQL.Updates.Upgrading.html",
    ),
    Refusal(
        "AWS::RDS::DBInstance.AllocatedStorage",
        _smaller("AllocatedStorage"),
        "the storage of a DB instance cannot be reduced",
        "create a smaller instance, and move the data",
        f"{_RDS}UserGuide/USER_PIOPS.ModifyingExisting.html",
    ),
    Refusal(
        "AWS::RDS::DBInstance.EngineVersion",
        _older("EngineVersion"),
        "RDS does not go back to an older version",
        "restore a snapshot of the older version into a new instance",
        f"{_RDS}UserGuide/USER_UpgradeDBInstance.Upgrading.html",
    ),
    Refusal(
        "AWS::RDS::DBInstance.EngineVersion",
        _major_without_consent,
        "RDS refuses a major version upgrade without AllowMajorVersionUpgrade",
        "set AllowMajorVersionUpgrade to true in the same deploy",
    ),
    Refusal(
        "AWS::SNS::Subscription.Region",
        _only_region,
        "an update of Region alone fails",
        "create a new subscription under another logical ID",
    ),
)
"""The changes that AWS does not allow."""


def refused_changes(
    type_name: str, properties: Collection[str], changed: ChangedProperties
) -> Iterator[tuple[Refusal, Truth]]:
    """Yield what AWS refuses, or may refuse, of a change of some properties, and whether it does."""
    names = {f"{type_name}.{name}" for name in properties}
    for refusal in REFUSED:
        if refusal.property in names and (applies := refusal.applies(changed)) is not NO:
            yield refusal._replace(source=refusal.source or page_of(type_name)), applies
