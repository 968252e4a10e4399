"""The published Lambda versions, those that a rolled-back deploy has left, and the packages in S3.

A deploy of api that is rolled back leaves its Lambda version, because the template retains it. Lambda
publishes nothing if code and settings are those of the newest published version, and CloudFormation then
fails with ``A version for this Lambda function exists``. Therefore, while the newest version is not that of
the stack, each deploy needs an object version in S3 that no Lambda version has; its ID is part of the
settings.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from csr_templates.account import errors, paging
from csr_templates.operating import words
from csr_templates.operating.aws import Aws
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop, WrongInput

PACKAGE: Final = "lambda-deployment-package.zip"
"""Key of the packages in their bucket, the default of the template's parameter ``LambdaCodeS3Key``."""
KEY: Final = "LambdaCodeS3Key"
OBJECT_VERSION: Final = "LambdaCodeS3ObjectVersion"

_FIRST: Final = frozenset({"CREATE_IN_PROGRESS", "IMPORT_IN_PROGRESS", "REVIEW_IN_PROGRESS"})
"""Status of a stack in its first event."""
_STACK_TYPE: Final = "AWS::CloudFormation::Stack"
_NO_OBJECT: Final = frozenset({"400", "404", "NoSuchVersion", "NoSuchKey"})
"""Codes of HeadObject: 400 for an ID that no version can have, 404 for one that is not there."""
_DIGEST: Final = "sha256"
"""Name of the metadata in which a package has its SHA-256."""


class Release(NamedTuple):
    """A published Lambda version.

    Attributes:
        number: its number.
        published: the time in ISO 8601.
        description: by the template; the object version in S3 is one of its words.
    """

    number: int
    published: str
    description: str

    @property
    def time(self) -> datetime:
        """When it was published."""
        return datetime.fromisoformat(self.published)

    def has(self, object_version: str) -> bool:
        """Return whether it was published from an object version."""
        return object_version in self.description.split()


class History(NamedTuple):
    """What the events of the stack, which AWS keeps for 90 days, say about the versions.

    Attributes:
        rolled_back: numbers of the versions that rolled-back deploys have left.
        since: time of the oldest event; None if it is the first one of the stack.
    """

    rolled_back: Collection[int]
    since: datetime | None

    def covers(self, release: Release) -> bool:
        """Return whether the events of the deploy of a version have not expired."""
        return self.since is None or release.time >= self.since


def of_function(client: Any, function: str) -> list[Release]:
    """Return the published versions, the newest last."""
    versions = paging.complete(client, "ListVersionsByFunction", {"FunctionName": function})["Versions"]
    releases = [
        Release(int(version["Version"]), version["LastModified"], version.get("Description", ""))
        for version in versions
        if version["Version"].isdigit()
    ]
    return sorted(releases)


def number_of(arn: str) -> int:
    """Return the number at the end of the ARN of a version."""
    return int(arn.rpartition(":")[2])


def versions_if_left_by_rollback(aws: Aws) -> list[Release]:
    """Return the published versions, if a rolled-back deploy has left the newest one; otherwise, nothing.

    The status of the stack does not say it: after a later update of alarms only, it is ``UPDATE_COMPLETE``.
    """
    if not aws.environment.has("ApiFunctionVersion"):
        return []
    stack = aws.environment.stack_of("ApiFunctionVersion")
    if not aws.status(stack):
        return []
    arn = _version_of_stack(aws)
    if not arn:
        return []
    releases = of_function(aws.client("lambda", stack.region), arn.split(":")[6])
    if releases and releases[-1].number > number_of(arn):
        return releases
    return []


def require_package(aws: Aws, key: str, object_version: str) -> None:
    """Check that S3 has an object version of the package, which a deploy would miss after a while only.

    Args:
        aws: the account.
        key: of the package in its bucket.
        object_version: that of the deploy.

    Raises:
        WrongInput: it has not; a number is that of a Lambda version.
    """
    bucket = aws.name("LambdaDeploymentsBucket")
    client = aws.client("s3", aws.environment.stack_of("LambdaDeploymentsBucket").region)
    try:
        client.head_object(Bucket=bucket, Key=key, VersionId=object_version)
    except errors.call_errors() as error:
        if errors.failure(error).code not in _NO_OBJECT:
            raise
        is_number = ""
        if object_version.isdigit():
            is_number = (
                f" To run the Lambda version {object_version}: {aws.command('roll-back', object_version)}"
            )
        raise WrongInput(
            f"{object_version} is not an object version of {key} in {bucket}. upload-package prints it, and "
            f"show-releases shows it in the description of a Lambda version.{is_number}"
        ) from error


def require_new(releases: Sequence[Release], object_version: str, way: str) -> None:
    """Check that Lambda can publish a version with an object version.

    Args:
        releases: those of ``versions_if_left_by_rollback``.
        object_version: that of the deploy.
        way: what to do otherwise.

    Raises:
        Stop: a published version has the object version already.
    """
    if any(release.has(object_version) for release in releases):
        raise Stop(
            f"A deploy that was rolled back has left the Lambda version {releases[-1].number}, so the next "
            f"deploy needs another object version than {object_version}. {way}"
        )


