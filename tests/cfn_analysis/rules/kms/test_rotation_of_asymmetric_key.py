"""Keys that rotate."""

from ..harness import frame

key = frame("""
  Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true<more>}}
""")

GOOD = {
    "symmetric": key(", KeySpec: SYMMETRIC_DEFAULT"),
    "default": key(""),
}

BAD = {
    "asymmetric": (
        key(", KeySpec: RSA_2048"),
        "Resources/Key/Properties/EnableKeyRotation",
        "EnableKeyRotation is true, and KeySpec is RSA_2048: KMS does not rotate such a key, and refuses it.",
    ),
    "external": (
        key(", Origin: EXTERNAL"),
        "Resources/Key/Properties/EnableKeyRotation",
        "EnableKeyRotation is true, and Origin is EXTERNAL: KMS does not rotate such a key, and refuses it.",
    ),
}
