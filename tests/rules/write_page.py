"""Writes the page about the rules, docs/rules.md: ``make rules``.

The examples are the first rows of the tables in the test file of each rule, reduced to the relevant parts.
"""

from __future__ import annotations

import copy
import importlib
import json
import re
from pathlib import Path
from typing import Any

from cfnlint.decode import decode_str

from csr_templates import render
from csr_templates.cloudformation.rendering import RenderError
from csr_templates.rules import CLASSES, NUMBERS, RULES

from . import harness

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"

INTRODUCTION = """\
# Rules

<!-- Generated from the rules and their tests: make rules -->

Many templates pass cfn-lint, but fail when they are deployed, or do not work as intended after the deploy.
These rules for cfn-lint find such faults. Every build of this project runs them. They do not depend on the
rest of the project and work for any YAML or JSON template. They are grouped by AWS service and [by class of
fault](#by-class-of-fault). Faults between two stacks are found by the build, not by a rule. For an
introduction in Japanese, see [rules.ja.md](rules.ja.md).

An E rule finds a template that fails, loses data or has no effect. A W rule finds a probable mistake that
can be intentional. The rules check all branches of conditions and all possible values of parameters. They
do not check values that only AWS knows.

## Use the rules in other projects

```sh
pip install csr_templates-*.whl # or . in a checkout of csr-templates
cfn-lint --regions ap-northeast-1 --append-rules csr_templates.rules -- template.yaml
```

The import does not load other parts of the project. To use the rules in every run, add them to `.cfnlintrc`:

```yaml
append_rules:
  - csr_templates.rules
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
"""

BY_CLASS = """
## By class of fault

| class | faults | rules |
|---|---|---|
"""

FREE = """
## Next free numbers

A new rule gets the next number of its folder, with the prefix E or W. Numbers are not reused. All numbers
up to 9799 are assigned to folders. For a new service, assign the upper half of a large block to it, in
`NUMBERS` of `csr_templates.rules`.

| folder | numbers | next |
|---|---|---|
"""


def page() -> str:
    """Return the page in Markdown: how to use the rules, what each of them finds, and the free numbers."""
    services = "".join(_service(folder) for folder in NUMBERS)
    free = "".join(
        f"| {folder} | {numbers[0]} to {numbers[-1]} | {next_free(folder)} |\n"
        for folder, numbers in NUMBERS.items()
    )
    classes = "".join(_class(name) for name in CLASSES)
    return f"{INTRODUCTION}{BY_CLASS}{classes}{services}{FREE}{free}"


def _class(name: str) -> str:
    """Return the row of a class of faults."""
    found = ", ".join(f"[{rule.id}](#{rule.id.lower()})" for rule in RULES if rule.fault_class == name)
    return f"| {name} | {CLASSES[name]} | {found} |\n"


def next_free(folder: str) -> int:
    """Return the number after the last one that a rule of the folder has."""
    return max(int(rule.id[1:]) for rule in rules_of(folder)) + 1


def rules_of(folder: str) -> list[Any]:
    """Return one of each rule of a folder, in the order of their numbers."""
    return [rule() for rule in RULES if rule.__module__.split(".")[-2] == folder]


def _service(folder: str) -> str:
    """Return the part about the rules of a folder, which is called as the folder's docstring says."""
    package = importlib.import_module(f"csr_templates.rules.{folder}")
    title = str(package.__doc__).removeprefix("Rules on ").rstrip(".")
    rules = rules_of(folder)
    table = "".join(f"| [{rule.id}](#{rule.id.lower()}) | {escaped(rule.shortdesc)} |\n" for rule in rules)
    return f"\n## {title[0].upper()}{title[1:]}\n\n| rule | finds |\n|---|---|\n{table}" + "".join(
        map(section, rules)
    )