def left_by_rollbacks(events: Sequence[Mapping[str, Any]], stack_name: str) -> set[int]:
    """Return the Lambda versions that rolled-back deploys left, from the events of the stack.

    CloudFormation skips the deletion of a retained version in both cases: of the previous one after an
    update, and of the new one in a rollback. The event of the stack before it tells them apart.

    Args:
        events: the newest first.
        stack_name: name of the deployed stack.
    """
    numbers = set()
    operation = ""
    for event in reversed(events):
        if event.get("ResourceType") == _STACK_TYPE and event["LogicalResourceId"] == stack_name:
            operation = event["ResourceStatus"]
        is_skipped = event["ResourceStatus"] == "DELETE_SKIPPED"
        if is_skipped and event["LogicalResourceId"] == "ApiFunctionVersion" and "ROLLBACK" in operation:
            numbers.add(number_of(event["PhysicalResourceId"]))
    return numbers


def history(aws: Aws, stack: Stack) -> History:
    """Return what the events of a stack say about the Lambda versions."""
    client = aws.client("cloudformation", stack.region)
    events = aws.all_pages(client, "DescribeStackEvents", StackName=stack.deployed)["StackEvents"]
    rolled_back = left_by_rollbacks(events, stack.deployed)
    if not events:
        return History(rolled_back, words.now())
    oldest = events[-1]
    if oldest["ResourceStatus"] in _FIRST and oldest["LogicalResourceId"] == stack.deployed:
        return History(rolled_back, None)
    return History(rolled_back, oldest["Timestamp"])


def _version_of_stack(aws: Aws) -> str:
    """Return the ARN of the stack's version; empty if it has none, as after an import."""
    try:
        return aws.physical_id("ApiFunctionVersion")
    except errors.call_errors() as error:
        if "does not exist" in errors.failure(error).message:  # the code is that of any wrong call
            return ""
        raise


# ---- Packages ----


def upload_package(aws: Aws, file: Path) -> None:
    """Upload a Lambda package, unless S3 has it already, and print its object version.

    After a deploy that was rolled back, the version that was deployed before is not used again.

    Args:
        file: the package, a ZIP file.

    Example: upload-package lambda-deployment-package.zip
    Calls: cloudformation:DescribeStackResource, lambda:ListVersionsByFunction, s3:ListObjectVersions,
        s3:HeadObject, s3:PutObject.
    Takes: seconds.
    Way back: not needed; only a deploy of api uses the version.
    """
    digest = _digest(file)
    client = aws.client("s3", aws.environment.stack_of("LambdaDeploymentsBucket").region)
    bucket = aws.name("LambdaDeploymentsBucket")
    releases = versions_if_left_by_rollback(aws)
    uploaded = _uploaded(aws, client, bucket, file.stat().st_size, digest)
    for version in uploaded:
        if not any(release.has(version) for release in releases):
            words.say("The package was uploaded before. Its object version:")
            words.say(version)
            return
    if uploaded:
        words.say("A deploy of this package was rolled back, so the next one needs a new object version.")
    with file.open("rb") as body:
        answer = client.put_object(
            Bucket=bucket, Key=PACKAGE, Body=body, ChecksumAlgorithm="SHA256", Metadata={_DIGEST: digest}
        )
    version = answer["VersionId"]
    client.head_object(Bucket=bucket, Key=PACKAGE, VersionId=version)
    stack = aws.environment.stack_of("ApiFunctionVersion")
    words.say(f"Next: {aws.command('plan-deploy', stack.name, version)}. The object version:")
    words.say(version)


def copy_deployed(aws: Aws) -> str:
    """Copy the deployed package onto itself, and return the new object version."""
    client = aws.client("s3", aws.environment.stack_of("LambdaDeploymentsBucket").region)
    bucket = aws.name("LambdaDeploymentsBucket")
    key = aws.parameter("ApiFunctionVersion", KEY)
    version = aws.parameter("ApiFunctionVersion", OBJECT_VERSION)
    metadata = client.head_object(Bucket=bucket, Key=key, VersionId=version)["Metadata"]
    words.say(
        "A deploy that was rolled back has left a Lambda version, so this one needs a new object version."
    )
    answer = client.copy_object(
        Bucket=bucket,
        Key=key,
        CopySource=f"{bucket}/{key}?versionId={version}",
        Metadata=metadata,
        MetadataDirective="REPLACE",
        TaggingDirective="REPLACE",
        ChecksumAlgorithm="SHA256",
    )
    return str(answer["VersionId"])


def _digest(file: Path) -> str:
    """Return the SHA-256 of a package.

    Raises:
        WrongInput: it cannot be read, or is not a ZIP file.
    """
    try:
        if not zipfile.is_zipfile(file):
            raise WrongInput(
                f"{file} is not a ZIP file, or does not exist. Give the package of the function."
            )
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise WrongInput(f"Cannot read {file}: {error.strerror}.") from error


def _uploaded(aws: Aws, client: Any, bucket: str, size: int, digest: str) -> list[str]:
    """Return the object versions with the content of a package, the newest first."""
    answer = aws.all_pages(client, "ListObjectVersions", Bucket=bucket, Prefix=PACKAGE)
    versions = []
    for version in answer.get("Versions", []):
        if version["Key"] != PACKAGE or version["Size"] != size:
            continue
        head = client.head_object(Bucket=bucket, Key=PACKAGE, VersionId=version["VersionId"])
        if head["Metadata"].get(_DIGEST) == digest:
            versions.append(version["VersionId"])
    return versions
