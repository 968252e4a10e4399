"""Private S3 buckets."""

from typing import Any

import awacs.s3
from awacs import aws
from troposphere import Ref, Retain, RetainExceptOnCreate, Sub, s3

from csr_templates.stacks.parts import names, policies


def private_bucket(
    title: str, BucketName: names.Value, *rules: s3.LifecycleRule, **properties: Any
) -> s3.Bucket:
    """Return a versioned bucket that only this account can read, encrypted with AES-256.

    Incomplete uploads are deleted after 7 days; ``rules`` are further lifecycle rules. ``properties``
    are further properties of the bucket.
    """
    unfinished_uploads = s3.LifecycleRule(
        Id="AbortUnfinishedUploads",
        Status="Enabled",
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )
    return s3.Bucket(
        title,
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        BucketName=BucketName,
        BucketEncryption=s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[
                s3.ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
                )
            ]
        ),
        LifecycleConfiguration=s3.LifecycleConfiguration(Rules=[unfinished_uploads, *rules]),
        OwnershipControls=s3.OwnershipControls(
            Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]  # no ACLs
        ),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True,
            BlockPublicPolicy=True,
            IgnorePublicAcls=True,
            RestrictPublicBuckets=True,
        ),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        Tags=names.tags(),
        **properties,
    )


def bucket_policy(title: str, Bucket: names.Value, *statements: aws.Statement) -> s3.BucketPolicy:
    """Return the policy of a bucket: ``statements``, and a Deny of requests without TLS.

    It is retained with the bucket, which would otherwise accept requests without TLS.

    Args:
        title: logical ID.
        Bucket: name of the bucket.
        statements: further statements of the policy.
    """
    arn = "arn:${AWS::Partition}:s3:::${Bucket}"
    tls = policies.deny_without_tls("s3", [Sub(arn, Bucket=Bucket), Sub(arn + "/*", Bucket=Bucket)])
    return s3.BucketPolicy(
        title,
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        Bucket=Bucket,
        PolicyDocument=policies.document(*statements, tls),
    )


def access_log_delivery(Sid: str, log_bucket: s3.Bucket, prefix: str, source: str) -> aws.Statement:
    """Return the statement of a log bucket's policy that lets S3 deliver the access log of another bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html

    Args:
        Sid: of the statement.
        log_bucket: takes the log.
        prefix: of the log's objects, as the other bucket has it.
        source: name of the other bucket. That bucket names the log bucket, and may not be named back.
    """
    return aws.Statement(
        Sid=Sid,
        Effect=aws.Allow,
        Principal=aws.Principal("Service", "logging.s3.amazonaws.com"),
        Action=[awacs.s3.PutObject],
        Resource=[Sub(f"${{Bucket}}/{prefix}*", Bucket=log_bucket.GetAtt("Arn"))],
        Condition=aws.Condition(
            [
                aws.StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
                aws.ArnLike("aws:SourceArn", Sub(f"arn:${{AWS::Partition}}:s3:::{source}")),
            ]
        ),
    )