def section(rule: Any) -> str:
    """Return the part about one rule."""
    module = harness.tables_of(harness.file_of_tests(rule))
    good, bad = (next(harness.cases(table)) for table in (module.GOOD, module.BAD))
    kept = without_bystanders(rule, bad)
    differ = good.regions != bad.regions
    in_bad, in_good = (f", in {' and '.join(case.regions)}" if differ else "" for case in (bad, good))
    message = "\n".join(f"> {escaped(message)}" for _, message in bad.expected)
    return (
        f"\n### {rule.id}\n\n**{escaped(rule.shortdesc)}.** {escaped(rule.description)}\n\n"
        f"[Source]({rule.source_url}). Tags: {', '.join(rule.tags)}.\n\n"
        f"Bad{in_bad}:\n\n```yaml\n{_text(rule, bad, kept)}```\n\n{message}\n\n"
        f"Good{in_good}:\n\n```yaml\n{_text(rule, good, alike(good, bad, kept))}```\n"
    )


def without_bystanders(rule: Any, case: harness.Case) -> dict[str, Any]:
    """Return a bad template with only the resources and parameters that its findings need."""
    template = _decoded(case.text)
    resources = template.get("Resources", {})
    left = list(resources)
    while left:
        logical_id = left.pop()
        rest = {name: resource for name, resource in resources.items() if name != logical_id}
        if logical_id in _names_in([rest, template.get("Outputs")]):
            continue
        smaller = _referenced({**template, "Resources": rest})
        found = harness.findings(rule, json.dumps(smaller), case.regions, case.parameters)
        if found == case.expected:
            template, resources = {**template, "Resources": rest}, rest
            left = list(rest)
    return _referenced(template)


def alike(good: harness.Case, bad: harness.Case, kept: dict[str, Any]) -> dict[str, Any]:
    """Return a good template without the resources that the bad one did not need either."""
    template, other = _decoded(good.text), _decoded(bad.text).get("Resources", {})
    resources = template.get("Resources", {})
    useful = kept.get("Resources", {})
    kinds = {resource["Type"] for resource in useful.values()}
    needed = {
        name
        for name, resource in resources.items()
        if name in useful or name not in other or (resource != other[name] and resource["Type"] in kinds)
    }
    while more := (_names_in([resources[name] for name in needed]) & resources.keys()) - needed:
        needed |= more
    smaller = {name: resource for name, resource in resources.items() if name in needed}
    return _referenced({**template, "Resources": smaller})


def _decoded(text: str) -> dict[str, Any]:
    template, _ = decode_str(text)
    plain: dict[str, Any] = json.loads(json.dumps(template))
    return plain


def _referenced(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template without what is empty, and without what nothing refers to in three sections."""
    template = {key: part for key, part in copy.deepcopy(template).items() if part}
    for resource in template.get("Resources", {}).values():
        for attribute in [name for name, part in resource.items() if part == {}]:
            del resource[attribute]
    while unused := [
        (section, name)
        for section in {"Conditions", "Mappings", "Parameters"} & template.keys()
        for name in template[section]
        if name not in _names_in({**template, section: {**template[section], name: None}})
    ]:
        for section, name in unused:
            del template[section][name]
    return {key: part for key, part in template.items() if part}


def _names_in(part: Any) -> set[str]:
    """Return every text in a part of a template that can be the name of another part."""
    if isinstance(part, str):
        return {part, *re.findall(r"\$\{([^!.}]+)", part)}
    if isinstance(part, dict) and isinstance(attribute := part.get("Fn::GetAtt"), list):
        return set(attribute[:1])
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return set().union(*map(_names_in, parts))


def _text(rule: Any, case: harness.Case, template: dict[str, Any]) -> str:
    """Return a template as it is best read, or as the test has it if what is found depends on its text."""
    try:
        text = render({key: part for key, part in template.items() if key != "Transform"})
    except RenderError:
        return case.text
    found = harness.findings(rule, text, case.regions, case.parameters)
    return text if found == case.expected else case.text


def escaped(text: str) -> str:
    """Return a text in which Markdown sees no markup."""
    return re.sub(r"([\\*_<|`])", r"\\\1", text)


if __name__ == "__main__":
    PAGE.write_text(page(), "ascii")
