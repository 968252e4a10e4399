"""Writes the index of the rules, docs/rules.md: ``make rules``."""

import importlib
import re
import sys
from pathlib import Path

try:
    from cfn_analysis.rules import CLASSES, NUMBERS, REPLACED, RULES, next_number
except ImportError as error:  # a rule is in the wrong place, or has a wrong name or number
    if __name__ != "__main__":
        raise
    sys.exit(str(error))

from collections.abc import Iterable, Sequence

from cfn_analysis.rules.support.rule import Rule

from .harness import file_of_tests

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"

TEXT = """\
# Rules

<!-- Generated from the rules and their tests: make rules -->

Many templates pass cfn-lint, but fail when they are deployed, or do not work as intended after the deploy.
These rules for cfn-lint find such faults. Every build of this project runs them. They do not depend on the
rest of the project and work for any YAML or JSON template. Faults between two stacks are found by the build,
not by a rule.

The rules are meant for serverless systems: IAM, KMS, Lambda, API Gateway, SNS, SQS, S3, EventBridge,
CloudWatch, CloudFront, WAF, Route 53, VPC, RDS and Aurora, and Secrets Manager. Of Step Functions, Cognito,
ECS, load balancers, DynamoDB, Kinesis, Firehose, EFS, ElastiCache and EKS, they only check the connections:
permissions, roles, order of creation, references and ports. They are not meant for other services, such as
Glue, SageMaker, IoT or CodePipeline, or for what runs on EC2 instances.

The rules find faults. Two are conventions and not faults, because a template can do without them
intentionally: W9600 requires that each alarm notifies someone and has a description, since an alarm without
them is usually unfinished, and W9621 requires that each security group lists its outbound traffic, since EC2
otherwise allows all of it without an entry in the template. If they are not yours, ignore them with
`--ignore-checks W9600 W9621`.

An E rule finds a template that fails, loses data or has no effect. A W rule finds a probable mistake that
can be intentional. The rules check all branches of conditions and all possible values of parameters. They
do not check values that only AWS knows.

## Use the rules in other projects

```sh
pip install csr_templates-*.whl # or . in a checkout of csr-templates
cfn-lint --regions ap-northeast-1 --append-rules cfn_analysis.rules -- template.yaml
```

The import does not load other parts of the project. To use the rules in every run, add them to `.cfnlintrc`:

```yaml
append_rules:
  - cfn_analysis.rules
regions:
  - ap-northeast-1
```

Specify the region in which you deploy the template, because some rules depend on it. Without a region,
cfn-lint uses us-east-1. `csr-templates lint --region REGION FILE...` runs the same rules without reading
`.cfnlintrc`.

The rule IDs are E9500 to E9799 and W9500 to W9799. They do not overlap with the IDs of the lines in a file
of custom rules (`--custom-rules`), which start at 9000, or with the IDs of the AWS Quick Starts, which are
E91xx. A file of custom rules with more than 500 lines can still conflict with them.

## Ignore a finding

Add the rule and the reason to the metadata of the resource. W9500 finds ignored rules without a reason.

```yaml
Resources:
  HealthMethod:
    Type: AWS::ApiGateway::Method
    Metadata:
      cfn-lint:
        config:
          ignore_checks: [W9524]
          ignore_reasons:
            W9524: The load balancer asks for it and has no key.
```

You cannot ignore a finding for an output or for the whole template. Fix the template instead.

## Classes

The class of a rule is the kind of fault that it finds.

| class | faults |
|---|---|
{classes}
## Numbers

A new rule gets the next number of its folder, with the prefix E or W. Numbers are not reused: that
of a replaced rule stays reserved, and its row names the successor. All numbers up to 9799 are assigned to
folders. For a new folder, because of a new service or because the block of a folder is full, assign
the upper half of a large block to it in `NUMBERS` of `cfn_analysis.rules`.

| folder | numbers | next |
|---|---|---|
{numbers}
## Rules by service

The ID of a rule links to its file, whose docstring explains the fault and how to fix it. The test file of a
rule, [tests/cfn_analysis/rules](../tests/cfn_analysis/rules)`/<service>/test_<rule>.yaml` or `.py`, contains
templates in which the rule finds something (`bad`) and templates in which it finds nothing (`good`).
{services}"""


def page() -> str:
    """Return the page in Markdown: how to use the rules, the numbers, and a row for each rule."""
    return (
        TEXT.replace("{classes}", _rows(CLASSES.items()))
        .replace("{numbers}", _rows(_numbers(folder) for folder in NUMBERS))
        .replace("{services}", "".join(map(_service, NUMBERS)))
    )


def untested() -> list[str]:
    """Return a sentence for each rule without a test file."""
    files = {rule: file_of_tests(rule) for rule in RULES}
    return [
        f"{rule.id}: {file.relative_to(PAGE.parents[1]).as_posix()} does not exist. Create it, with the "
        "tables good and bad."
        for rule, file in files.items()
        if not file.exists()
    ]


def _numbers(folder: str) -> Sequence[str]:
    """Return the row about the numbers of a folder."""
    numbers = NUMBERS[folder]
    number = next_number(numbers, (int(rule.id[1:]) for rule in _rules_of(folder)))
    return folder, f"{numbers[0]} to {numbers[-1]}", str(number or "full")


def _rules_of(folder: str) -> list[type[Rule]]:
    """Return the rules of a folder, in the order of their numbers."""
    return [rule for rule in RULES if rule.__module__.split(".")[-2] == folder]


def _service(folder: str) -> str:
    """Return the table of the rules of a folder, with the folder's docstring as its heading."""
    rules = _rules_of(folder)
    package = importlib.import_module(f"cfn_analysis.rules.{folder}")
    title = str(package.__doc__).removeprefix("Rules on ").rstrip(".")
    rows = {rule.id: _rule(rule) for rule in rules}
    rows |= {name: _replaced(name) for name in REPLACED if int(name[1:]) in NUMBERS[folder]}
    table = _rows(row for _, row in sorted(rows.items(), key=lambda entry: entry[0][1:]))
    head = "| rule | finds | class | source |\n|---|---|---|---|\n"
    return f"\n### {title[0].upper()}{title[1:]}\n\n{head}{table}"


def _rule(rule: type[Rule]) -> Sequence[str]:
    """Return the row of a rule."""
    file = f"../src/{rule.__module__.replace('.', '/')}.py"
    linked = f'<a id="{rule.id.lower()}"></a>[{rule.id}]({file})'
    return linked, escaped(rule.shortdesc), rule.fault_class, f"[source]({rule.source_url})"


def _replaced(name: str) -> Sequence[str]:
    """Return the row of a rule that another one replaces."""
    successor = REPLACED[name]
    return f'<a id="{name.lower()}"></a>{name}', f"replaced by [{successor}](#{successor.lower()})", "", ""


def _rows(rows: Iterable[Sequence[str]]) -> str:
    """Return the rows of a table."""
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def escaped(text: str) -> str:
    """Return a text in which Markdown sees no markup."""
    return re.sub(r"([\\*_<|`])", r"\\\1", text)


if __name__ == "__main__":
    if sentences := untested():
        sys.exit("\n".join(sentences))
    PAGE.write_text(page(), "ascii")
