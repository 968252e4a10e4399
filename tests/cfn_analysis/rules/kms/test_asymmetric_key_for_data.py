"""Keys of queues and topics."""

from ..harness import frame

topic = frame("""
Parameters: {Spec: {Type: String}}
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {<key>}}
  Topic: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: <of_topic=!GetAtt Key.Arn>}}
""")

GOOD = {
    "symmetric": topic("KeySpec: SYMMETRIC_DEFAULT"),
    "by default": topic(""),
    "by parameter": topic("KeySpec: !Ref Spec"),
    "another key": topic("KeySpec: RSA_2048", "alias/other"),
}

BAD = {
    "RSA": (
        topic("KeySpec: RSA_2048, KeyUsage: ENCRYPT_DECRYPT"),
        "Resources/Topic/Properties/KmsMasterKeyId",
        "KmsMasterKeyId is Key, whose KeySpec is RSA_2048: it gives no data keys, and every message is "
        "refused. Use a symmetric key.",
    ),
    "HMAC by Ref": (
        topic("KeySpec: HMAC_256, KeyUsage: GENERATE_VERIFY_MAC", "!Ref Key"),
        "Resources/Topic/Properties/KmsMasterKeyId",
        "KmsMasterKeyId is Key, whose KeySpec is HMAC_256: it gives no data keys, and every message is "
        "refused. Use a symmetric key.",
    ),
}
