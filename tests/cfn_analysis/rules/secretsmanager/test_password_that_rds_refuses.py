"""Generated passwords."""

from ..harness import frame

template = frame("""
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {<made>}}}
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties:
      MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}'
""")

GOOD = {
    "characters": template("ExcludeCharacters: '\"@/\\'"),
    "punctuation": template("ExcludePunctuation: true"),
}

BAD = {
    "none": (
        template("PasswordLength: 30"),
        "Resources/Secret/Properties/GenerateSecretString",
        'GenerateSecretString generates the password of Cluster and can use / @ ", which RDS '
        "refuses: the stack fails for some passwords. Add them to ExcludeCharacters.",
    ),
    "one left": (
        template("ExcludeCharacters: '\"@'"),
        "Resources/Secret/Properties/GenerateSecretString",
        "GenerateSecretString generates the password of Cluster and can use /, which RDS refuses: "
        "the stack fails for some passwords. Add them to ExcludeCharacters.",
    ),
}
