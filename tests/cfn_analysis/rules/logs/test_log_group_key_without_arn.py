"""Good and broken log groups."""

from ..harness import frame, row

ID = "that is the ID of a key, but the ARN is required. Write GetAtt {}.Arn."
ALIAS = "that is the name of an alias, but the ARN of a key is required. Write GetAtt of its Arn."

log_group = frame("""
Parameters:
  Any: {Type: String}
Resources:
  Key: {Type: AWS::KMS::Key}
  Replica: {Type: AWS::KMS::ReplicaKey}
  Alias: {Type: AWS::KMS::Alias}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: <key>}}
""")

PATH = "Resources/Logs/Properties/KmsKeyId"

case = row(
    "<text>",
    "Resources/Logs/Properties/KmsKeyId",
    "KmsKeyId is <found>: that is the ID of a key, but the ARN is required. Write GetAtt <rest>.",
)

GOOD = {
    "GetAtt": log_group("!GetAtt Key.Arn"),
    "Sub": log_group("!Sub '${Key.Arn}'"),
    "ARN around the ID": log_group("!Sub 'arn:aws:kms:${AWS::Region}:1:key/${Key}'"),
    "import": log_group("!ImportValue key"),
    "parameter": log_group("!Ref Any"),
    "both branches": log_group("!If [Prod, !GetAtt Key.Arn, !Ref AWS::NoValue]"),
}

BAD = {
    "Ref": case(log_group("!Ref Key"), '{"Ref": "Key"}', "Key.Arn"),
    "replica": case(log_group("!Ref Replica"), '{"Ref": "Replica"}', "Replica.Arn"),
    "GetAtt KeyId": case(log_group("!GetAtt Key.KeyId"), '{"Fn::GetAtt": ["Key", "KeyId"]}', "Key.Arn"),
    "Sub": case(log_group("!Sub '${Key}'"), '{"Fn::Sub": "${Key}"}', "Key.Arn"),
    "alias": (
        log_group("!Ref Alias"),
        f'KmsKeyId is {{"Ref": "Alias"}}: {ALIAS}',
    ),
    "one branch": case(
        log_group("!If [Prod, !Ref Key, !GetAtt Key.Arn]"), '{"Ref": "Key"} when Prod is true', "Key.Arn"
    ),
}
