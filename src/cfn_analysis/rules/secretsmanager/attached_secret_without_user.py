import json
import re
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.references import sub_text, target
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value


class AttachedSecretWithoutUser(Rule):
    """Secret of a database without username or password.

    Secrets Manager adds the connection to an attached secret, and rotation logs in with its keys username and
    password. A generated secret without them can be attached, but clients and rotation cannot use it.
    """

    id = "E9782"
    source_url = (
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html"
    )
    finding_class = "values"
    looks_at = properties_of("AWS::SecretsManager::SecretTargetAttachment")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        secret, properties_of_secret = target(
            validator, properties.get("SecretId"), "AWS::SecretsManager::Secret"
        )
        generated = properties_of_secret.get("GenerateSecretString")
        if not secret or not isinstance(generated, dict) or is_function(generated)[0]:
            return
        text = sub_text(generated.get("SecretStringTemplate", "{}"))
        key = only_value(validator, generated.get("GenerateStringKey", ""))
        if text is None or key is None:
            return
        try:
            keys = {*json.loads(re.sub(r"\$\{[^}]*\}", "1", text)), str(key)}
        except (ValueError, TypeError):
            return
        missing_keys = [name for name in ("username", "password") if name not in keys]
        if missing_keys:
            yield RuleFinding(
                ("SecretId",),
                f"SecretId is {secret}, which has no {' and no '.join(missing_keys)}: no one can log in with "
                "it. Add username to SecretStringTemplate, and set GenerateStringKey: password.",
            )
