"""Single faults of an account. Each is created, must be found by exactly one check, and is removed.

They are in ``faults.yaml``. Those that need IDs of the account are functions here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final
from unittest import mock

import yaml

from csr_templates import api
from csr_templates.preflight.facts import Fact, Facts, FailedCall
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from tests.alarm_subjects import alarms_of, short_name
from tests.system import PROJECT

from .mock_account import ACCOUNT, DOMAIN, PACKAGE, MockAccount, package
from .recorded import TOKYO, VIRGINIA, AwsError

PREFIX: Final = f"{PROJECT}-prod-"
CLUSTER: Final = f"{PREFIX}aurora-cluster"

Fault = Mapping[str, Any]
"""A fault, as ``faults.yaml`` describes it."""


def _read() -> dict[str, dict[str, Fault]]:
    text = Path(__file__).with_name("faults.yaml").read_text("utf-8")
    alarm, *_ = alarms_of(api.build().to_dict()["Resources"]).values()
    text = text.replace("{alarm}", f"{PREFIX}{short_name(alarm)}").replace("{prefix}", PREFIX)
    by_name = {}
    for state, faults in yaml.safe_load(text).items():
        by_name[state] = {fault["name"]: fault for fault in faults}
    return by_name


FAULTS: Final = _read()
"""State -> name -> fault."""


def changed(
    operation: str, change: Callable[[Any], Any], *texts: str, code: str = ""
) -> Callable[[Facts], Facts]:
    """Return a function that changes the responses of an operation, or makes its calls fail.

    Args:
        operation: the operation.
        change: returns the new response; None does not change it.
        texts: what must be in the parameters of the calls.
        code: error code of a failure.
    """

    def change_facts(facts: Facts) -> Facts:
        return facts.with_facts(new_fact(fact) for fact in facts)

    def new_fact(fact: Fact) -> Fact:
        if fact.query.operation != operation or any(text not in fact.query.key for text in texts):
            return fact
        if code:
            return fact._replace(answer=None, failure=FailedCall(code, ""))
        answer = change(fact.answer)
        if answer is None:
            return fact
        return fact._replace(answer=answer)

    return change_facts


def failing(operation: str, code: str, *texts: str) -> Callable[[Facts], Facts]:
    """Return a function that makes the calls of an operation fail."""
    return changed(operation, lambda answer: answer, *texts, code=code)


def with_change(facts: Facts, change: Mapping[str, Any]) -> Facts:
    """Return facts with the change of a fault."""

    def new_answer(answer: Any) -> Any:
        if "answer" in change:
            return _expanded(change["answer"])
        if isinstance(answer, list):
            return [new_answer(element) for element in answer]
        if change.get("where", {}).items() <= answer.items():
            return {**answer, **change["with"]}
        return answer

    operation, *texts = change["of"].split()
    return changed(operation, new_answer, *texts, code=change.get("fails", ""))(facts)


@contextmanager
def created(world: MockAccount, fault: Fault) -> Iterator[ResolvedEnvironment | None]:
    """Create a fault and then remove it; yield the environment of the deploy if it is different."""
    environment = None
    with ExitStack() as undo:
        for place, value in fault.get("set", {}).items():
            owner, _, name = f"recorder.{place}".rpartition(".")
            undo.enter_context(mock.patch.object(attrgetter(owner)(world), name, _expanded(value)))
        for place, entries in fault.get("entries", {}).items():
            undo.enter_context(mock.patch.dict(attrgetter(place)(world.recorder), entries))
        if "python" in fault:
            name, *arguments = fault["python"]
            environment = undo.enter_context(CREATED_BY_PYTHON[name](world, *arguments))
        _call(world, fault.get("calls", ()))
        undo.callback(_call, world, fault.get("undo", ()))
        if "deploys" in fault:
            values = dict(fault["deploys"])
            environment = world.environment_of(*values.pop("stacks", ()), **values)
        yield environment


def _call(world: MockAccount, calls: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
    for place, method, parameters in calls:
        getattr(world.client(*place.split()), method)(**parameters)


def _expanded(value: Any) -> Any:
    """Return a value; with ``times``, a list of so many items."""
    if not isinstance(value, dict) or "times" not in value:
        return value
    return [_numbered(value["item"], str(number)) for number in range(value["times"])]


def _numbered(value: Any, number: str) -> Any:
    if isinstance(value, dict):
        return {key: _numbered(member, number) for key, member in value.items()}
    if isinstance(value, str):
        return value.replace("{number}", number)
    return value


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
def other_package(world: MockAccount, *files: str) -> Iterator[ResolvedEnvironment]:
    """Deploy a package with other files; without files, one that is not a zip archive."""
    version = world.upload(package(*files) if files else b"not a zip")
    yield world.environment_of(version=version)
    world.client("s3").delete_object(
        Bucket=f"{PREFIX}lambda-deployments-{ACCOUNT}", Key=PACKAGE, VersionId=version
    )


@contextmanager
def left_version(world: MockAccount) -> Iterator[ResolvedEnvironment]:
    """Leave a version of a deploy that was rolled back, and deploy the same again."""
    functions, name = world.client("lambda"), f"{PREFIX}api"
    version = world.upload(package("lambda_handler.py"))
    environment = world.environment_of(version=version)
    api = environment.stack("api")
    assert api
    release = api.resources["ApiFunctionVersion"]["Properties"]["Description"]
    changed_package = package("lambda_handler.py", "other.py")
    functions.update_function_code(FunctionName=name, ZipFile=changed_package)
    left = functions.publish_version(FunctionName=name, Description=release)["Version"]
    yield environment
    functions.delete_function(FunctionName=name, Qualifier=left)


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
def another_domain(world: MockAccount, *conflicting: str) -> Iterator[ResolvedEnvironment]:
    """Require another domain, while a distribution in another account has some aliases."""
    world.recorder.conflicting = [
        {"Alias": alias, "DistributionId": "*******SEWHERE", "AccountId": "******999999"}
        for alias in conflicting
    ]
    arn = world.import_certificate("*.example.com", 200)
    yield world.environment_of(CustomDomainName="shop.example.com", CertificateArn=arn)
    world.recorder.conflicting = []
    world.client("acm", VIRGINIA).delete_certificate(CertificateArn=arn)


@contextmanager
def another_domain_than_the_certificate(world: MockAccount) -> Iterator[ResolvedEnvironment]:
    """Require a domain that the certificate of the deployed distribution does not cover."""
    failing, call = world.recorder.failing, ("cloudfront", "ListConflictingAliases")
    failing[call] = AwsError("InvalidArgument", "The certificate does not cover the alias.")
    with another_domain(world) as environment:
        yield environment
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
def other_zone(world: MockAccount) -> Iterator[ResolvedEnvironment]:
    """Specify the hosted zone of another domain."""
    route53 = world.client("route53", VIRGINIA)
    zone = route53.create_hosted_zone(Name="example.org", CallerReference="2")["HostedZone"]["Id"]
    yield world.environment_of(HostedZoneId=zone.rpartition("/")[2])
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
def logging_role(world: MockAccount, owner: str | None, name: str = "theirs") -> Iterator[None]:
    """Set API Gateway's logging role to the role of another stack, or to one without a stack."""
    iam, before = world.client("iam", VIRGINIA), world.recorder.logging_role
    world.recorder.logging_role = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    if owner:
        world.recorder.stacks.foreign[name] = owner
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    yield
    world.recorder.logging_role = before
    world.recorder.stacks.foreign.pop(name, None)
    iam.delete_role(RoleName=name)


