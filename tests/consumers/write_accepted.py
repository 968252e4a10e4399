"""Writes docs/accepted-findings.md and the forms for tools: ``make accepted``."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.consumers.accepted import ROOT, TOOLS, Accepted, accepted, acknowledgements, baseline

DOCS: Final = ROOT / "docs"
PAGE: Final = DOCS / "accepted-findings.md"
FORMS: Final = DOCS / "accepted-findings"
PINS: Final = Path(__file__).resolve().parent / "tools"

INTRODUCTION: Final = """\
# Accepted findings

<!-- Generated from tests/consumers/accepted-findings.json: make accepted -->

Scanners report findings for the templates. Actual gaps are fixed in the templates. The remaining findings are
**deliberate**, or **false** because the tool evaluates this template incorrectly. This page has the reasons.
[accepted-findings.json](../tests/consumers/accepted-findings.json), from which this page and the files below
are generated, lists for each reason the tools, rules and resources. `make consumers ARGS=accepted` runs the
scanners. It fails if a finding is not covered, if an entry does not match any finding, or if cdk-nag or
checkov report findings with the files below.

There, a finding for a resource of a stack includes the same resource in the recovery templates. Resources
that have a finding only in the recovery templates start with `recovery/`, and those of bootstrap templates
with `bootstrap/`. In a bootstrap template, the policies of a role are one resource: `ServicePolicy` includes
`ServicePolicy1` and `ServicePolicy2`. `[Resource::<Project>-<Environment>]` includes all ARNs with a name
that starts with the project and environment of the role.
"""

TEXT: Final = """\
## cdk-nag

[cdk-nag.json](accepted-findings/cdk-nag.json) contains the acknowledgements: stack, logical ID, rule, reason.
It contains only the findings for the four stacks, because a CDK app does not deploy the other templates. The
following file, `nag.js`, reads them and runs the packs:

<!-- recipe: accepted/nag.js -->
```js
const fs = require("node:fs");
const { Validations } = require("aws-cdk-lib");
const nag = require("cdk-nag");

module.exports = (app) => {
  const accepted = JSON.parse(fs.readFileSync("docs/accepted-findings/cdk-nag.json", "utf8"));
  for (const [stack, resources] of Object.entries(accepted)) {
    const template = app.node.findChild(stack).node.findChild("Template");
    for (const [logicalId, rules] of Object.entries(resources)) {
      const validations = Validations.of(template.node.findChild(logicalId));
      for (const [id, reason] of Object.entries(rules)) validations.acknowledge({ id, reason });
    }
  }
  const packs = ["AwsSolutions", "HIPAASecurity", "NIST80053R4", "NIST80053R5", "PCIDSS321", "Serverless"];
  for (const pack of packs) {
    Validations.of(app).addPlugins(new nag[`${pack}Checks`](app));
  }
};
```

In the [app that includes the templates](consumers.md#cdk), add this line before `app.synth()`:

```js
require("./nag.js")(app);
```

The rules for the distribution do not find anything in that app, because it is included without being parsed.
An acknowledgement for a resource that does not exist causes a CDK error.

## checkov

[checkov.json](accepted-findings/checkov.json) is a baseline:

<!-- recipe: accepted/checkov.sh -->
```sh
checkov --directory out --framework cloudformation --skip-download --compact --quiet \\
  --baseline docs/accepted-findings/checkov.json
```

checkov compares the type and logical ID of the resource and the rule, but not the path of the file, so the
baseline works regardless of the location of the templates.

## Other tools

- Guard does not support a list of exceptions. If Control Tower enforces a control that a template
  deliberately does not meet, the deploy fails. Exempt the account from the control, or change the
  template.
- The CDK runs cloudformation-validate automatically and prints its findings. They do not stop the
  synthesis.
- The AWS Guard rules registry is not available as a package, so its rules are not checked here. The version
  of March 2024 was run manually. In addition to the accepted findings, it reports the following: explicit
  names, which operators and policies need; the connections of the function to port 443, and to the database
  on port 3306; traffic inside the VPC; single RDS instances, although the cluster has the property; bucket
  ACLs, which are disabled; and the password, which is a dynamic reference in `Fn::Sub`.
"""

SCOPES: Final = {
    "cdk-nag": "all templates in `out/`, with all six packs",
    "checkov": "all templates in `out/`",
    "cfn-guard": "all templates in `out/`, with the rules of the proactive controls of Control Tower",
    "cloudformation-validate": "all templates in `out/`, without informational findings",
}


def page(entries: Sequence[Accepted]) -> str:
    """Return the page."""
    lines = [INTRODUCTION, *_table(entries), "", TEXT]
    for kind in ("deliberate", "false"):
        lines += _section(kind, entries)
    return "\n".join(lines).rstrip("\n") + "\n"


def versions() -> dict[str, str]:
    """Return the version of each tool that ``make consumers`` installs."""
    node = json.loads((PINS / "package.json").read_text("utf-8"))["dependencies"]
    python = dict(
        line.split("==")
        for line in (PINS / "requirements-scanners.txt").read_text("utf-8").splitlines()
        if "==" in line
    )
    return {
        "cdk-nag": node["cdk-nag"],
        "checkov": python["checkov"],
        "cfn-guard": f"`@cdklabs/cdk-validator-cfnguard` {node['@cdklabs/cdk-validator-cfnguard']}",
        "cloudformation-validate": python["cloudformation-validate"],
    }


def _table(entries: Sequence[Accepted]) -> Iterator[str]:
    yield "| Tool | Version | Scope | Findings | Deliberate | False |"
    yield "|---|---|---|--:|--:|--:|"
    numbers = versions()
    for tool in TOOLS:
        yield f"| {tool} | {numbers[tool]} | {SCOPES[tool]} | {_counts(entries, (tool,))} |"
    yield f"| all | | | {_counts(entries, TOOLS)} |"


def _counts(entries: Sequence[Accepted], tools: Sequence[str]) -> str:
    counts = Counter[str]()
    for entry in entries:
        counts[entry.kind] += sum(finding.tool in tools for finding in entry.findings)
    return f"{counts.total()} | {counts['deliberate']} | {counts['false']}"


def _section(kind: str, entries: Sequence[Accepted]) -> Iterator[str]:
    yield f"## {kind.capitalize()}"
    yield ""
    for entry in entries:
        if entry.kind == kind:
            yield f"### `{entry.name}`"
            yield ""
            yield re.sub(r"docs/([\w-]+\.md)", r"[\1](\1)", entry.reason)
            yield ""


def files() -> dict[Path, str]:
    """Return the text of each file: the page and the forms."""
    entries = accepted()
    forms = {"cdk-nag.json": acknowledgements(entries), "checkov.json": baseline(entries)}
    return {
        PAGE: page(entries),
        **{FORMS / name: json.dumps(form, indent=2) + "\n" for name, form in forms.items()},
    }


if __name__ == "__main__":
    for file, text in files().items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
