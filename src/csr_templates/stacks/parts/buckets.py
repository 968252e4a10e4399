"""Private S3 buckets."""

from __future__ import annotations

from typing import Any

from awacs.aws import Statement
from troposphere import Retain, RetainExceptOnCreate, Sub
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from csr_templates.stacks.parts.names import Value
from csr_templates.stacks.parts.policies import deny_without_tls, document
from csr_templates.stacks.parts.tags import tags


def private_bucket(
    title: str, what: str, BucketName: Value, *rules: LifecycleRule, **properties: Any
) -> Bucket:
    """Return a versioned bucket that nobody outside the account can read, encrypted with AES-256.

    Uploads that were never finished are dropped after 7 days; ``rules`` say what else expires. ``properties``
    are further ones of the bucket.
    """
    unfinished_uploads = LifecycleRule(
        Id="AbortUnfinishedUploads",
        Status="Enabled",
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )
    return Bucket(
        title,
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        BucketName=BucketName,
        BucketEncryption=BucketEncryption(
            ServerSideEncryptionConfiguration=[
                ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
                )
            ]
        ),
        LifecycleConfiguration=LifecycleConfiguration(Rules=[unfinished_uploads, *rules]),
        OwnershipControls=OwnershipControls(
            Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]  # no ACLs
        ),
        PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
            BlockPublicAcls=True,
            BlockPublicPolicy=True,
            IgnorePublicAcls=True,
            RestrictPublicBuckets=True,
        ),
        VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
        Tags=tags(what),
        **properties,
    )


def bucket_policy(title: str, Bucket: Value, *statements: Statement) -> BucketPolicy:
    """Return the policy of one bucket: what ``statements`` allow, and nothing without TLS.

    Args:
        title: logical ID.
        Bucket: name of the bucket.
        statements: what else the policy says.
    """
    arn = "arn:${AWS::Partition}:s3:::${Bucket}"
    return BucketPolicy(
        title,
        Bucket=Bucket,
        PolicyDocument=document(
            *statements,
            deny_without_tls("s3", [Sub(arn, Bucket=Bucket), Sub(arn + "/*", Bucket=Bucket)]),
        ),
    )
