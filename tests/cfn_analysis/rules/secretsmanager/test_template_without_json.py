"""Generated secrets."""

from ..harness import frame, row

secret = frame("""
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {<generated>}}
""")

case = row(
    "<text>",
    "Resources/Secret/Properties/GenerateSecretString/SecretStringTemplate",
    "SecretStringTemplate is <message>",
)

KEY = "GenerateStringKey: password"
NO_OBJECT = (
    "not a JSON object: Secrets Manager refuses it. Write it with double quotation marks, such as "
    '{"username": "admin"}.'
)

GOOD = {
    "object": secret(
        'SecretStringTemplate: !Sub \'{"username": "${AWS::StackName}", "port": ${AWS::AccountId}}\', ' + KEY
    ),
    "part from a mapping": secret(
        "SecretStringTemplate: !Sub ['{\"port\": ${Port}}', {Port: !FindInMap [Ports, eu, db]}], " + KEY
    ),
    "plain": secret("PasswordLength: 32"),
}

BAD = {
    "single quotation marks": case(
        secret(f"SecretStringTemplate: \"{{'username': 'admin'}}\", {KEY}"), NO_OBJECT
    ),
    "part from a branch": case(
        "Conditions: {Isolated: !Equals [!Ref AWS::Region, eu-west-1]}"
        + secret(
            'SecretStringTemplate: !Sub [\'{"port": ${Port}}\', {Port: !If [Isolated, "5", ""]}], ' + KEY
        ),
        NO_OBJECT,
    ),
    "list": case(secret(f"SecretStringTemplate: '[]', {KEY}"), NO_OBJECT),
    "no key": case(
        secret("SecretStringTemplate: '{}'"),
        "set without GenerateStringKey: Secrets Manager refuses it. Set both.",
    ),
}
