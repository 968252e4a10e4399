import json
import re
from typing import Any

from cfn_analysis.rules.support.documents import document_texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class TemplateWithoutJson(Rule):
    """Generated secret whose template is not a JSON object.

    Secrets Manager adds the password to SecretStringTemplate under GenerateStringKey. It refuses a text that
    is not a JSON object, with double quotation marks, and one of the two properties without the other.
    """

    id = "E9784"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html"
    fault_class = "documents"
    looks_at = ("Resources/AWS::SecretsManager::Secret/Properties/GenerateSecretString",)

    def faults(self, validator: Validator, generate: Any) -> Faults:
        pair = ("SecretStringTemplate", "GenerateStringKey")
        for name, other in (pair, pair[::-1]):
            if name in generate and other not in generate:
                yield Fault((name,), f"{name} is set without {other}: Secrets Manager refuses it. Set both.")
        for text in document_texts(validator, generate.get(pair[0])):
            if text.startswith("${"):
                continue
            quoted = re.sub(r'("(?:[^"\\]|\\.)*")|\$\{[^}]*\}', lambda found: found[1] or "1", text)
            try:
                found = json.loads(quoted)
            except ValueError:
                found = None
            if not isinstance(found, dict):
                yield Fault(
                    (pair[0],),
                    f"{pair[0]} is not a JSON object: Secrets Manager refuses it. Write it with double "
                    'quotation marks, such as {"username": "admin"}.',
                )
