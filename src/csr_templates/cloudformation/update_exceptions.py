"""Where AWS's pages and resource handlers say more about a change than the resource schemas do.

The schemas list properties that always, or in some cases, need a new resource. Here is what they leave out:
the cases, properties whose change AWS refuses, properties that replace although the schema does not list
them, and what else two resources cannot have in common while one replaces the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from csr_templates.cloudformation.intrinsics import as_strings, is_unknown

_REFERENCE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
_RDS: Final = (
    "https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/blob/"
    "5a410e843efb90076c1c4d322707bc989e5a058b/"
)
_INSTANCE_HANDLER: Final = (
    f"{_RDS}aws-rds-dbinstance/src/main/java/software/amazon/rds/dbinstance/util/ImmutabilityHelper.java"
)
_CLUSTER_HANDLER: Final = (
    f"{_RDS}aws-rds-dbcluster/src/main/java/software/amazon/rds/dbcluster/util/ImmutabilityHelper.java"
)

Properties = Mapping[str, Any]


class Changed(NamedTuple):
    """A resource whose properties change.

    Attributes:
        before: its resolved properties.
        after: the same.
        attributes: its attributes after the change, such as ``UpdatePolicy``.
    """

    before: Properties
    after: Properties
    attributes: Mapping[str, Any]


class Refusal(NamedTuple):
    """A change that AWS refuses, so that the update fails.

    Attributes:
        applies: tells whether the change is of this kind; None where that is not known.
        why: what AWS does not do, as a sentence without its end.
        way_out: what to do instead.
        source: page that says so.
    """

    applies: Callable[[Changed], bool | None]
    why: str
    way_out: str
    source: str


DISPUTED: Final[Mapping[str, Mapping[str, str]]] = {
    "AWS::RDS::DBInstance": {
        "Port": "https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/commit/c906d0c7"
    },
}
"""Type -> property that replaces by its page, but not by its handler -> the handler's change."""

ALSO_REPLACED: Final[Mapping[str, Mapping[str, str]]] = {
    "AWS::DynamoDB::Table": {"KeySchema": f"{_REFERENCE}aws-resource-dynamodb-table.html"},
    "AWS::EC2::EIP": {"Domain": f"{_REFERENCE}aws-resource-ec2-eip.html"},
    "AWS::S3::Bucket": {"ObjectLockEnabled": f"{_REFERENCE}aws-resource-s3-bucket.html"},
}
"""Type -> property that replaces by its page, but not by its schema -> the page."""


def _value(properties: Properties, name: str) -> str | None:
    """Return a property as text; None where it is absent, or known only to the deployed stack."""
    value = properties.get(name)
    return None if value is None or isinstance(value, (dict, list)) else str(as_strings(value))


def _is_absent(properties: Properties, name: str) -> bool | None:
    """Tell whether a property has no value, be it left out or empty."""
    value = properties.get(name)
    return None if is_unknown(value) else value in (None, "")


def _never(_: Changed) -> bool | None:
    return False


def _always(_: Changed) -> bool | None:
    return True


def _unless_absent_after(name: str) -> Callable[[Changed], bool | None]:
    def replaces(changed: Changed) -> bool | None:
        absent = _is_absent(changed.after, name)
        return None if absent is None else not absent

    return replaces


def _unless_absent_before(name: str) -> Callable[[Changed], bool | None]:
    def replaces(changed: Changed) -> bool | None:
        absent = _is_absent(changed.before, name)
        return None if absent is None else not absent

    return replaces


def _instance_engine(changed: Changed) -> bool | None:
    engines = _value(changed.before, "Engine"), _value(changed.after, "Engine")
    if None in engines:
        return None
    one, other = (str(engine).lower() for engine in engines)
    in_place = {
        ("aurora", "aurora-mysql"),
        ("oracle-se", "oracle-se2"),
        ("oracle-se1", "oracle-se2"),
        ("oracle-ee", "oracle-ee-cdb"),
        ("oracle-se2", "oracle-se2-cdb"),
    }
    return one != other and (one, other) not in in_place


def _cluster_engine(changed: Changed) -> bool | None:
    engines = _value(changed.before, "Engine"), _value(changed.after, "Engine")
    return None if None in engines else engines not in (("aurora", "aurora-mysql"), (engines[0], engines[0]))


