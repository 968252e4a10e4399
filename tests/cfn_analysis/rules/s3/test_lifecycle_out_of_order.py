"""Lifecycle rules of buckets."""

from ..harness import frame

rule = frame("""
Parameters:
  Any: {Type: Number}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {LifecycleConfiguration: {Rules: [{Status: Enabled, <text>}]}}
""")

GOOD = {
    "order": rule("ExpirationInDays: 365, Transitions: [{StorageClass: STANDARD_IA, TransitionInDays: 30}]"),
    "soon": rule("Transitions: [{StorageClass: STANDARD_IA, TransitionInDays: 0}]"),
    "archive": rule("Transitions: [{StorageClass: GLACIER, TransitionInDays: 0}]"),
    "parameter": rule(
        "ExpirationInDays: !Ref Any, Transitions: [{StorageClass: GLACIER, TransitionInDays: 90}]"
    ),
}

BAD = {
    "same day": (
        rule("ExpirationInDays: 90, Transition: {StorageClass: GLACIER, TransitionInDays: 90}"),
        "Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays",
        "ExpirationInDays is 90, and objects move to GLACIER after 90: S3 refuses the rule. Let "
        "them expire later.",
    ),
    "expired": (
        rule("ExpirationInDays: 30, Transitions: [{StorageClass: GLACIER, TransitionInDays: 90}]"),
        "Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays",
        "ExpirationInDays is 30, and objects move to GLACIER after 90: S3 refuses the rule. Let "
        "them expire later.",
    ),
}
