"""What the commands for the database, its restore and its deletion find, created in moto."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from . import moto_rds
from .stacks import PREFIX, UPDATED, DeployedStack
from .world import PASSWORD, World

FAILED: Final = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
"""When the rollback of a failed create failed; its cluster was created an hour before."""
LATER: Final = datetime(2026, 11, 26, tzinfo=UTC)
SNAPSHOT: Final = f"{PREFIX}-manual-1"
LOG_OBJECTS: Final = 3
_LOGS: Final = ("DatabaseErrorLogGroup", "DatabaseSlowQueryLogGroup", "DatabaseAuditLogGroup")


def cluster_of(world: World) -> str:
    """Return the identifier of the cluster of the stack."""
    return world.name("DatabaseCluster")


def region_of(world: World) -> str:
    """Return the region of the database."""
    return world.environment.stack_of("DatabaseCluster").region


def deploy(world: World) -> None:
    """Create the database with what its stack says of it."""
    world.create_database()
    cluster = cluster_of(world)
    region = region_of(world)
    moto_rds.share_endpoint(region)
    moto_rds.set_creation(region, cluster, UPDATED)
    stacks = world.stacks.stacks
    ids = ("DatabaseSubnetGroup", "DatabaseSecurityGroup", "DatabaseClusterParameterGroup")
    stacks["database"].physical_ids |= {logical_id: logical_id.lower() for logical_id in ids}
    stacks["database"].physical_ids |= {
        "DatabaseCluster": cluster,
        "DatabaseInstance1": f"{cluster}-1",
        "DatabaseInstance2": f"{cluster}-2",
        "DatabaseParameterGroup": _parameter_group(world),
        "MonitoringRole": _role(world),
    }
    (description,) = world.client("rds").describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
    stacks["database"].outputs |= {
        "DatabaseClusterEndpoint": description["Endpoint"],
        "DatabaseKeyArn": "arn:aws:kms:ap-northeast-1:123456789012:key/1",
    }
    stacks["network"].outputs |= {
        "PrivateSubnet1AvailabilityZone": f"{region}a",
        "PrivateSubnet2AvailabilityZone": f"{region}c",
    }


def clusters(world: World) -> dict[str, list[str]]:
    """Return the clusters with their instances."""
    descriptions = world.client("rds").describe_db_clusters()["DBClusters"]
    instances = {}
    for cluster in descriptions:
        members = cluster["DBClusterMembers"]
        instances[cluster["DBClusterIdentifier"]] = sorted(
            member["DBInstanceIdentifier"] for member in members
        )
    return instances


def stop(world: World) -> None:
    """Stop the cluster."""
    world.client("rds").stop_db_cluster(DBClusterIdentifier=cluster_of(world))


def take_snapshot(world: World) -> None:
    """Take a snapshot of the cluster."""
    world.client("rds").create_db_cluster_snapshot(
        DBClusterIdentifier=cluster_of(world), DBClusterSnapshotIdentifier=SNAPSHOT
    )


def leave_backup(world: World) -> None:
    """Let a deleted cluster have left its automated backups."""
    world.recorder.backups = [
        {
            "DBClusterIdentifier": cluster_of(world),
            "DbClusterResourceId": "cluster-1",
            "ClusterCreateTime": UPDATED,
            "Status": "retained",
            "RestoreWindow": {"EarliestTime": UPDATED, "LatestTime": LATER},
        }
    ]


def create_cluster(world: World, identifier: str, *instances: str) -> None:
    """Create another cluster with instances."""
    rds = world.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=identifier,
        Engine="aurora-mysql",
        MasterUsername="csradmin",
        MasterUserPassword=PASSWORD,
    )
    rds.describe_db_clusters(DBClusterIdentifier=identifier)  # moto shows it as creating, but once
    for instance in instances:
        add_instance(world, identifier, instance)
    moto_rds.share_endpoint(region_of(world))
    moto_rds.set_creation(region_of(world), identifier, LATER)


def add_instance(world: World, cluster: str, instance: str) -> None:
    """Create an instance of a cluster."""
    world.client("rds").create_db_instance(
        DBInstanceIdentifier=instance,
        DBClusterIdentifier=cluster,
        DBInstanceClass="db.t3.medium",
        Engine="aurora-mysql",
    )


def restore_cluster(world: World) -> None:
    """Create the restored cluster, without instances."""
    create_cluster(world, f"{cluster_of(world)}-restored")


def restore(world: World) -> None:
    """Create the restored cluster with its instances."""
    prefix = f"{world.environment.prefix}-restored"
    create_cluster(world, f"{cluster_of(world)}-restored", f"{prefix}-1", f"{prefix}-2")


def tag_restored(world: World, origin: str = "somewhere") -> None:
    """Let the restored cluster have the tag of its restore."""
    rds = world.client("rds")
    cluster = f"{cluster_of(world)}-restored"
    (description,) = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
    tag = {"Key": "RestoredFrom", "Value": origin}
    rds.add_tags_to_resource(ResourceName=description["DBClusterArn"], Tags=[tag])


def stop_new_password(world: World) -> None:
    """Let a new password have reached the secret, and not the database."""
    secret = {**world.secret_value(), "password": f"{PASSWORD}-3"}
    world.client("secretsmanager").put_secret_value(
        SecretId=world.name("DatabaseSecret"),
        SecretString=json.dumps(secret),
        VersionStages=["AWSCURRENT", "NOT_YET_ON_DATABASE"],
    )


def leave_old(world: World) -> None:
    """Let a restore have left the old cluster, stopped, with a log group of its new name."""
    old = f"{cluster_of(world)}-old"
    prefix = f"{world.environment.prefix}-old"
    create_cluster(world, old, f"{prefix}-1", f"{prefix}-2")
    world.client("rds").stop_db_cluster(DBClusterIdentifier=old)
    world.client("logs").create_log_group(logGroupName=f"/aws/rds/cluster/{old}/error")


def import_stack(world: World) -> None:
    """Let the stack of the database be as after its import: without cluster and instances."""
    stack = world.stacks.stacks["database"]
    stack.status = "IMPORT_COMPLETE"
    stack.parameters = {name: stack.parameters[name] for name in ("ProjectName", "Environment")}
    for logical_id in ("DatabaseCluster", "DatabaseInstance1", "DatabaseInstance2"):
        stack.physical_ids.pop(logical_id, None)


def restore_original(world: World) -> None:
    """Create the cluster restored as the original, of which the stack does not know."""
    create_cluster(world, cluster_of(world))
    import_stack(world)


def add_check_instance(world: World) -> None:
    """Add the instance with which the data is checked; as the first one, it is the writer."""
    add_instance(world, cluster_of(world), f"{world.environment.prefix}-restored")


def redeploy(world: World) -> None:
    """Let the stack have the restored cluster, and instances of its own."""
    cluster = cluster_of(world)
    add_instance(world, cluster, f"{cluster}-1")
    world.stacks.stacks["database"].physical_ids |= {
        "DatabaseCluster": cluster,
        "DatabaseInstance1": f"{cluster}-1",
    }


def fail_deletion(world: World) -> None:
    """Let the deletion of the stack have failed."""
    world.stacks.stacks["database"].status = "DELETE_FAILED"


def fail_create(world: World) -> None:
    """Let the first create of the database have failed, and its rollback too."""
    cluster = cluster_of(world)
    create_cluster(world, cluster)
    moto_rds.set_creation(region_of(world), cluster, UPDATED)
    take_snapshot(world)
    leave_backup(world)
    world.client("secretsmanager").create_secret(Name=world.name("DatabaseSecret"), SecretString=PASSWORD)
    for logical_id in _LOGS:
        world.client("logs").create_log_group(logGroupName=world.name(logical_id))
    stack = world.stacks.stacks["database"]
    stack.physical_ids = {
        "DatabaseCluster": cluster,
        "DatabaseKey": world.client("kms").create_key()["KeyMetadata"]["KeyId"],
        "DatabaseSecret": "arn:secret",
        **{logical_id: world.name(logical_id) for logical_id in _LOGS},
    }
    _fail_rollback(world, "database", "DatabaseCluster")


def delete_failed_stack(world: World) -> None:
    """Let the deletion of the failed stack be over, and the command have stopped then."""
    cluster = cluster_of(world)
    world.client("rds").delete_db_cluster(DBClusterIdentifier=cluster, SkipFinalSnapshot=True)
    stack = world.stacks.stacks["database"]
    stack.status = "DELETE_COMPLETE"
    stack.resource_statuses = dict.fromkeys(stack.physical_ids, "DELETE_SKIPPED")
    stack.resource_statuses["DatabaseCluster"] = "DELETE_COMPLETE"


def fail_create_of_site(world: World) -> None:
    """Let the first create of the frontend have failed, and its rollback too, for the first log files."""
    region = world.environment.stack_of("EdgeLogBucket").region
    bucket = world.name("EdgeLogBucket")
    s3 = world.client("s3", region)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for number in range(LOG_OBJECTS):
        s3.put_object(Bucket=bucket, Key=f"log-{number}", Body=b"")
    world.stacks.stacks["frontend"].physical_ids = {"EdgeLogBucket": bucket}
    _fail_rollback(world, "frontend", "EdgeLogBucket")


def fail_create_at_key(world: World, name: str = "api", key: str = "FunctionKey") -> str:
    """Let the first create of a stack have failed, and its rollback at a key; return the ID of the key."""
    region = world.environment.stack(name).region
    key_id = str(world.client("kms", region).create_key()["KeyMetadata"]["KeyId"])
    world.stacks.stacks[name].physical_ids = {key: key_id}
    _fail_rollback(world, name, key)
    return key_id


def create_bootstrap_stacks(world: World) -> None:
    """Create the stacks with the roles of the deploys; that of frontend has no delete policies."""
    for stack in world.environment.stacks:
        policies = "detached" if stack.name == "frontend" else "attached"
        bootstrap = stack._replace(name=f"deploy-{stack.name}", deployed=f"deploy-{stack.deployed}")
        world.stacks.stacks[bootstrap.name] = DeployedStack(
            bootstrap, parameters={"DeletePolicies": policies}
        )


def create_leftover(world: World) -> None:
    """Create a secret with the tags of the environment."""
    tags = {"Project": world.environment.project, "Environment": world.environment.name}
    world.client("secretsmanager").create_secret(
        Name="left", SecretString="x", Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
    )


def _fail_rollback(world: World, name: str, logical_id: str) -> None:
    stack = world.stacks.stacks[name]
    stack.status = "ROLLBACK_FAILED"
    stack.resource_statuses = {logical_id: "DELETE_FAILED"}
    stack.events = [event(world, name, "ROLLBACK_FAILED"), event(world, name, "CREATE_IN_PROGRESS")]


def event(world: World, name: str, status: str) -> dict[str, Any]:
    """Return an event of a stack itself."""
    stack = world.stacks.stacks[name]
    return {
        "StackId": stack.id,
        "EventId": status,
        "StackName": stack.stack.deployed,
        "PhysicalResourceId": stack.id,
        "LogicalResourceId": stack.stack.deployed,
        "ResourceStatus": status,
        "Timestamp": FAILED,
    }


def _parameter_group(world: World) -> str:
    name = "database-parameters"
    world.client("rds").create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="aurora-mysql8.0", Description="test"
    )
    set_max_connections(world, "200")
    return name


def set_max_connections(world: World, value: str) -> None:
    """Let the instances accept another number of connections."""
    parameter = {"ParameterName": "max_connections", "ParameterValue": value, "ApplyMethod": "immediate"}
    world.client("rds").modify_db_parameter_group(
        DBParameterGroupName="database-parameters", Parameters=[parameter]
    )


def _role(world: World) -> str:
    name = "monitoring"
    world.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    return name
