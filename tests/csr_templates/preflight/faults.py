"""Single faults of an account. Each is created, must be found by exactly one check, and is removed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, NamedTuple
from unittest import mock

from csr_templates.preflight.facts import DENIED, Fact, Facts, FailedCall
from csr_templates.preflight.needs import Needs
from tests.system import PROJECT

from .mock_account import ACCOUNT, DOMAIN, PACKAGE, MockAccount, package
from .recorded import TOKYO, VIRGINIA, AwsError

PREFIX = f"{PROJECT}-prod-"
CLUSTER = f"{PREFIX}aurora-cluster"


class Fault(NamedTuple):
    """A fault, without its name.

    Attributes:
        found: expected status, check and subject.
        services: services whose responses change, with spaces in between.
        make: creates and then removes the fault; yields other needs if the deploy is different.
        change: changes the facts instead.
    """

    found: str
    services: str = ""
    make: Callable[[MockAccount], Any] | None = None
    change: Callable[[Facts], Facts] | None = None


def changed(service: str, operation: str, change: Callable[[Any], Any]) -> Callable[[Facts], Facts]:
    """Return a function that changes the responses of an operation. None does not change a response."""

    def change_facts(facts: Facts) -> Facts:
        kept = []
        for fact in facts:
            if (fact.query.service, fact.query.operation) == (service, operation):
                answer = change(fact.answer)
                fact = fact if answer is None else fact._replace(answer=answer)
            kept.append(fact)
        return facts.with_facts(kept)

    return change_facts


def failing(operation: str, code: str, of: str = "") -> Callable[[Facts], Facts]:
    """Return a function that makes the calls of an operation fail. ``of`` must be in their parameters."""

    def change_facts(facts: Facts) -> Facts:
        kept: list[Fact] = [
            fact._replace(answer=None, failure=FailedCall(code, ""))
            if fact.query.operation == operation and of in fact.query.key
            else fact
            for fact in facts
        ]
        return facts.with_facts(kept)

    return change_facts


def moto(
    service: str, region: str, make: str, undo: str, names: tuple[str, ...], **parameters: Any
) -> Callable[[MockAccount], Any]:
    """Return a fault that one call creates and another one removes.

    Args:
        service: name in boto3.
        region: region of the calls.
        make: method that creates the fault.
        undo: method that removes it.
        names: parameters that are also passed to the second method.
        parameters: parameters of the first method.
    """

    @contextmanager
    def made(world: MockAccount) -> Iterator[None]:
        client = world.client(service, region)
        getattr(client, make)(**parameters)
        yield
        getattr(client, undo)(**{name: parameters[name] for name in names})

    return made


def recorded(name: str, value: Any) -> Callable[[MockAccount], Any]:
    """Return a fault with a different recorded response."""

    @contextmanager
    def made(world: MockAccount) -> Iterator[None]:
        with mock.patch.object(world.recorder, name, value):
            yield

    return made


def updated(responses: str, **values: Any) -> Callable[[MockAccount], Any]:
    """Return a fault with different entries in recorded responses. ``_`` in a name is a hyphen."""
    return patched(responses, {key.replace("_", "-"): value for key, value in values.items()})


def patched(responses: str, entries: dict[str, Any]) -> Callable[[MockAccount], Any]:
    """Return a fault with different entries in recorded responses, such as ``stacks.status``."""

    @contextmanager
    def made(world: MockAccount) -> Iterator[None]:
        with mock.patch.dict(attrgetter(responses)(world.recorder), entries):
            yield

    return made


def stack_status(name: str, status: str) -> Callable[[MockAccount], Any]:
    """Return a fault with a different status of a stack."""
    return patched("stacks.status", {f"{PREFIX}{name}": status})


def deploys(*chosen: str, **values: str) -> Callable[[MockAccount], Any]:
    """Return a fault with different parameter values, or a selection of stacks."""

    @contextmanager
    def made(world: MockAccount) -> Iterator[Needs]:
        yield world.needs_of(*chosen, **values)

    return made


@contextmanager
def several(world: MockAccount, service: str, make: str, undo: str, key: str, number: int) -> Iterator[None]:
    """Create several resources that count toward a quota."""
    client = world.client(service, TOKYO)
    made = []
    for _ in range(number):
        parameters = {"CidrBlock": "10.9.0.0/16"} if make == "create_vpc" else {}
        answer = getattr(client, make)(**parameters)
        made.append(
            next(
                (one[key] for one in answer.values() if isinstance(one, dict) and key in one), answer.get(key)
            )
        )
    yield
    for one in made:
        getattr(client, undo)(**{key: one})


@contextmanager
def other_package(world: MockAccount, data: bytes) -> Iterator[Needs]:
    """Deploy another package."""
    version = world.upload(data)
    yield world.needs_of(version=version)
    world.client("s3").delete_object(
        Bucket=f"{PREFIX}lambda-deployments-{ACCOUNT}", Key=PACKAGE, VersionId=version
    )


@contextmanager
def other_certificate(world: MockAccount, domain: str, days: float) -> Iterator[None]:
    """Replace the certificate with another one."""
    from .mock_account import certificate

    acm = world.client("acm", VIRGINIA)
    made, key = certificate(domain, days)
    acm.import_certificate(CertificateArn=world.certificate, Certificate=made, PrivateKey=key)
    yield
    made, key = certificate(DOMAIN, 200)
    acm.import_certificate(CertificateArn=world.certificate, Certificate=made, PrivateKey=key)


@contextmanager
def another_domain(world: MockAccount, *conflicting: str) -> Iterator[Needs]:
    """Require another domain, while a distribution in another account has some aliases."""
    world.recorder.conflicting = [
        {"Alias": alias, "DistributionId": "*******SEWHERE", "AccountId": "******999999"}
        for alias in conflicting
    ]
    arn = world.import_certificate("*.example.com", 200)
    yield world.needs_of(CustomDomainName="shop.example.com", CertificateArn=arn)
    world.recorder.conflicting = []
    world.client("acm", VIRGINIA).delete_certificate(CertificateArn=arn)


@contextmanager
def another_domain_than_the_certificate(world: MockAccount) -> Iterator[Needs]:
    """Require a domain that the certificate of the deployed distribution does not cover."""
    failing, call = world.recorder.failing, ("cloudfront", "ListConflictingAliases")
    failing[call] = AwsError("InvalidArgument", "The certificate does not cover the alias.")
    with another_domain(world) as needed:
        yield needed
    del failing[call]


@contextmanager
def unconfirmed(world: MockAccount) -> Iterator[None]:
    """Remove the subscription of a topic."""
    sns, topic = world.client("sns"), world.recorder.stacks.ids["ApiCriticalAlarmTopic"]
    (found,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=found["SubscriptionArn"])
    yield
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="operators@example.com")


@contextmanager
def other_zone(world: MockAccount) -> Iterator[Needs]:
    """Specify the hosted zone of another domain."""
    route53 = world.client("route53", VIRGINIA)
    zone = route53.create_hosted_zone(Name="example.org", CallerReference="2")["HostedZone"]["Id"]
    yield world.needs_of(HostedZoneId=zone.rpartition("/")[2])
    route53.delete_hosted_zone(Id=zone)


@contextmanager
def record(world: MockAccount) -> Iterator[None]:
    """Create a record for the domain."""
    route53 = world.client("route53", VIRGINIA)
    for action in ("CREATE", "DELETE"):
        change = {
            "Action": action,
            "ResourceRecordSet": {
                "Name": DOMAIN,
                "Type": "A",
                "TTL": 60,
                "ResourceRecords": [{"Value": "192.0.2.1"}],
            },
        }
        route53.change_resource_record_sets(HostedZoneId=world.zone, ChangeBatch={"Changes": [change]})
        if action == "CREATE":
            yield


@contextmanager
def cloudfront_function(world: MockAccount) -> Iterator[None]:
    """Create a CloudFront function with one of our names."""
    client, name = world.client("cloudfront", VIRGINIA), f"{PREFIX}page-routing"
    made = client.create_function(
        Name=name, FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"}, FunctionCode=b"x"
    )
    yield
    client.delete_function(Name=name, IfMatch=made["ETag"])


@contextmanager
def access_control(world: MockAccount) -> Iterator[None]:
    """Create an origin access control with our name."""
    client = world.client("cloudfront", VIRGINIA)
    made = client.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": f"{PREFIX}site",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    yield
    client.delete_origin_access_control(Id=made)


@contextmanager
def web_acl(world: MockAccount) -> Iterator[None]:
    """Create a web ACL with our name."""
    client = world.client("wafv2", VIRGINIA)
    made = client.create_web_acl(
        Name=f"{PREFIX}cloudfront-waf",
        Scope="CLOUDFRONT",
        DefaultAction={"Allow": {}},
        VisibilityConfig={
            "SampledRequestsEnabled": True,
            "CloudWatchMetricsEnabled": True,
            "MetricName": "m",
        },
    )["Summary"]
    yield
    client.delete_web_acl(Name=made["Name"], Id=made["Id"], Scope="CLOUDFRONT", LockToken=made["LockToken"])


@contextmanager
def function(world: MockAccount) -> Iterator[None]:
    """Create a function with our name."""
    client = world.client("lambda")
    world.client("iam", VIRGINIA).create_role(
        RoleName="other",
        AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
        '{"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}',
    )
    client.create_function(
        FunctionName=f"{PREFIX}api",
        Runtime="python3.13",
        Handler="a.b",
        Role=f"arn:aws:iam::{ACCOUNT}:role/other",
        Code={"ZipFile": package("a.py")},
    )
    yield
    client.delete_function(FunctionName=f"{PREFIX}api")
    world.client("iam", VIRGINIA).delete_role(RoleName="other")


@contextmanager
def logging_role(
    world: MockAccount, owner: str | None, *, exists: bool, name: str = "theirs"
) -> Iterator[None]:
    """Set API Gateway's logging role to the role of another stack, or to one without a stack."""
    iam, before = world.client("iam", VIRGINIA), world.recorder.logging_role
    world.recorder.logging_role = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    if owner:
        world.recorder.stacks.foreign[name] = owner
    if exists:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    yield
    world.recorder.logging_role = before
    world.recorder.stacks.foreign.pop(name, None)
    if exists:
        iam.delete_role(RoleName=name)


