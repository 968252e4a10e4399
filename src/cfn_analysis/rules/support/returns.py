"""What Ref and Fn::GetAtt return for a type of resource: an ARN, or something else."""

from cfn_analysis.rules.support.words import columns, words

NO_ARN = {f"AWS::{kind}": (returned, "".join(attribute)) for kind, returned, *attribute in columns(__file__)}
# Types whose Ref is the ARN.
ARN = tuple(
    f"AWS::{kind}"
    for kind in words("""
        CertificateManager::Certificate IAM::ManagedPolicy Lambda::Alias Lambda::LayerVersion
        Lambda::Version SNS::Topic SecretsManager::Secret
    """)
)


def is_arn(kind: str, attribute: str) -> bool | None:
    """Return whether an attribute of a type, or its Ref, is an ARN; None if it is not known."""
    if kind not in NO_ARN and kind not in ARN:
        return None
    if attribute:
        return "arn" in attribute.lower()
    return kind in ARN


def arn_of(kind: str, logical_id: str) -> str:
    """Return how to write the ARN of a resource."""
    _, attribute = NO_ARN.get(kind, ("", ""))
    if attribute:
        return f"Fn::GetAtt {logical_id}.{attribute}"
    if kind in ARN:
        return f"Ref {logical_id}"
    return "its ARN"
