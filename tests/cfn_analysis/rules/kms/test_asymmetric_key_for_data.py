"""Keys of queues and topics."""

from ..harness import frame, row

topic = frame("""
Parameters: {Spec: {Type: String}}
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {<key>}}
  Topic: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: <of_topic=!GetAtt Key.Arn>}}
""")

case = row(
    "<text>",
    "Resources/Topic/Properties/KmsMasterKeyId",
    "KmsMasterKeyId is Key, whose KeySpec is <found>: it gives no data keys, and every message is "
    "refused. Use a symmetric key.",
)

GOOD = {
    "symmetric": topic("KeySpec: SYMMETRIC_DEFAULT"),
    "by default": topic(""),
    "by parameter": topic("KeySpec: !Ref Spec"),
    "another key": topic("KeySpec: RSA_2048", "alias/other"),
}

BAD = {
    "RSA": case(topic("KeySpec: RSA_2048, KeyUsage: ENCRYPT_DECRYPT"), "RSA_2048"),
    "HMAC by Ref": case(topic("KeySpec: HMAC_256, KeyUsage: GENERATE_VERIFY_MAC", "!Ref Key"), "HMAC_256"),
}
