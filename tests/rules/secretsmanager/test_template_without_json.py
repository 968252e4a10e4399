"""Generated secrets."""

GOOD = {
    "object": """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        SecretStringTemplate: !Sub '{"username": "${AWS::StackName}", "port": ${AWS::AccountId}}'
        GenerateStringKey: password
""",
    "plain": """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        PasswordLength: 32
""",
}

BAD = {
    "single quotation marks": (
        """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        SecretStringTemplate: "{'username': 'admin'}"
        GenerateStringKey: password
""",
        "Resources/Secret/Properties/GenerateSecretString/SecretStringTemplate",
        "SecretStringTemplate is not a JSON object: Secrets Manager refuses it. Write it "
        'with double quotation marks, such as {"username": "admin"}.',
    ),
    "list": (
        """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        SecretStringTemplate: '[]'
        GenerateStringKey: password
""",
        "Resources/Secret/Properties/GenerateSecretString/SecretStringTemplate",
        "SecretStringTemplate is not a JSON object: Secrets Manager refuses it. Write it "
        'with double quotation marks, such as {"username": "admin"}.',
    ),
    "no key": (
        """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        SecretStringTemplate: '{}'
""",
        "Resources/Secret/Properties/GenerateSecretString/SecretStringTemplate",
        "SecretStringTemplate is set without GenerateStringKey: Secrets Manager refuses it. Set both.",
    ),
}
