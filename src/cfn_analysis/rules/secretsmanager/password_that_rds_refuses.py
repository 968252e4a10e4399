import re
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.references import find_resource, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import is_true, of_type

REFUSED = '/@"'


class PasswordThatRdsRefuses(Rule):
    """Generated password with characters that RDS refuses.

    The password of a master user must not contain '/', '@' or '"'. Secrets Manager uses all punctuation
    without ExcludeCharacters or ExcludePunctuation, so the stack fails for some passwords.
    """

    id = "E9781"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html#cfn-rds-dbcluster-masteruserpassword"
    finding_class = "values"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        for user, _, properties in of_type(resources, "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"):
            text = sub_text(properties.get("MasterUserPassword")) or ""
            reference = re.search(r"\{\{resolve:secretsmanager:\$\{(\w+)(?:\.Id)?\}", text)
            if reference is None:
                continue
            secret, secret_properties = find_resource(validator, reference[1], "AWS::SecretsManager::Secret")
            generated = secret_properties.get("GenerateSecretString")
            if not secret or not isinstance(generated, dict) or is_function(generated)[0]:
                continue
            excluded = only_value(validator, generated.get("ExcludeCharacters", ""))
            if is_true(generated.get("ExcludePunctuation")) or not isinstance(excluded, str):
                continue
            refused = [character for character in REFUSED if character not in excluded]
            if refused:
                yield RuleFinding(
                    (secret, "Properties", "GenerateSecretString"),
                    f"GenerateSecretString generates the password of {user} and can use {' '.join(refused)}, "
                    "which RDS refuses: the stack fails for some passwords. Add them to ExcludeCharacters.",
                )