def _instance_zone(changed: Changed) -> bool | None:
    absent = _is_absent(changed.after, "AvailabilityZone")
    if absent is False:
        return True
    zones = _value(changed.after, "MultiAZ")
    return None if absent is None or is_unknown(changed.after.get("MultiAZ")) else zones != "true"


def _tenancy(changed: Changed) -> bool | None:
    one = _value(changed.before, "InstanceTenancy") if changed.before.get("InstanceTenancy") else "default"
    other = _value(changed.after, "InstanceTenancy") if changed.after.get("InstanceTenancy") else "default"
    return None if None in (one, other) else (one, other) != ("dedicated", "default")


def _replacing_policy(changed: Changed) -> bool | None:
    policy = changed.attributes.get("UpdatePolicy", {})
    replacing = policy.get("AutoScalingReplacingUpdate", {}) if isinstance(policy, Mapping) else {}
    will = replacing.get("WillReplace", False) if isinstance(replacing, Mapping) else False
    return None if is_unknown(will) else str(as_strings(will)) == "true"


def _document(changed: Changed) -> bool | None:
    method = changed.after.get("UpdateMethod", "Replace")
    return None if is_unknown(method) else method != "NewVersion"


DECIDED: Final[Mapping[str, Mapping[str, Callable[[Changed], bool | None]]]] = {
    "AWS::AutoScaling::AutoScalingGroup": dict.fromkeys(
        ("LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "VPCZoneIdentifier"),
        _replacing_policy,
    ),
    "AWS::EC2::VPC": {"InstanceTenancy": _tenancy},
    "AWS::RDS::DBCluster": {
        "AvailabilityZones": _never,
        "Engine": _cluster_engine,
        "GlobalClusterIdentifier": _unless_absent_after("GlobalClusterIdentifier"),
        "MasterUsername": _never,
    },
    "AWS::RDS::DBInstance": {
        "AutoMinorVersionUpgrade": _never,
        "AvailabilityZone": _instance_zone,
        "BackupRetentionPeriod": _never,
        "DBClusterSnapshotIdentifier": _unless_absent_after("DBClusterSnapshotIdentifier"),
        "DBParameterGroupName": _never,
        "Engine": _instance_engine,
        "MultiAZ": _never,
        "PerformanceInsightsKMSKeyId": _unless_absent_before("PerformanceInsightsKMSKeyId"),
        "PreferredMaintenanceWindow": _never,
        "RestoreTime": _unless_absent_after("RestoreTime"),
        "SourceDBInstanceAutomatedBackupsArn": _unless_absent_after("SourceDBInstanceAutomatedBackupsArn"),
        "SourceDbiResourceId": _unless_absent_after("SourceDbiResourceId"),
        "StorageType": _never,
    },
    "AWS::SNS::Subscription": {"Region": _never},
    "AWS::SSM::Document": dict.fromkeys(("Attachments", "Content", "VersionName"), _document),
}
"""Type -> property that replaces in some cases -> whether it does; None where that is not known."""


def _names(items: Any) -> set[str] | None:
    if items is None:
        return set()
    if not isinstance(items, list) or any(
        not isinstance(item, Mapping) or is_unknown(item) for item in items
    ):
        return None
    names = [item.get("IndexName") for item in items]
    return None if any(not isinstance(name, str) for name in names) else set(map(str, names))


def _two_indexes(changed: Changed) -> bool | None:
    before, after = (_names(side.get("GlobalSecondaryIndexes")) for side in (changed.before, changed.after))
    return None if before is None or after is None else len(before ^ after) > 1


def _index_changed(changed: Changed) -> bool | None:
    before, after = (side.get("GlobalSecondaryIndexes") for side in (changed.before, changed.after))
    if _names(before) is None or _names(after) is None:
        return None
    fixed = ("KeySchema", "Projection")
    old = {item["IndexName"]: [item.get(key) for key in fixed] for item in before or []}
    return any(
        item["IndexName"] in old and old[item["IndexName"]] != [item.get(key) for key in fixed]
        for item in after or []
    )


def _differs(name: str) -> Callable[[Changed], bool | None]:
    def applies(changed: Changed) -> bool | None:
        return bool(changed.before.get(name) != changed.after.get(name))

    return applies


def _smaller(
    name: str, *, only: Callable[[Changed], bool | None] = _always
) -> Callable[[Changed], bool | None]:
    def applies(changed: Changed) -> bool | None:
        one, other = _value(changed.before, name), _value(changed.after, name)
        if not only(changed) or one is None or other is None:
            return False
        try:
            return float(other) < float(one)
        except ValueError:
            return None

    return applies


def _ttl_attribute(changed: Changed) -> bool | None:
    one, other = (side.get("TimeToLiveSpecification") for side in (changed.before, changed.after))
    if not isinstance(one, Mapping) or not isinstance(other, Mapping) or is_unknown(one) or is_unknown(other):
        return False
    on = [str(as_strings(side.get("Enabled", False))) == "true" for side in (one, other)]
    return on == [True, True] and one.get("AttributeName") != other.get("AttributeName")


def _only_region(changed: Changed) -> bool | None:
    keys = {
        key for key in {*changed.before, *changed.after} if changed.before.get(key) != changed.after.get(key)
    }
    if keys != {"Region"}:
        return False
    # From nothing to the region of the stack, or back, changes nothing; only the deploy knows that region.
    return True if changed.before.get("Region") and changed.after.get("Region") else None


def _version(text: str) -> list[int]:
    import re

    return [int(digits) for digits in re.findall("[0-9]+", text)]


def _older(changed: Changed) -> bool | None:
    one, other = _value(changed.before, "EngineVersion"), _value(changed.after, "EngineVersion")
    if one is None or other is None:
        return False
    shortest = min(len(_version(one)), len(_version(other)))
    return _version(other)[:shortest] < _version(one)[:shortest]


def _major_without_consent(changed: Changed) -> bool | None:
    one, other = _value(changed.before, "EngineVersion"), _value(changed.after, "EngineVersion")
    engine = _value(changed.after, "Engine") or ""
    if one is None or other is None or engine.startswith("aurora") or not engine:
        return False
    allowed = changed.after.get("AllowMajorVersionUpgrade", False)
    if is_unknown(allowed) or str(as_strings(allowed)) == "true":
        return None if is_unknown(allowed) else False
    old, new = _version(one), _version(other)
    parts = 1 if engine == "postgres" and old[:1] >= [10] else 2  # 8.0 and 8.4 of MySQL are major versions
    return len(old) >= parts and len(new) >= parts and new[:parts] > old[:parts]


_INSTANCE: Final = f"{_REFERENCE}aws-resource-rds-dbinstance.html"
_KEY: Final = f"{_REFERENCE}aws-resource-kms-key.html"
_TABLE: Final = f"{_REFERENCE}aws-resource-dynamodb-table.html"
_UPGRADING: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html"
)

