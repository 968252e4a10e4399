import json
import re
from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import children, of_type
from cfn_analysis.rules.support.words import did_you_mean

# Keys that Secrets Manager adds to a secret attached to a database.
ATTACHED = {"engine", "host", "port", "dbname", "dbInstanceIdentifier", "dbClusterIdentifier", "masterarn"}


class UnknownSecretKey(Rule):
    """Key that a generated secret does not have.

    A secret with GenerateSecretString contains the keys of SecretStringTemplate and GenerateStringKey and, if
    attached to a database, those of the connection. A dynamic reference to another key fails when the
    stack is deployed: 'Could not find a value associated with JSONKey in SecretString'. Keys are
    case-sensitive.
    """

    id = "E9780"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html"
    fault_class = "names"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        known = {
            logical_id: keys
            for logical_id, _, properties in of_type(resources, "AWS::SecretsManager::Secret")
            if (keys := _generated_keys(validator, properties))
        }
        names = {
            name: logical_id
            for logical_id in known
            if (name := sub_text(resources[logical_id]["Properties"].get("Name")))
        }
        for _, _, properties in of_type(resources, "AWS::SecretsManager::SecretTargetAttachment"):
            secret = single_reference(properties.get("SecretId"))[0]
            if secret in known:
                known[secret] = known[secret] | ATTACHED
        for logical_id, resource in resources.items() if known else ():
            for text, path in _resolved(resource, (logical_id,)):
                for secret, key in re.findall(
                    r"\{\{resolve:secretsmanager:(.*?):SecretString:([^:}]+)", text
                ):
                    found = re.fullmatch(r"\$\{(\w+)(?:\.Id)?\}", secret)
                    owner = found[1] if found else names.get(secret, "")
                    if owner in known and key not in known[owner] and "$" not in key:
                        hint = did_you_mean(key, sorted(known[owner]))
                        yield Fault(
                            path, f"The reference reads {key} of {owner}, which has no such key.{hint}"
                        )


def _generated_keys(validator: Validator, properties: Any) -> set[str]:
    """Return the keys of a generated secret; None if it is plain text, or if they are not known."""
    made = properties.get("GenerateSecretString")
    if not isinstance(made, dict) or is_function(made)[0]:
        return set()
    text, key = (
        sub_text(made.get("SecretStringTemplate")),
        only_value(validator, made.get("GenerateStringKey")),
    )
    if text is None or not isinstance(key, str):
        return set()
    try:
        return {*json.loads(re.sub(r"\$\{[^}]*\}", "1", text)), key}
    except (ValueError, TypeError):
        return set()


def _resolved(part: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield every text with a dynamic reference to a secret, functions as ``${Name}``."""
    function, _ = is_function(part)
    text = sub_text(part) if function or isinstance(part, str) else None
    if text is not None:
        if "{{resolve:secretsmanager:" in text:
            yield text, path
        return
    for key, value in children(part):
        yield from _resolved(value, (*path, key))
