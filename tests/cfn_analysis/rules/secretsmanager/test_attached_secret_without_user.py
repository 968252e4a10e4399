"""Secrets of databases."""

from ..harness import frame

template = frame("""
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {<made>}}}
  One: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: !Ref Secret}}
""")

GOOD = {
    "both": template('SecretStringTemplate: \'{"username":"a"}\', GenerateStringKey: password'),
    "function": template("SecretStringTemplate: !ImportValue a, GenerateStringKey: password"),
}

BAD = {
    "no user": (
        template('SecretStringTemplate: \'{"user":"a"}\', GenerateStringKey: password'),
        "Resources/One/Properties/SecretId",
        "SecretId is Secret, which has no username: no one can log in with it. Add username to "
        "SecretStringTemplate, and set GenerateStringKey: password.",
    ),
    "no password": (
        template('SecretStringTemplate: \'{"username":"a"}\', GenerateStringKey: secret'),
        "Resources/One/Properties/SecretId",
        "SecretId is Secret, which has no password: no one can log in with it. Add username to "
        "SecretStringTemplate, and set GenerateStringKey: password.",
    ),
}