@contextmanager
def role_without_stack(world: MockAccount) -> Iterator[None]:
    """Remove a pipeline role from its bootstrap stack."""
    foreign = world.recorder.stacks.foreign
    owner = foreign.pop(f"deploy-{PREFIX}api-pipeline")
    yield
    foreign[f"deploy-{PREFIX}api-pipeline"] = owner


@contextmanager
def no_copy(world: MockAccount) -> Iterator[None]:
    """Delete the replica of a key that CloudFront does not send."""
    client, name = world.client("secretsmanager"), f"{PREFIX}origin-api-key-b"
    client.remove_regions_from_replication(SecretId=name, RemoveReplicaRegions=[VIRGINIA])
    yield
    client.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": VIRGINIA}])


@contextmanager
def other_key_without_copy(world: MockAccount) -> Iterator[Needs]:
    """Deploy only the frontend, with a key whose secret does not have a replica."""
    parameters = world.recorder.stacks.parameters
    parameters[f"{PREFIX}api"] = {"OriginKeys": "both"}
    with no_copy(world):
        yield world.needs_of("frontend", OriginKey="b")
    del parameters[f"{PREFIX}api"]


@contextmanager
def first_key_without_copy(world: MockAccount) -> Iterator[Needs]:
    """Deploy the frontend for the first time, with a key whose secret does not have a replica."""
    stacks = world.recorder.stacks
    stacks.deploy("api")
    with secret(world, TOKYO, "a"):
        yield world.needs_of("frontend")
    del stacks.status[f"{PREFIX}api"]


