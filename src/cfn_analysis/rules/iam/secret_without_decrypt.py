from typing import Any

from cfn_analysis.model.references import as_list
from cfn_analysis.rules.support.policies import ROLE, allows, delegates, names, roles
from cfn_analysis.rules.support.references import own_id, target
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import of_type

READ, DECRYPT = "secretsmanager:GetSecretValue", "kms:Decrypt"
SECRET, KEY = "AWS::SecretsManager::Secret", "AWS::KMS::Key"


class SecretWithoutDecrypt(Rule):
    """Role that reads a secret but cannot decrypt it.

    Secrets Manager decrypts with the permissions of its caller. A role with GetSecretValue for a secret with
    a customer managed key also needs kms:Decrypt on that key; without it the stack deploys, but each call
    fails with AccessDeniedException. Restrict it with kms:ViaService and kms:EncryptionContext:SecretARN.
    """

    id = "E9640"
    source_url = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"
    finding_class = "rights"
    looks_at = properties_of(ROLE)

    def findings(self, validator: Validator, _properties: Any) -> Findings:
        secrets = of_type(validator.cfn.template["Resources"], SECRET)
        if not any("KmsKeyId" in properties for _, _, properties in secrets):
            return
        for statements, case, _ in roles(validator, own_id(validator)):
            for secret_id, key_id in sorted(_secrets_read(case, statements or [])):
                decrypts = any(allows(statement, DECRYPT, key_id) for _, statement in statements or [])
                if not decrypts and delegates(case, key_id):
                    yield RuleFinding(
                        (),
                        f"The role can read {secret_id}{{when}}, but not use its key {key_id}: every "
                        f"GetSecretValue fails. Allow {DECRYPT} on {key_id}.",
                        case,
                    )


def _secrets_read(case: Validator, statements: Any) -> set[tuple[str, str]]:
    """Return the secrets of the template that the statements name, with their keys."""
    secrets = set()
    for _, statement in statements:
        if not isinstance(statement, dict):
            continue
        for resource in as_list(statement.get("Resource")):
            secret_id, secret = target(case, resource, SECRET)
            key_id, _ = target(case, secret.get("KmsKeyId"), KEY)
            if key_id and names(statement, secret_id) and allows(statement, READ, secret_id):
                secrets.add((secret_id, key_id))
    return secrets
