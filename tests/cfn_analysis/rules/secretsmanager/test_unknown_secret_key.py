"""Keys of generated secrets."""

from ..harness import row


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

case = row(
    "<text>",
    "Resources/Cluster/Properties/MasterUserPassword",
    "The reference reads <found> of Secret, which has no such key. Did you mean <rest>",
)

GOOD = {
    "password": template("password"),
    "template": template("username"),
    "attached": template("host") + ATTACHMENT,
    "another secret": template("other", "${Other}"),
    "plain text": template("other", made="{PasswordLength: 20}"),
}

BAD = {
    "missing": case(template("passwd"), "passwd", "password?"),
    "case": case(template("Password"), "Password", "password?"),
    "by name": case(template("user", "own"), "user", "username?"),
}
