"""Buckets that are kept with and without their policy."""

from ..harness import frame

HEAD = """
Transform: AWS::LanguageExtensions
Parameters:
  Fate: {Type: String, Default: Retain}
Resources:
"""

DENY = "[{Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}]"
ALLOW = "[{Effect: Allow, Principal: '*', Action: 's3:*', Resource: '*'}]"

bucket = frame(
    f"{HEAD}  Data: {{Type: AWS::S3::Bucket, <kept> Properties: {{}}}}\n"
    "  Policy: {Type: AWS::S3::BucketPolicy, <policy> Properties: {Bucket: <reference=!Ref Data>, "
    f"PolicyDocument: {{Statement: <statements={DENY}>}}}}}}\n"
)


def case(
    text: str, path: str, written: str, kept: str = '"Retain"', advice: str = "Retain"
) -> tuple[str, ...]:
    """A policy that does not stay with its bucket is found."""
    return (
        text,
        f"Resources/Policy{path}",
        f"DeletionPolicy is {written}, and {kept} on Data: the bucket stays in the account, and requests "
        f"that its policy denies are then allowed. Set DeletionPolicy: {advice} here too.",
    )


GOOD = {
    "both are kept": bucket("DeletionPolicy: Retain,", "DeletionPolicy: Retain,"),
    "kept in another way": bucket("DeletionPolicy: Retain,", "DeletionPolicy: RetainExceptOnCreate,"),
    "kept by a parameter": bucket("DeletionPolicy: Retain,", "DeletionPolicy: !Ref Fate,"),
    "neither": bucket("", ""),
    "allows only": bucket("DeletionPolicy: Retain,", "", statements=ALLOW),
    "bucket of another stack": bucket("DeletionPolicy: Retain,", "", reference="!ImportValue bucket"),
    "never together": bucket("DeletionPolicy: Retain, Condition: First,", "Condition: NotFirst,"),
}

BAD = {
    "missing": case(bucket("DeletionPolicy: Retain,", ""), "", "missing"),
    "literal": case(
        bucket("DeletionPolicy: Retain,", "DeletionPolicy: Delete,"), "/DeletionPolicy", '"Delete"'
    ),
    "kept except on create": case(
        bucket("DeletionPolicy: RetainExceptOnCreate,", ""),
        "",
        "missing",
        '"RetainExceptOnCreate"',
        "RetainExceptOnCreate",
    ),
    "kept by a parameter": case(bucket("DeletionPolicy: !Ref Fate,", ""), "", "missing", '{"Ref": "Fate"}'),
    "bucket by Sub": case(bucket("DeletionPolicy: Retain,", "", reference="!Sub '${Data}'"), "", "missing"),
    "denies in one branch": case(
        bucket("DeletionPolicy: Retain,", "", statements=f"!If [First, {DENY}, {ALLOW}]"), "", "missing"
    ),
    "one statement": case(bucket("DeletionPolicy: Retain,", "", statements=DENY[1:-1]), "", "missing"),
}
