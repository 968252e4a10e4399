"""Keys of generated secrets."""


def template(
    key: str,
    secret: str = "${Secret}",
    made: str = '{SecretStringTemplate: \'{"username":"a"}\', GenerateStringKey: password}',
) -> str:
    """Return a template with a secret and what reads it."""
    return f"""
  Secret: {{Type: AWS::SecretsManager::Secret, Properties: {{Name: own, GenerateSecretString: {made}}}}}
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties: {{MasterUserPassword: !Sub '{{{{resolve:secretsmanager:{secret}:SecretString:{key}}}}}'}}
"""


ATTACHMENT = (
    "  Attachment: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: !Ref Secret}}\n"
)

PATH = "Resources/Cluster/Properties/MasterUserPassword"

GOOD = {
    "password": template("password"),
    "template": template("username"),
    "attached": template("host") + ATTACHMENT,
    "another secret": template("other", "${Other}"),
    "plain text": template("other", made="{PasswordLength: 20}"),
}

BAD = {
    "missing": (
        template("passwd"),
        "The reference reads passwd of Secret, which has no such key. Did you mean password?",
    ),
    "case": (
        template("Password"),
        "The reference reads Password of Secret, which has no such key. Did you mean password?",
    ),
    "by name": (
        template("user", "own"),
        "The reference reads user of Secret, which has no such key. Did you mean username?",
    ),
}