@contextmanager
def gone_export(world: MockAccount) -> Iterator[Needs]:
    """Deploy one stack while an export that it imports does not exist."""
    world.recorder.stacks.exports[f"{PREFIX}lambda-security-group-id"] = False
    yield world.needs_of("api")
    world.recorder.stacks.exports.clear()


@contextmanager
def gone_output(world: MockAccount) -> Iterator[Needs]:
    """Deploy the frontend while the API stack does not have the output."""
    world.recorder.stacks.gone_outputs.add("ApiGatewayId")
    yield world.needs_of("frontend")
    world.recorder.stacks.gone_outputs.clear()


@contextmanager
def no_version(world: MockAccount) -> Iterator[Needs]:
    """Do not specify a version of the package, in this deploy and in the previous one."""
    parameters = world.recorder.stacks.parameters
    parameters[f"{PREFIX}api"] = {"LambdaCodeS3ObjectVersion": ""}
    yield world.needs_of(version="")
    del parameters[f"{PREFIX}api"]


def delete_snapshots(world: MockAccount) -> None:
    """Delete the snapshots of the cluster, including those that moto creates automatically."""
    rds = world.client("rds")
    for one in rds.describe_db_cluster_snapshots(DBClusterIdentifier=CLUSTER)["DBClusterSnapshots"]:
        rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=one["DBClusterSnapshotIdentifier"])


@contextmanager
def foreign_cluster(world: MockAccount) -> Iterator[None]:
    """Create our cluster outside of the stack."""
    rds = world.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=CLUSTER,
        Engine="aurora-mysql",
        MasterUsername="csradmin",
        MasterUserPassword="only-mock",
    )
    yield
    delete_snapshots(world)  # created by moto
    rds.delete_db_cluster(DBClusterIdentifier=CLUSTER, SkipFinalSnapshot=True)


@contextmanager
def snapshot_deleted(world: MockAccount) -> Iterator[None]:
    """Delete all snapshots."""
    delete_snapshots(world)
    yield
    world.client("rds").create_db_cluster_snapshot(
        DBClusterIdentifier=CLUSTER, DBClusterSnapshotIdentifier="daily"
    )


