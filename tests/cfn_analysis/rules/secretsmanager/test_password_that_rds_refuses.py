"""Generated passwords."""

from ..harness import frame, row

template = frame("""
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {<made>}}}
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties:
      MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}'
""")

case = row(
    "<text>",
    "Resources/Secret/Properties/GenerateSecretString",
    "GenerateSecretString generates the password of Cluster and can use <found>, which RDS refuses: the "
    "stack fails for some passwords. Add them to ExcludeCharacters.",
)

GOOD = {
    "characters": template("ExcludeCharacters: '\"@/\\'"),
    "punctuation": template("ExcludePunctuation: true"),
}

BAD = {
    "none": case(template("PasswordLength: 30"), '/ @ "'),
    "one left": case(template("ExcludeCharacters: '\"@'"), "/"),
}
