"""Facts about changes from AWS's pages and resource handlers that are not in the resource schemas.

The schemas list properties that always, or in some cases, need a new resource. This module contains the
cases, properties that replace although the schema does not list them, and properties that must differ between
the old and the new resource during a replacement.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth, truth_of

Properties = Mapping[str, Any]


class ChangedProperties(NamedTuple):
    """A resource whose properties change.

    Attributes:
        before: its resolved properties before the change.
        after: its resolved properties after the change.
        attributes: its attributes after the change, such as ``UpdatePolicy``.
    """

    before: Properties
    after: Properties
    attributes: Mapping[str, Any]


Case = Callable[[ChangedProperties], Truth]  # whether a change is of this kind

# https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/commit/c906d0c7
DISPUTED: Final[Mapping[str, tuple[str, ...]]] = {"AWS::RDS::DBInstance": ("Port",)}
"""Type -> properties that replace according to its page, but not its handler."""

ALSO_REPLACED: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::DynamoDB::Table": ("KeySchema",),
    "AWS::EC2::EIP": ("Domain",),
    "AWS::S3::Bucket": ("ObjectLockEnabled",),
}
"""Type -> properties that replace according to its page, but not its schema."""


def known_text(properties: Properties, name: str) -> str | None:
    """Return a property as text; None if it is missing, or known only in the deployed stack."""
    value = properties.get(name)
    return None if value is None or isinstance(value, (dict, list)) else str(as_strings(value))


def _has_value(properties: Properties, name: str) -> Truth:
    """Return whether a property is given and not empty."""
    value = properties.get(name)
    return UNKNOWN if is_unknown(value) else truth_of(value not in (None, ""))


def never(_: ChangedProperties) -> Truth:
    """Return ``NO``: the property does not replace, although its schema lists it as conditional."""
    return NO


def _if_given_after(name: str) -> Case:
    return lambda changed: _has_value(changed.after, name)


def _if_given_before(name: str) -> Case:
    return lambda changed: _has_value(changed.before, name)


def _instance_engine(changed: ChangedProperties) -> Truth:
    before, after = known_text(changed.before, "Engine"), known_text(changed.after, "Engine")
    if before is None or after is None:
        return UNKNOWN
    engines = before.lower(), after.lower()
    in_place = {
        ("aurora", "aurora-mysql"),
        ("oracle-se", "oracle-se2"),
        ("oracle-se1", "oracle-se2"),
        ("oracle-ee", "oracle-ee-cdb"),
        ("oracle-se2", "oracle-se2-cdb"),
    }
    return truth_of(engines[0] != engines[1] and engines not in in_place)


def _cluster_engine(changed: ChangedProperties) -> Truth:
    engines = known_text(changed.before, "Engine"), known_text(changed.after, "Engine")
    if None in engines:
        return UNKNOWN
    return truth_of(engines not in (("aurora", "aurora-mysql"), (engines[0], engines[0])))


def _instance_zone(changed: ChangedProperties) -> Truth:
    zone = _has_value(changed.after, "AvailabilityZone")
    if zone is YES:
        return YES
    if zone is UNKNOWN or is_unknown(changed.after.get("MultiAZ")):
        return UNKNOWN
    return truth_of(known_text(changed.after, "MultiAZ") != "true")


def _tenancy(changed: ChangedProperties) -> Truth:
    tenancies = tuple(
        known_text({"InstanceTenancy": "default", **side}, "InstanceTenancy")
        for side in (changed.before, changed.after)
    )
    in_place = (("dedicated", "default"), (tenancies[0], tenancies[0]))
    return UNKNOWN if None in tenancies else truth_of(tenancies not in in_place)


def _replacing_policy(changed: ChangedProperties) -> Truth:
    policy = changed.attributes.get("UpdatePolicy", {})
    replacing = policy.get("AutoScalingReplacingUpdate", {}) if isinstance(policy, Mapping) else {}
    will = replacing.get("WillReplace", False) if isinstance(replacing, Mapping) else False
    return UNKNOWN if is_unknown(will) else truth_of(str(as_strings(will)) == "true")


def _unless_new_version(changed: ChangedProperties) -> Truth:
    method = changed.after.get("UpdateMethod", "Replace")
    return UNKNOWN if is_unknown(method) else truth_of(method != "NewVersion")


def _comes_or_goes(name: str) -> Case:
    def replaces(changed: ChangedProperties) -> Truth:
        values = [side.get(name) for side in (changed.before, changed.after)]
        return UNKNOWN if any(map(is_unknown, values)) else truth_of(not all(values))

    return replaces


def _attribute_edited(changed: ChangedProperties) -> Truth:
    """Return whether an attribute changes its type."""
    types: list[dict[str, Any]] = []
    for side in (changed.before, changed.after):
        attributes = side.get("AttributeDefinitions", [])
        if not isinstance(attributes, list) or any(not isinstance(row, Mapping) for row in attributes):
            return UNKNOWN
        types.append({str(row.get("AttributeName")): row.get("AttributeType") for row in attributes})
    old, new = types
    return truth_of(any(name in new and new[name] != kind for name, kind in old.items()))


_OF_CLASSIC: Final = ("AvailabilityZones", "HealthCheck", "Subnets")
_IN_PLACE: Final = (  # of an instance
    "AutoMinorVersionUpgrade", "BackupRetentionPeriod", "DBParameterGroupName", "MultiAZ",
    "PreferredMaintenanceWindow", "StorageType",
)  # fmt: skip
_SOURCES: Final = (  # of an instance
    "DBClusterSnapshotIdentifier", "RestoreTime", "SourceDBInstanceAutomatedBackupsArn",
    "SourceDbiResourceId",
)  # fmt: skip

REPLACED_IF: Final[Mapping[str, Mapping[str, Case]]] = {
    "AWS::DynamoDB::Table": {"AttributeDefinitions": _attribute_edited}
}
"""Type -> property that replaces in a case that is not in its schema -> function that checks the case."""

# The cases are on the page of the type, except those of an AutoScalingGroup, which are on the page of
# UpdatePolicy, and those of RDS, which are in the ImmutabilityHelper of the handler.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
# https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/tree/5a410e843efb90076c1c4d322707bc989e5a058b
DECIDED: Final[Mapping[str, Mapping[str, Case]]] = {
    "AWS::AutoScaling::AutoScalingGroup": dict.fromkeys(
        ("LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "VPCZoneIdentifier"),
        _replacing_policy,
    ),
    "AWS::EC2::VPC": {"InstanceTenancy": _tenancy},
    "AWS::ElasticLoadBalancing::LoadBalancer": {name: _comes_or_goes(name) for name in _OF_CLASSIC},
    "AWS::RDS::DBCluster": {
        **dict.fromkeys(("AvailabilityZones", "MasterUsername"), never),
        "Engine": _cluster_engine,
        "GlobalClusterIdentifier": _if_given_after("GlobalClusterIdentifier"),
    },
    "AWS::RDS::DBInstance": {
        **dict.fromkeys(_IN_PLACE, never),
        **{name: _if_given_after(name) for name in _SOURCES},
        "AvailabilityZone": _instance_zone,
        "Engine": _instance_engine,
        "PerformanceInsightsKMSKeyId": _if_given_before("PerformanceInsightsKMSKeyId"),
    },
    "AWS::SNS::Subscription": {"Region": never},
    "AWS::SSM::Document": dict.fromkeys(("Attachments", "Content", "VersionName"), _unless_new_version),
}
"""Type -> property that replaces in some cases -> function that checks the case."""


def _backups_go_on(changed: ChangedProperties) -> Truth:
    days = [known_text(side, "BackupRetentionPeriod") for side in (changed.before, changed.after)]
    return truth_of(None not in days and "0" not in days)


# https://dev.mysql.com/doc/refman/8.0/en/server-system-variable-reference.html
_DYNAMIC_VARIABLES: Final = """\
connect_timeout event_scheduler general_log innodb_lock_wait_timeout interactive_timeout join_buffer_size
local_infile lock_wait_timeout log_queries_not_using_indexes long_query_time max_allowed_packet
max_connect_errors max_connections max_heap_table_size net_read_timeout net_write_timeout slow_query_log
sort_buffer_size sql_mode tmp_table_size wait_timeout
"""
_DYNAMIC: Final = frozenset(_DYNAMIC_VARIABLES.split())


def _are_dynamic(changed: ChangedProperties) -> Truth:
    family = known_text(changed.after, "Family") or ""
    old, new = (side.get("Parameters") for side in (changed.before, changed.after))
    if "mysql" not in family or not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return UNKNOWN
    return truth_of(all(name in _DYNAMIC for name in {*old, *new} if old.get(name) != new.get(name)))


def _stays(name: str) -> Case:
    return lambda changed: ~_comes_or_goes(name)(changed)


QUIET_IF: Final[Mapping[str, Mapping[str, Case]]] = {
    "AWS::ElasticLoadBalancing::LoadBalancer": {name: _stays(name) for name in _OF_CLASSIC},
    "AWS::RDS::DBClusterParameterGroup": {"Parameters": _are_dynamic},
    "AWS::RDS::DBParameterGroup": {"Parameters": _are_dynamic},
    "AWS::RDS::DBInstance": {"BackupRetentionPeriod": _backups_go_on},
}
"""Type -> property whose update interrupts in some cases -> function that returns whether it does not."""

NAME_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::EC2::SecurityGroup": ("VpcId",),
    "AWS::ECS::Service": ("Cluster",),
    "AWS::Events::Rule": ("EventBusName",),
    "AWS::Lambda::Alias": ("FunctionName",),
    "AWS::Scheduler::Schedule": ("GroupName",),
    **{f"AWS::WAFv2::{noun}": ("Scope",) for noun in ("IPSet", "RegexPatternSet", "RuleGroup", "WebACL")},
}
"""Type -> properties of the scope in which a name is unique, in addition to account and region."""


class Unique(NamedTuple):
    """Properties that must differ between two resources of a type.

    Attributes:
        type: the type.
        properties: their paths, such as ``CachePolicyConfig.Name``; the row applies if all are given. Each
            item of a list must differ.
        why: the reason that a new resource is rejected while the old one exists.
        given: property -> value that it must have for the row to apply; None if it must be missing.
    """

    type: str
    properties: tuple[str, ...]
    why: str
    given: Mapping[str, str | None] = {}


_NAMED_IN_CONFIG: Final = (
    "CachePolicy", "KeyGroup", "OriginAccessControl", "OriginRequestPolicy", "ResponseHeadersPolicy",
)  # fmt: skip
_DESTINATIONS: Final = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")

# Their sources are the pages of the types, unless a comment has another one.
UNIQUE: Final = (
    # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateCachePolicy.html, and so on
    *(
        Unique(f"AWS::CloudFront::{noun}", (f"{noun}Config.Name",), "the name is still that of the old one")
        for noun in _NAMED_IN_CONFIG
    ),
    # https://repost.aws/knowledge-center/resolve-cnamealreadyexists-error
    Unique(
        "AWS::CloudFront::Distribution",
        ("DistributionConfig.Aliases",),
        "the alternate domain name is still that of the old distribution",
    ),
    Unique(
        "AWS::ApiGateway::Resource",
        ("RestApiId", "ParentId", "PathPart"),
        "the path is still that of the old resource",
    ),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
    Unique(
        "AWS::EC2::NatGateway",
        ("AllocationId",),
        "the Elastic IP address is still associated with the old gateway",
    ),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, also for routes
    Unique(
        "AWS::EC2::NetworkAclEntry",
        ("NetworkAclId", "RuleNumber", "Egress"),
        "the rule number is still that of the old entry",
    ),
    *(
        Unique("AWS::EC2::Route", ("RouteTableId", name), "the destination is still that of the old route")
        for name in _DESTINATIONS
    ),
    Unique("AWS::EC2::Subnet", ("VpcId", "CidrBlock"), "the CIDR block is still that of the old subnet"),
    # https://github.com/aws-cloudformation/cfn-lint/pull/4492
    Unique(
        "AWS::EC2::VPCEndpoint",
        ("VpcId", "ServiceName"),
        "the private DNS name is still that of the old endpoint",
        {"PrivateDnsEnabled": "true"},
    ),
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    *(
        Unique(
            "AWS::Route53::RecordSet",
            (zone, "Name", "Type"),
            "the old record set still has the same name and type",
            {"SetIdentifier": None},
        )
        for zone in ("HostedZoneId", "HostedZoneName")
    ),
)
"""Properties that must differ between two resources of a type, in addition to names and identifiers."""
