import re
from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, TRUST, conditions_in, texts
from cfn_analysis.rules.support.references import plain, single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import show
from cfn_analysis.rules.support.words import rows


def _forms() -> dict[str, tuple[str, str]]:
    """Return the form of the values of each key, as a regular expression and in words."""
    forms: dict[str, tuple[str, str]] = {}
    for row in rows(__file__):
        keys, form, words = row.split(": ")
        for key in keys.split():
            forms[key] = form, words
    return forms


FORMS = _forms()
POOL = "AWS::Cognito::IdentityPool"
AUDIENCE = "cognito-identity.amazonaws.com:aud"
PRIVATE = re.compile(r"(10|192\.168|172\.(1[6-9]|2\d|3[01]))\.[\d.]+(/\d+)?")

NO_ONE = re.compile(r"(?!yes$|no$)[a-z]*")  # a word such as none, which is to match nothing


class ConditionValueOfAnotherForm(Rule):
    """Condition that compares a key with a value of another form.

    aws:SourceAccount is an account ID and aws:SourceArn is an ARN. aws:SourceVpc is vpc-..., aws:SourceIp a
    public address, and aws:PrincipalOrgID is o-.... IAM accepts any text, but no request has such a value: an
    Allow statement never applies, and a Deny statement with a negated operator applies to everyone. The rule
    does not check a single word such as none.
    """

    id = "E9659"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
    finding_class = "conditions"
    looks_at = (*POLICIES, TRUST)

    def findings(self, validator: Validator, policy: Any) -> Findings:
        resources = validator.cfn.template["Resources"]
        for operator, key, value, path in conditions_in(policy):
            name = key.lower()
            addresses = texts(value) if name == "aws:sourceip" else []
            if addresses and all(PRIVATE.fullmatch(address) for address in addresses):
                yield RuleFinding(
                    path,
                    f"{key} is compared with private addresses only, and is always a public one. Compare "
                    "aws:VpcSourceIp, beside aws:SourceVpc, for requests through a VPC endpoint.",
                )
            kind = resources.get(single_reference(value)[0], {}).get("Type", POOL)
            if name == AUDIENCE and kind != POOL:
                yield RuleFinding(
                    path, f"{key} is compared with {show(value)}, and is always an ID of an identity pool."
                )
            if operator == "Null" or name not in FORMS:
                continue
            form, words = FORMS[name]
            for text in texts(value):
                is_account = text == "${AWS::AccountId}" and "org" in name
                if is_account or not (re.fullmatch(form, plain(text).lower()) or NO_ONE.fullmatch(text)):
                    yield RuleFinding(path, f"{key} is compared with {show(text)}, and is always {words}.")