@contextmanager
def versioning(world: MockAccount) -> Iterator[None]:
    """Suspend versioning of an artifact bucket."""
    s3, name = world.client("s3"), f"{PREFIX}artifacts-{ACCOUNT}-{TOKYO}"
    for status in ("Suspended", "Enabled"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
        if status == "Suspended":
            yield


@contextmanager
def no_artifact_bucket(world: MockAccount) -> Iterator[None]:
    """Delete the artifact bucket of a region."""
    name = f"{PREFIX}artifacts-{ACCOUNT}-{VIRGINIA}"
    world.client("s3", VIRGINIA).delete_bucket(Bucket=name)
    yield
    world.make_bucket(name, VIRGINIA)


@contextmanager
def no_role(world: MockAccount, name: str) -> Iterator[None]:
    """Delete a role."""
    iam = world.client("iam", VIRGINIA)
    iam.delete_role(RoleName=name)
    yield
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")


@contextmanager
def secret_being_deleted(world: MockAccount) -> Iterator[None]:
    """Schedule the deletion of a secret."""
    client, name = world.client("secretsmanager"), f"{PREFIX}db-credentials"
    client.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    yield
    client.restore_secret(SecretId=name)


@contextmanager
def left_secret(world: MockAccount) -> Iterator[None]:
    """Schedule the deletion of a secret before the stack exists."""
    client, name = world.client("secretsmanager"), f"{PREFIX}db-credentials"
    client.create_secret(Name=name, SecretString="{}")
    client.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    yield
    client.restore_secret(SecretId=name)
    client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def older_snapshots(answer: Any) -> Any:
    """Return snapshots of a previous year."""
    return [{**one, "SnapshotCreateTime": "2025-01-01T00:00:00Z"} for one in answer]


def pending(answer: Any) -> Any:
    """Return instances with parameters that are applied at the next reboot."""
    group = {"DBParameterGroupName": "group", "ParameterApplyStatus": "pending-reboot"}
    return [{**one, "DBParameterGroups": [group]} for one in answer]


def upgraded(answer: Any) -> Any:
    """Return a cluster with a newer version than that of the stack."""
    return [{**one, "EngineVersion": "8.0.mysql_aurora.3.10.99"} for one in answer]


def failed_over(answer: Any) -> Any:
    """Return a cluster whose second instance is the writer."""
    members = [
        {"DBInstanceIdentifier": "instance-1", "IsClusterWriter": False, "PromotionTier": 0},
        {"DBInstanceIdentifier": "instance-2", "IsClusterWriter": True, "PromotionTier": 1},
    ]
    return [{**one, "DBClusterMembers": members} for one in answer]


def without_writer(answer: Any) -> Any:
    """Return a cluster without a writer."""
    return [{**one, "DBClusterMembers": []} for one in answer]


def disabled_region(answer: Any) -> Any:
    """Return regions, one of which is not enabled."""
    return [{**one, "OptInStatus": "not-opted-in"} if one["RegionName"] == TOKYO else one for one in answer]


def expired(answer: Any) -> Any:
    """Return a certificate that has expired."""
    return {**answer, "NotAfter": "2025-01-01T00:00:00Z"}


def too_many_alarms(facts: Facts) -> Facts:
    """Return facts with the maximum number of alarms in one region."""
    kept = [
        fact._replace(answer=[{"AlarmName": f"theirs-{number}"} for number in range(5_000)])
        if fact.query.operation == "DescribeAlarms" and fact.query.region == TOKYO
        else fact
        for fact in facts
    ]
    return facts.with_facts(kept)


@contextmanager
def secret(world: MockAccount, region: str, key: str) -> Iterator[None]:
    """Create a secret with one of our names."""
    client, name = world.client("secretsmanager", region), f"{PREFIX}origin-api-key-{key}"
    client.create_secret(Name=name, SecretString="{}")
    yield
    client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


@contextmanager
def alarm(world: MockAccount, name: str) -> Iterator[None]:
    """Create an alarm with one of our names."""
    client = world.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName=name,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        Threshold=1,
    )
    yield
    client.delete_alarms(AlarmNames=[name])


@contextmanager
def dashboard(world: MockAccount, name: str) -> Iterator[None]:
    """Create a dashboard with one of our names."""
    client = world.client("cloudwatch", VIRGINIA)
    client.put_dashboard(DashboardName=name, DashboardBody="{}")
    yield
    client.delete_dashboards(DashboardNames=[name])


_THEIRS = {"Status": "PENDING_VALIDATION"}