@contextmanager
def role_without_stack(world: MockAccount) -> Iterator[None]:
    """Remove a pipeline role from its bootstrap stack."""
    foreign = world.recorder.stacks.foreign
    owner = foreign.pop(f"deploy-{PREFIX}api-pipeline")
    yield
    foreign[f"deploy-{PREFIX}api-pipeline"] = owner


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
def no_artifact_bucket(world: MockAccount) -> Iterator[None]:
    """Delete the artifact bucket of a region."""
    name = f"{PREFIX}artifacts-{ACCOUNT}-{VIRGINIA}"
    world.client("s3", VIRGINIA).delete_bucket(Bucket=name)
    yield
    world.make_bucket(name, VIRGINIA)


CREATED_BY_PYTHON: Final[Mapping[str, Callable[..., AbstractContextManager[ResolvedEnvironment | None]]]] = {
    "several": several,
    "other_package": other_package,
    "left_version": left_version,
    "other_certificate": other_certificate,
    "another_domain": another_domain,
    "another_domain_than_the_certificate": another_domain_than_the_certificate,
    "unconfirmed": unconfirmed,
    "other_zone": other_zone,
    "record": record,
    "cloudfront_function": cloudfront_function,
    "access_control": access_control,
    "web_acl": web_acl,
    "function": function,
    "logging_role": logging_role,
    "role_without_stack": role_without_stack,
    "foreign_cluster": foreign_cluster,
    "snapshot_deleted": snapshot_deleted,
    "no_artifact_bucket": no_artifact_bucket,
}
"""Name in ``faults.yaml`` -> what creates the fault, and removes it."""
