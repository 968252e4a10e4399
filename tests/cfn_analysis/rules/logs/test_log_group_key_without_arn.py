"""Good and broken log groups."""

from ..harness import frame

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

GOOD = {
    "GetAtt": log_group("!GetAtt Key.Arn"),
    "Sub": log_group("!Sub '${Key.Arn}'"),
    "ARN around the ID": log_group("!Sub 'arn:aws:kms:${AWS::Region}:1:key/${Key}'"),
    "import": log_group("!ImportValue key"),
    "parameter": log_group("!Ref Any"),
    "both branches": log_group("!If [Prod, !GetAtt Key.Arn, !Ref AWS::NoValue]"),
}

BAD = {
    "Ref": (
        log_group("!Ref Key"),
        f'KmsKeyId is {{"Ref": "Key"}}: {ID.format("Key")}',
    ),
    "replica": (
        log_group("!Ref Replica"),
        f'KmsKeyId is {{"Ref": "Replica"}}: {ID.format("Replica")}',
    ),
    "GetAtt KeyId": (
        log_group("!GetAtt Key.KeyId"),
        f'KmsKeyId is {{"Fn::GetAtt": ["Key", "KeyId"]}}: {ID.format("Key")}',
    ),
    "Sub": (
        log_group("!Sub '${Key}'"),
        f'KmsKeyId is {{"Fn::Sub": "${{Key}}"}}: {ID.format("Key")}',
    ),
    "alias": (
        log_group("!Ref Alias"),
        f'KmsKeyId is {{"Ref": "Alias"}}: {ALIAS}',
    ),
    "one branch": (
        log_group("!If [Prod, !Ref Key, !GetAtt Key.Arn]"),
        f'KmsKeyId is {{"Ref": "Key"}} when Prod is true: {ID.format("Key")}',
    ),
}