_NEW_KEY: Final = (
    "create a new key under another logical ID, move to it, and keep the old one for what it encrypted"
)

_OLDER_CACHE: Final = Refusal(
    _older,
    "ElastiCache does not go back to an older version",
    "delete the cluster and create it again with the older version",
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html",
)

REFUSED: Final[Mapping[str, Mapping[str, tuple[Refusal, ...]]]] = {
    "AWS::DynamoDB::Table": {
        "GlobalSecondaryIndexes": (
            Refusal(
                _two_indexes,
                "DynamoDB creates or deletes one global secondary index per update",
                "create or delete one index in each deploy",
                _TABLE,
            ),
            Refusal(
                _index_changed,
                "DynamoDB does not change the key schema or the projection of an index",
                "create an index with another name, and delete the old one in a later deploy",
                f"{_REFERENCE}aws-properties-dynamodb-table-globalsecondaryindex.html",
            ),
        ),
        "TimeToLiveSpecification": (
            Refusal(
                _ttl_attribute,
                "the attribute of the time to live cannot be changed while it is on",
                "switch it off in one deploy, and on with the other attribute in the next",
                f"{_REFERENCE}aws-properties-dynamodb-table-timetolivespecification.html",
            ),
        ),
    },
    "AWS::EC2::Volume": {
        **{
            name: (
                Refusal(
                    _always,
                    f"updates of the {name} of a volume are not supported",
                    "create a volume under another logical ID from a snapshot of the old one",
                    f"{_REFERENCE}aws-resource-ec2-volume.html",
                ),
            )
            for name in ("AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId")
        },
        "Size": (
            Refusal(
                _smaller("Size"),
                "the size of a volume can only be increased",
                "create a smaller volume, and copy the data",
                "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html",
            ),
        ),
    },
    "AWS::KMS::Key": {
        name: (Refusal(_differs(name), f"KMS does not change the {name} of a key", _NEW_KEY, _KEY),)
        for name in ("KeySpec", "KeyUsage", "MultiRegion", "Origin")
    },
    "AWS::ElastiCache::CacheCluster": {"EngineVersion": (_OLDER_CACHE,)},
    "AWS::ElastiCache::ReplicationGroup": {"EngineVersion": (_OLDER_CACHE,)},
    "AWS::RDS::DBCluster": {
        "EngineVersion": (
            Refusal(
                _older,
                "RDS does not go back to an older version",
                "restore a snapshot of the older version into a new cluster",
                "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Updates.Upgrading.html",
            ),
        ),
    },
    "AWS::RDS::DBInstance": {
        "AllocatedStorage": (
            Refusal(
                _smaller("AllocatedStorage"),
                "the storage of a DB instance cannot be reduced",
                "create a smaller instance, and move the data",
                "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html",
            ),
        ),
        "EngineVersion": (
            Refusal(
                _older,
                "RDS does not go back to an older version",
                "restore a snapshot of the older version into a new instance",
                _UPGRADING,
            ),
            Refusal(
                _major_without_consent,
                "RDS refuses a major version upgrade without AllowMajorVersionUpgrade",
                "set AllowMajorVersionUpgrade to true in the same deploy",
                _INSTANCE,
            ),
        ),
    },
    "AWS::SNS::Subscription": {
        "Region": (
            Refusal(
                _only_region,
                "an update of Region alone fails",
                "create a new subscription under another logical ID",
                f"{_REFERENCE}aws-resource-sns-subscription.html",
            ),
        ),
    },
}
"""Type -> property -> the changes of it that AWS refuses."""