# ``new`` is an account with only roles and artifact buckets, ``ready`` has all stacks.
FAULTS = {
    "new": {
        "another account is meant": Fault(
            "FAIL account:123456789012",
            make=deploys(PermissionsBoundaryArn="arn:aws:iam::999999999999:policy/boundary"),
        ),
        "a region is not enabled": Fault(
            f"FAIL regions:{TOKYO}", change=changed("ec2", "DescribeRegions", disabled_region)
        ),
        "a zone that the account does not have": Fault(
            "FAIL zones:ap-northeast-1b", make=deploys("network", AvailabilityZone2="ap-northeast-1b")
        ),
        "both subnets in one zone": Fault(
            "FAIL zones:ap-northeast-1a", make=deploys("network", AvailabilityZone2="ap-northeast-1a")
        ),
        "the first create failed": Fault(
            f"FAIL stack-state:{PREFIX}database",
            "cloudformation",
            stack_status("database", "ROLLBACK_COMPLETE"),
        ),
        "a change set was left": Fault(
            f"WARN stack-state:{PREFIX}database",
            "cloudformation",
            stack_status("database", "REVIEW_IN_PROGRESS"),
        ),
        "a service role is missing": Fault(
            f"FAIL deploy-roles:deploy-{PREFIX}api-service",
            "iam",
            lambda world: no_role(world, f"deploy-{PREFIX}api-service"),
        ),
        "a pipeline role was made by hand": Fault(
            f"WARN deploy-roles:deploy-{PREFIX}api-pipeline", "cloudformation", role_without_stack
        ),
        "a service-linked role is missing": Fault(
            "WARN service-linked-roles:AWSServiceRoleForRDS",
            "iam",
            lambda world: no_role(world, "AWSServiceRoleForRDS"),
        ),
        "a bucket was kept": Fault(
            f"FAIL bucket-names:{PREFIX}frontend-{ACCOUNT}",
            "s3",
            moto(
                "s3",
                VIRGINIA,
                "create_bucket",
                "delete_bucket",
                ("Bucket",),
                Bucket=f"{PREFIX}frontend-{ACCOUNT}",
            ),
        ),
        "another account has the bucket": Fault(
            f"FAIL bucket-names:{PREFIX}frontend-{ACCOUNT}",
            change=failing("HeadBucket", DENIED, f"{PREFIX}frontend-"),
        ),
        "no artifact bucket in us-east-1": Fault(
            f"FAIL artifact-buckets:{PREFIX}artifacts-{ACCOUNT}-{VIRGINIA}", "s3", no_artifact_bucket
        ),
        "the artifact bucket keeps no versions": Fault(
            f"WARN artifact-buckets:{PREFIX}artifacts-{ACCOUNT}-{TOKYO}", "s3", versioning
        ),
        "too many buckets": Fault(
            "FAIL bucket-quota:buckets", "service-quotas", updated("quotas", L_DC2B2D3D=3)
        ),
        "too many VPCs": Fault(
            "FAIL network-quotas:vpcs",
            "ec2",
            lambda world: several(world, "ec2", "create_vpc", "delete_vpc", "VpcId", 4),
        ),
        "too many internet gateways": Fault(
            "FAIL network-quotas:internet-gateways",
            "ec2",
            lambda world: several(
                world, "ec2", "create_internet_gateway", "delete_internet_gateway", "InternetGatewayId", 5
            ),
        ),
        "too many addresses": Fault(
            "FAIL network-quotas:elastic-ips",
            "ec2",
            lambda world: several(world, "ec2", "allocate_address", "release_address", "AllocationId", 4),
        ),
        "too many NAT gateways in a zone": Fault(
            "FAIL nat-gateway-quota:nat-gateways-ap-northeast-1a",
            "service-quotas",
            updated("quotas", L_FE5A380F=0),
        ),
        "the cluster is there, outside the stack": Fault(
            f"FAIL cluster-name:{CLUSTER}", "rds", foreign_cluster
        ),
        "too many clusters": Fault(
            "FAIL database-quotas:DBClusters", "rds", updated("database_quotas", DBClusters=(40, 40))
        ),
        "too many database instances": Fault(
            "FAIL database-quotas:DBInstances", "rds", updated("database_quotas", DBInstances=(39, 40))
        ),
        "too many event subscriptions": Fault(
            "FAIL database-quotas:EventSubscriptions",
            "rds",
            updated("database_quotas", EventSubscriptions=(17, 20)),
        ),
        "the engine version is not offered": Fault(
            f"FAIL engine-version:{CLUSTER}", "rds", recorded("versions", {})
        ),
        "the engine version is deprecated": Fault(
            f"FAIL engine-version:{CLUSTER}", "rds", recorded("versions", {"8.0": "deprecated"})
        ),
        "the standard support of the engine version has ended": Fault(
            f"FAIL engine-support:{CLUSTER}", "rds", recorded("support_days", -1)
        ),
        "the class is not offered": Fault(
            "FAIL instance-class:DatabaseInstance1", "rds", recorded("orderable", [])
        ),
        "the class is not offered in a zone": Fault(
            "FAIL instance-class:DatabaseInstance2",
            "rds",
            recorded(
                "orderable",
                [{"AvailabilityZones": [{"Name": "ap-northeast-1a"}], "SupportsEnhancedMonitoring": True}],
            ),
        ),
        "the class has no Performance Insights": Fault(
            "FAIL instance-class:DatabaseInstance1", make=deploys(DatabaseInstanceClass="db.t4g.medium")
        ),
        "the class has no Enhanced Monitoring": Fault(
            "FAIL instance-class:DatabaseInstance1",
            "rds",
            recorded(
                "orderable",
                [{"AvailabilityZones": [{"Name": "ap-northeast-1a"}, {"Name": "ap-northeast-1c"}]}],
            ),
        ),
        "a new account with a concurrency of 10": Fault(
            f"FAIL lambda-concurrency:{PREFIX}api", "lambda", recorded("concurrency", (10, 10))
        ),
        "others have reserved the concurrency": Fault(
            f"FAIL lambda-concurrency:{PREFIX}api", "lambda", recorded("concurrency", (1_000, 599))
        ),
        "the function is there, outside the stack": Fault(
            f"FAIL function-name:{PREFIX}api", "lambda iam", function
        ),
        "no role for the logs of API Gateway": Fault(
            "FAIL api-logging-role:ApiStage", make=deploys(ManageApiGatewayAccount="false")
        ),
        "another stack sets the role for the logs": Fault(
            "FAIL api-logging-role:ApiStage",
            "apigateway iam",
            lambda world: logging_role(world, "other-stack", exists=True),
        ),
        "a deleted stack set the role for the logs": Fault(
            "WARN api-logging-role:ApiStage",
            "apigateway iam",
            lambda world: logging_role(
                world, None, exists=True, name=f"{PREFIX}api-ApiGatewayLoggingRole-1A2B3C4D5E6F"
            ),
        ),
        "too many APIs": Fault(
            "FAIL api-quotas:regional-apis",
            "apigateway",
            recorded(
                "apis",
                [
                    {"id": str(number), "endpointConfiguration": {"types": ["REGIONAL"]}}
                    for number in range(600)
                ],
            ),
        ),
        "too many usage plans": Fault(
            "FAIL api-quotas:usage-plans",
            "apigateway",
            recorded("usage_plans", [{"id": str(number)} for number in range(300)]),
        ),
        "a secret of that name": Fault(
            f"FAIL secret-names:{PREFIX}origin-api-key-a",
            "secretsmanager",
            lambda world: secret(world, TOKYO, "a"),
        ),
        "a secret in the place of the copy": Fault(
            f"FAIL secret-names:{PREFIX}origin-api-key-b@{VIRGINIA}",
            "secretsmanager",
            lambda world: secret(world, VIRGINIA, "b"),
        ),
        "the first key has no copy": Fault(
            "FAIL origin-key:OriginKey", "cloudformation secretsmanager", first_key_without_copy
        ),
        "a secret waits for its deletion": Fault(
            f"FAIL secret-names:{PREFIX}db-credentials", "secretsmanager", left_secret
        ),
        "a record of the domain": Fault(f"FAIL domain-records:{DOMAIN}:A", "route53", record),
        "too many health checks": Fault(
            "FAIL health-check-quota:health-checks", "route53", recorded("health_checks", (200, 200))
        ),
        "a CloudFront Function of that name": Fault(
            f"FAIL cloudfront-names:Function/{PREFIX}page-routing", "cloudfront", cloudfront_function
        ),
        "a cache policy of that name": Fault(
            f"FAIL cloudfront-names:CachePolicy/{PREFIX}static",
            "cloudfront",
            recorded("cache_policies", [f"{PREFIX}static"]),
        ),
        "a response headers policy of that name": Fault(
            f"FAIL cloudfront-names:ResponseHeadersPolicy/{PREFIX}api",
            "cloudfront",
            recorded("headers_policies", [f"{PREFIX}api"]),
        ),
        "an origin access control of that name": Fault(
            f"FAIL cloudfront-names:OriginAccessControl/{PREFIX}site", "cloudfront", access_control
        ),
        "too many distributions": Fault(
            "FAIL cloudfront-quotas:distributions", "service-quotas", updated("quotas", L_24B04930=0)
        ),
        "too many cache policies": Fault(
            "FAIL cloudfront-quotas:cache-policies",
            "cloudfront",
            recorded("cache_policies", [f"theirs-{number}" for number in range(19)]),
        ),
        "too many response headers policies": Fault(
            "FAIL cloudfront-quotas:response-headers-policies",
            "cloudfront",
            recorded("headers_policies", [f"theirs-{number}" for number in range(19)]),
        ),
        "too many CloudFront Functions": Fault(
            "FAIL cloudfront-quotas:functions",
            change=changed(
                "cloudfront",
                "ListFunctions",
                lambda _: [{"Name": f"theirs-{number}"} for number in range(98)],
            ),
        ),
        "too many origin access controls": Fault(
            "FAIL cloudfront-quotas:origin-access-controls",
            change=changed(
                "cloudfront",
                "ListOriginAccessControls",
                lambda _: [{"Name": f"theirs-{number}"} for number in range(100)],
            ),
        ),
        "a web ACL of that name": Fault(f"FAIL web-acl-name:{PREFIX}cloudfront-waf", "wafv2", web_acl),
        "rules that need too much capacity only with the IP sets": Fault(
            f"FAIL web-acl-capacity:{PREFIX}cloudfront-waf", "wafv2", recorded("capacity", 4_999)
        ),
        "rules that need too much capacity": Fault(
            f"FAIL web-acl-capacity:{PREFIX}cloudfront-waf", "wafv2", recorded("capacity", 5_001)
        ),
        "a log group was kept": Fault(
            f"FAIL log-group-names:/aws/lambda/{PREFIX}api",
            "logs",
            moto(
                "logs",
                TOKYO,
                "create_log_group",
                "delete_log_group",
                ("logGroupName",),
                logGroupName=f"/aws/lambda/{PREFIX}api",
            ),
        ),
        "a log delivery of that name": Fault(
            f"FAIL delivery-names:DeliveryDestination/{PREFIX}edge-logs-json",
            "logs",
            moto(
                "logs",
                VIRGINIA,
                "put_delivery_destination",
                "delete_delivery_destination",
                ("name",),
                name=f"{PREFIX}edge-logs-json",
                outputFormat="json",
                deliveryDestinationConfiguration={"destinationResourceArn": "arn:aws:s3:::theirs"},
            ),
        ),
        "an alarm of that name": Fault(
            f"FAIL alarm-names:{PREFIX}api-5xx", "cloudwatch", lambda world: alarm(world, f"{PREFIX}api-5xx")
        ),
        "a dashboard of that name": Fault(
            f"FAIL dashboard-names:{PREFIX}api", "cloudwatch", lambda world: dashboard(world, f"{PREFIX}api")
        ),
        "too many alarms": Fault(f"FAIL alarm-quota:alarms-{TOKYO}", change=too_many_alarms),
        "too many keys": Fault(
            f"FAIL key-quota:keys-{VIRGINIA}", "service-quotas", updated("defaults", L_C2F1777E=0)
        ),
    },
    "ready": {
        "the stack is being updated": Fault(
            f"FAIL stack-state:{PREFIX}api", "cloudformation", stack_status("api", "UPDATE_IN_PROGRESS")
        ),
        "the rollback of the stack failed": Fault(
            f"FAIL stack-state:{PREFIX}api", "cloudformation", stack_status("api", "UPDATE_ROLLBACK_FAILED")
        ),
        "an export is gone": Fault(
            f"FAIL imports:{PREFIX}lambda-security-group-id", "cloudformation", gone_export
        ),
        "an output is gone": Fault(f"FAIL imports:{PREFIX}api/ApiGatewayId", "cloudformation", gone_output),
        "the role for the logs was deleted": Fault(
            "FAIL api-logging-role:ApiStage", "iam", lambda world: no_role(world, "logging")
        ),
        "the version of the package is gone": Fault(
            f"FAIL package:{PREFIX}api", make=deploys(version="gone")
        ),
        "the package is not a zip archive": Fault(
            f"FAIL package:{PREFIX}api", make=lambda world: other_package(world, b"not a zip")
        ),
        "the handler is in a folder": Fault(
            f"FAIL package:{PREFIX}api",
            make=lambda world: other_package(world, package("app/lambda_handler.py")),
        ),
        "the package is too large": Fault(f"FAIL package:{PREFIX}api", "lambda", recorded("unzipped", 5)),
        "no version of the package is named": Fault(
            f"WARN package:{PREFIX}api", "cloudformation", no_version
        ),
        "the certificate expires soon": Fault(
            "WARN certificate", "acm", lambda world: other_certificate(world, DOMAIN, 10)
        ),
        "the certificate has expired": Fault(
            "FAIL certificate", change=changed("acm", "DescribeCertificate", expired)
        ),
        "the certificate is not validated": Fault(
            "FAIL certificate", change=changed("acm", "DescribeCertificate", lambda answer: answer | _THEIRS)
        ),
        "the certificate is for another domain": Fault(
            "FAIL certificate", "acm", lambda world: other_certificate(world, "*.example.org", 200)
        ),
        "the certificate is in another region": Fault(
            f"FAIL certificate:arn:aws:acm:{TOKYO}:{ACCOUNT}:certificate/1",
            make=deploys(CertificateArn=f"arn:aws:acm:{TOKYO}:{ACCOUNT}:certificate/1"),
        ),
        "the zone is another domain's": Fault("FAIL hosted-zone", "route53", other_zone),
        "another distribution has the domain": Fault(
            f"FAIL domain-alias:{DOMAIN}", "cloudformation", patched("stacks.ids", {"Distribution": "EOTHER"})
        ),
        "another account has the domain": Fault(
            "FAIL domain-alias:shop.example.com",
            "cloudfront",
            lambda world: another_domain(world, "*.example.com", "shop.example.com"),
        ),
        "another account has an overlapping domain": Fault(
            "WARN domain-alias:shop.example.com",
            "cloudfront",
            lambda world: another_domain(world, "*.example.com"),
        ),
        "the deployed certificate does not cover the domain": Fault(
            "WARN domain-alias:shop.example.com", "cloudfront", another_domain_than_the_certificate
        ),
        "the alarms refer to a relative path": Fault(
            "WARN on-call-page:RunbookUrl", make=deploys(RunbookUrl="docs/on-call.ja.md")
        ),
        "no one is subscribed": Fault("WARN alarm-subscriptions:ApiCriticalAlarmTopic", "sns", unconfirmed),
        "CloudFront sends a key that will not be accepted": Fault(
            "FAIL origin-key:OriginKeys",
            "cloudformation",
            patched("stacks.parameters", {f"{PREFIX}frontend": {"OriginKey": "b"}}),
        ),
        "the other key has no copy": Fault(
            "FAIL origin-key:OriginKey", "cloudformation secretsmanager", other_key_without_copy
        ),
        "the copy of a key is gone": Fault(
            f"FAIL secret-names:{PREFIX}origin-api-key-b@{VIRGINIA}", "secretsmanager", no_copy
        ),
        "a secret is being deleted": Fault(
            f"FAIL secret-names:{PREFIX}db-credentials", "secretsmanager", secret_being_deleted
        ),
        "the cluster is stopped": Fault(
            f"FAIL writer:{CLUSTER}",
            "rds",
            moto(
                "rds",
                TOKYO,
                "stop_db_cluster",
                "start_db_cluster",
                ("DBClusterIdentifier",),
                DBClusterIdentifier=CLUSTER,
            ),
        ),
        "the cluster has no writer": Fault(
            f"FAIL writer:{CLUSTER}", change=changed("rds", "DescribeDBClusters", without_writer)
        ),
        "the cluster has failed over": Fault(
            f"WARN writer:{CLUSTER}", change=changed("rds", "DescribeDBClusters", failed_over)
        ),
        "parameters wait for a restart": Fault(
            f"WARN pending-reboot:{CLUSTER}", change=changed("rds", "DescribeDBInstances", pending)
        ),
        "there is no snapshot": Fault(f"WARN newest-snapshot:{CLUSTER}", "rds", snapshot_deleted),
        "the snapshot is old": Fault(
            f"WARN newest-snapshot:{CLUSTER}",
            change=changed("rds", "DescribeDBClusterSnapshots", older_snapshots),
        ),
        "the cluster was upgraded outside of the stack": Fault(
            f"WARN engine-version:{CLUSTER}", change=changed("rds", "DescribeDBClusters", upgraded)
        ),
        "the standard support of the deployed engine version ends within a year": Fault(
            f"WARN engine-support:{CLUSTER}", "rds", recorded("support_days", 364)
        ),
        "the standard support of the deployed engine version has ended": Fault(
            f"WARN engine-support:{CLUSTER}", "rds", recorded("support_days", -1)
        ),
        "RDS does not return the end of the standard support": Fault(
            f"WARN engine-support:{CLUSTER}",
            change=changed("rds", "DescribeDBMajorEngineVersions", lambda _: []),
        ),
        "the deployed engine version was deprecated": Fault(
            f"WARN engine-version:{CLUSTER}", "rds", recorded("versions", {"8.0": "deprecated"})
        ),
    },
}
