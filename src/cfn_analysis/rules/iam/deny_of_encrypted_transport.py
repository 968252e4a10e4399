from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, TRUST, conditions, documents, each
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator


class DenyOfEncryptedTransport(Rule):
    """Policy that refuses HTTPS instead of plain HTTP.

    aws:SecureTransport is true for a request over TLS. A Deny with true denies every request over TLS,
    including those of operators, and an Allow with false allows only plain HTTP. Use a Deny if
    aws:SecureTransport is "false".
    """

    id = "E9651"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport"
    finding_class = "rights"
    looks_at = (*POLICIES, TRUST)

    def findings(self, validator: Validator, policy: Any) -> Findings:
        for statement, path in documents(policy):
            refused = {"Deny": "true", "Allow": "false"}.get(str(statement.get("Effect")))
            compared = list(conditions(statement))
            if refused == "true" and len(compared) > 1:  # of what comes over HTTPS, only some
                continue
            for operator, key, value, place_of in compared:
                values = [str(part).lower() for part, _ in each(value)]
                about_transport = operator.startswith("Bool") and key.lower() == "aws:securetransport"
                if about_transport and values == [refused]:
                    yield RuleFinding(
                        (*path, *place_of),
                        f"{statement['Effect']} applies if aws:SecureTransport is {refused}: requests over "
                        "HTTPS are refused and plain HTTP is not. Deny where it is false.",
                    )