def _backups_go_on(changed: Changed) -> bool | None:
    days = [_value(side, "BackupRetentionPeriod") for side in (changed.before, changed.after)]
    return None not in days and "0" not in days


# https://dev.mysql.com/doc/refman/8.0/en/server-system-variable-reference.html
_DYNAMIC_VARIABLES: Final = """\
connect_timeout event_scheduler general_log innodb_lock_wait_timeout interactive_timeout join_buffer_size
local_infile lock_wait_timeout log_queries_not_using_indexes long_query_time max_allowed_packet
max_connect_errors max_connections max_heap_table_size net_read_timeout net_write_timeout slow_query_log
sort_buffer_size sql_mode tmp_table_size wait_timeout
"""
_DYNAMIC: Final = frozenset(_DYNAMIC_VARIABLES.split())


def _are_dynamic(changed: Changed) -> bool | None:
    family = _value(changed.after, "Family") or ""
    sides = [side.get("Parameters") for side in (changed.before, changed.after)]
    one, other = sides
    if "mysql" not in family or not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return None
    return all(name in _DYNAMIC for name in {*one, *other} if one.get(name) != other.get(name))


QUIET_IF: Final[Mapping[str, Mapping[str, Callable[[Changed], bool | None]]]] = {
    "AWS::RDS::DBClusterParameterGroup": {"Parameters": _are_dynamic},
    "AWS::RDS::DBParameterGroup": {"Parameters": _are_dynamic},
    "AWS::RDS::DBInstance": {"BackupRetentionPeriod": _backups_go_on},
}
"""Type -> property whose update interrupts in some cases -> whether it is one in which it does not."""

NAME_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::ApiGateway::Resource": ("ParentId", "RestApiId"),
    "AWS::EC2::SecurityGroup": ("VpcId",),
    "AWS::ECS::Service": ("Cluster",),
    "AWS::Lambda::Alias": ("FunctionName",),
    "AWS::WAFv2::IPSet": ("Scope",),
    "AWS::WAFv2::RegexPatternSet": ("Scope",),
    "AWS::WAFv2::RuleGroup": ("Scope",),
    "AWS::WAFv2::WebACL": ("Scope",),
}
"""Type -> properties that a name is unique within, beside account and region."""

UNIQUE: Final[Mapping[str, tuple[tuple[tuple[str, ...], str, str], ...]]] = {
    "AWS::EC2::NatGateway": (
        (
            ("AllocationId",),
            "the Elastic IP address is still associated with the old gateway",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html",
        ),
    ),
    "AWS::EC2::Subnet": (
        (
            ("VpcId", "CidrBlock"),
            "the CIDR block is still that of the old subnet",
            f"{_REFERENCE}aws-resource-ec2-subnet.html",
        ),
    ),
}
"""Type -> properties that two resources cannot have in common, why not, and the page that says so."""
