"""A policy on a secret names the whole ARN of it."""

from __future__ import annotations

import re
from typing import Any

from csr_templates.rules.support.documents import POLICIES, documents, texts
from csr_templates.rules.support.references import plain
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator

NAMED = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:([^:]+)$")


class SecretArnWithoutEnd(Rule):
    """Policy on a secret without the random end of its ARN.

    Secrets Manager adds a hyphen and six random characters to the name of a secret in its ARN. A policy with
    an ARN that ends with the name matches no secret. Refer to the secret by Ref, or write NAME-??????.
    """

    id = "E9783"
    source_url = (
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html"
    )
    tags = ["resources", "secretsmanager", "iam"]
    fault_class = "rights"
    looks_at = POLICIES

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            for name in ("Resource", "NotResource"):
                for text in texts(statement.get(name)):
                    found = NAMED.match(plain(text))
                    if found and not re.search(r"[*?$]$|-[A-Za-z0-9]{6}$", found[1]):
                        yield Fault(
                            (*path, name),
                            f"{name} is {text}, and the ARN of a secret ends with a hyphen and six random "
                            f"characters: it matches none. Write {text}-??????.",
                        )
