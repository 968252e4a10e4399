"""Prints the page about the rules: ``python -m csr_templates.rules > docs/rules.md``."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cfnlint.rules import CloudFormationLintRule

INTRODUCTION = """\
# Rules

<!-- Generated from the rules: python -m csr_templates.rules > docs/rules.md -->

Much passes cfn-lint and then fails on AWS, or is deployed and does not do what it is there for. These rules
for cfn-lint find what we know of that. Every build of this project runs them. They need nothing of the
project and work on any template, YAML or JSON.

An E is a template that fails, loses something or does nothing. A W is probably a mistake, but can be meant. A
rule looks at every branch of the conditions and at what parameters can be, and says nothing where only AWS
knows the value.

## Use them elsewhere

```sh
pip install . # in a checkout of csr-templates
cfn-lint --regions ap-northeast-1 --append-rules csr_templates.rules -- template.yaml
```

or, for every run, in `.cfnlintrc`:

```yaml
append_rules:
  - csr_templates.rules
regions:
  - ap-northeast-1
```

Give the region that the template is deployed to: some of the rules depend on it, and cfn-lint takes us-east-1
otherwise. `csr-templates lint --region REGION FILE...` does the same without reading any `.cfnlintrc`.

## Silence one

On the resource it is about, with the reason. E9003 finds an ignore without one.

```yaml
Resources:
  HealthMethod:
    Type: AWS::ApiGateway::Method
    Metadata:
      cfn-lint:
        config:
          ignore_checks: [W9074]
          ignore_reasons:
            W9074: The load balancer asks for it and has no key.
```

A finding about an output, or about the whole template, has no such place: mend it.

## The rules
"""


def page(rules: Iterable[CloudFormationLintRule]) -> str:
    """Return the page in Markdown: how to use the rules, and what each of them finds, by number."""
    ordered = sorted(rules, key=lambda rule: rule.id[1:])
    table = "".join(f"| [{rule.id}](#{rule.id.lower()}) | {_text(rule.shortdesc)} |\n" for rule in ordered)
    sections = "".join(
        f"\n### {rule.id}\n\n**{_text(rule.shortdesc)}.** {_text(rule.description)}\n\n"
        f"[Source]({rule.source_url}). Tags: {', '.join(rule.tags)}.\n"
        for rule in ordered
    )
    return f"{INTRODUCTION}\n| rule | finds |\n|---|---|\n{table}{sections}"


def ours() -> list[CloudFormationLintRule]:
    """Return one of each rule of this package."""
    package = import_module("csr_templates.rules")
    return [getattr(package, name)() for name in package.__all__]


def _text(text: str) -> str:
    """Return a text in which Markdown sees no markup."""
    return re.sub(r"([\\*_<|`])", r"\\\1", text)


if __name__ == "__main__":
    print(page(ours()), end="")
