"""Writes the index of the rules, docs/rules.md: ``make rules``."""

import importlib
import re
import sys
from pathlib import Path

try:
    from cfn_analysis.rules import CLASSES, RULES
    from cfn_analysis.rules.support.numbers import NUMBERS, REMOVED, REPLACED, next_number, ranges_text
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
These rules for cfn-lint find such mistakes. Every build of this project runs them. They do not depend on the
rest of the project and work for any YAML or JSON template. Mistakes between two stacks are found by the
build, not by a rule.

The rules look for mistakes that CloudFormation and AWS accept without an error, or refuse late: after a
database or a distribution was created, or at a later update. They know the services of the stacks of this
project: REST APIs of API Gateway, CloudFront, CloudWatch, CloudWatch Logs, VPC and security groups, IAM, KMS,
Lambda, RDS and Aurora, Route 53, S3, SNS, SQS, Secrets Manager and WAF. Some rules apply to any template, for
example those on conditions, exports and policies.

They do not look for:

- what cfn-lint finds without them;
- what the deploy refuses in seconds: CloudFormation when it validates the template, or the service when it
  creates the resource. Such a mistake costs a rollback of a minute in the first environment, and the message
  names it. A few of these have a rule, because the value is easy to get wrong and the rule is small;
- mistakes in other services, such as HTTP APIs, EventBridge, Step Functions, ECS, load balancers, DynamoDB,
  Kinesis, Cognito, EFS, ElastiCache and EKS, also not in their connections: permissions, roles, references,
  ports and metrics. Resources of these services pass without a finding, which does not mean that they are
  right.

[Retired numbers](#retired-numbers) lists the rules of earlier versions that are gone, and what refuses their
mistakes.

The rules find mistakes. Two requirements are conventions, because a template can do without them
intentionally: W9600 requires that each alarm notifies someone and has a description, since an alarm without
them is usually unfinished. W9516 requires, among others, that each security group lists its outbound traffic,
since EC2 otherwise allows all of it without an entry in the template. If you do not follow W9600, ignore it
with `--ignore-checks W9600`; ignore W9516 at the resource, with the reason.

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

The class of a rule is the kind of its findings.

| class | findings |
|---|---|
{classes}
## Numbers

A new rule gets the next number of its folder, with the prefix E or W. All numbers from 9500 to 9799 belong
to folders or are [retired](#retired-numbers); a retired number is not used again. If a folder has no number
left, move some of another folder to it in `NUMBERS` of `cfn_analysis/rules/support/numbers.py`.

| folder | numbers | next |
|---|---|---|
{numbers}
## Rules by service

The ID of a rule links to its file, whose docstring explains the mistake and how to fix it. E9735 and W9516
find settings that do not fit together: their rows are in
[rules/settings](../src/cfn_analysis/rules/settings), one file for each service. The test file of a rule,
[tests/cfn_analysis/rules](../tests/cfn_analysis/rules)`/<service>/test_<rule>.yaml` or `.py`, contains
templates in which the rule finds something (`bad`) and templates in which it finds nothing (`good`).
{services}
## Retired numbers

These rules no longer exist. Another rule found the same, or something else refuses the template.

| rule | found | now |
|---|---|---|
{retired}"""


def page() -> str:
    """Return the page in Markdown: how to use the rules, the numbers, and a row for each rule."""
    return (
        TEXT.replace("{classes}", _rows(CLASSES.items()))
        .replace("{numbers}", _rows(_numbers(folder) for folder in NUMBERS))
        .replace("{services}", "".join(_service(folder) for folder in NUMBERS))
        .replace("{retired}", _rows(_retired(name) for name in _retired_names()))
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
    number = next_number(folder, (int(rule.id[1:]) for rule in _rules_of(folder)))
    return folder, ranges_text(NUMBERS[folder]), str(number or "none left")


def _rules_of(folder: str) -> list[type[Rule]]:
    """Return the rules of a folder, in the order of their numbers."""
    return [rule for rule in RULES if rule.__module__.split(".")[-2] == folder]


def _service(folder: str) -> str:
    """Return the table of the rules of a folder, with the folder's docstring as its heading."""
    rules = _rules_of(folder)
    package = importlib.import_module(f"cfn_analysis.rules.{folder}")
    title = str(package.__doc__).removeprefix("Rules on ").rstrip(".")
    table = _rows(_rule(rule) for rule in rules)
    head = "| rule | finds | class | source |\n|---|---|---|---|\n"
    return f"\n### {title[0].upper()}{title[1:]}\n\n{head}{table}"


def _rule(rule: type[Rule]) -> Sequence[str]:
    """Return the row of a rule."""
    file = f"../src/{rule.__module__.replace('.', '/')}.py"
    linked = f'<a id="{rule.id.lower()}"></a>[{rule.id}]({file})'
    return linked, escaped(rule.shortdesc), rule.finding_class, f"[source]({rule.source_url})"


def _retired_names() -> list[str]:
    """Return the IDs of the rules that no longer exist, in the order of their numbers."""
    return sorted((*REPLACED, *REMOVED), key=lambda name: name[1:])


def _retired(name: str) -> Sequence[str]:
    """Return the row of a rule that no longer exists."""
    anchored = f'<a id="{name.lower()}"></a>{name}'
    if name in REMOVED:
        violation, now = REMOVED[name]
        return anchored, escaped(violation), escaped(now)
    successor = REPLACED[name]
    return anchored, "", f"replaced by [{successor}](#{successor.lower()})"


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
