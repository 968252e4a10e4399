"""Replicas of secrets."""


def secret(*regions: str) -> str:
    """Return a template with a secret and its replicas."""
    listed = ", ".join(f"{{Region: {region}}}" for region in regions)
    return f"""
Parameters:
  Other: {{Type: String}}
Resources:
  Secret: {{Type: AWS::SecretsManager::Secret, Properties: {{ReplicaRegions: [{listed}]}}}}
"""


GOOD = {
    "another region": secret("us-east-1"),
    "two others": secret("us-east-1", "!Ref Other"),
}

BAD = {
    "own region": (
        secret("us-east-1", "!Ref AWS::Region"),
        "Resources/Secret/Properties/ReplicaRegions",
        'ReplicaRegions has {"Ref": "AWS::Region"}, the region of the secret itself: Secrets '
        "Manager refuses it. Remove it.",
    ),
    "twice": (
        secret("us-east-1", "us-east-1"),
        "Resources/Secret/Properties/ReplicaRegions",
        'ReplicaRegions has "us-east-1", twice: Secrets Manager refuses it. Remove it.',
    ),
}
