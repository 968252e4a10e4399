"""Writes docs/accepted-findings.md, its Japanese twin, and the forms for tools: ``make accepted``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from tests.consumers.accepted import FILE, TOOLS, Accepted, accepted, acknowledgements, baseline

DOCS: Final = FILE.parent
FORMS: Final = DOCS / "accepted-findings"
PINS: Final = Path(__file__).resolve().parent / "tools"

NAG: Final = """\
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
"""

CHECKOV: Final = """\
<!-- recipe: accepted/checkov.sh -->
```sh
checkov --directory out --framework cloudformation --skip-download --compact --quiet \\
  --baseline docs/accepted-findings/checkov.json
```
"""


class Words(NamedTuple):
    """The text of a page besides the findings."""

    introduction: str
    columns: Sequence[str]
    sees: Mapping[str, str]
    all: str
    nag: str
    checkov: str
    others: str
    kinds: Mapping[str, str]
    comma: str


ENGLISH: Final = Words(
    introduction="""\
# Accepted findings

[日本語](accepted-findings.ja.md)

<!-- Generated from docs/accepted-findings.json: make accepted -->

Scanners report the following findings for the templates. Actual gaps are fixed in the templates. The
remaining findings are **deliberate**, or **false** because the tool evaluates this template incorrectly.
[accepted-findings.json](accepted-findings.json) contains the same information for programs. Edit that
file. `make consumers ARGS=accepted` runs the scanners. It fails if a finding is not covered, if an entry
does not match any finding, or if cdk-nag or checkov report findings with the files below.

A finding for a resource of a stack includes the same resource in the recovery templates. Findings only for
the recovery templates start with `recovery/`, and findings for the bootstrap templates with `bootstrap/`.
In the bootstrap templates, the policies of a role are one resource: `ServicePolicy` includes `ServicePolicy1`
and `ServicePolicy2`. `[Resource::<Project>-<Environment>]` includes all ARNs with a name that starts with the
project and environment of the role.
""",
    columns=("Tool", "Version", "Scope", "Findings", "Deliberate", "False"),
    sees={
        "cdk-nag": "all templates in `out/`, with all six packs",
        "checkov": "all templates in `out/`",
        "cfn-guard": "all templates in `out/`, with the rules of the proactive controls of Control Tower",
        "cloudformation-validate": "all templates in `out/`, without informational findings",
    },
    all="all",
    nag="""\
## cdk-nag

[cdk-nag.json](accepted-findings/cdk-nag.json) contains the acknowledgements: stack, logical ID, rule, reason.
It contains only the findings for the four stacks, because a CDK app does not deploy the other templates. The
following file, `nag.js`, reads them and runs the packs:
""",
    checkov="""\
In the [app that includes the templates](consumers.md#cdk), add this line before `app.synth()`:

```js
require("./nag.js")(app);
```

The rules for the distribution do not find anything in that app, because it is included without being parsed.
An acknowledgement for a resource that does not exist causes a CDK error.

## checkov

[checkov.json](accepted-findings/checkov.json) is a baseline:
""",
    others="""\
checkov compares the type and logical ID of the resource and the rule, but not the path of the file, so the
baseline works regardless of the location of the templates.

## Other tools

- Guard does not support a list of exceptions. If Control Tower enforces a control that a template
  deliberately does not meet, the deploy fails. Exempt the account from the control, or change the
  template.
- The CDK runs cloudformation-validate automatically and prints its findings. They do not stop the
  synthesis.
- The AWS Guard rules registry is not available as a package, so its rules are not checked here. The version
  of March 2024 was run manually. In addition to the findings below, it reports the following: explicit
  names, which operators and policies need; the connections of the function to port 443, and to the database
  on port 3306; traffic inside the VPC; single RDS instances, although the cluster has the property; bucket
  ACLs, which are disabled; and the password, which is a dynamic reference in `Fn::Sub`.
""",
    kinds={"deliberate": "Deliberate", "false": "False"},
    comma=", ",
)

JAPANESE: Final = Words(
    introduction="""\
# 許容した検出結果

[English](accepted-findings.md)

<!-- Generated from docs/accepted-findings.json: make accepted -->

スキャナーがテンプレートについて報告する内容と、対処しない理由です。
実際の不備はテンプレートで修正しているため、残るのは**意図的**なもの、または**誤検出**です。
誤検出は、ツールがこのテンプレートを正しく判断できないものです。
同じ内容がプログラム用の [accepted-findings.json](accepted-findings.json) にあります。
編集する場合は、この JSON ファイルを編集します。
`make consumers ARGS=accepted` はスキャナーを実行します。ここにない検出結果、何にも一致しない項目、
または下記のファイルを使用しても残る cdk-nag か checkov の検出結果があると、失敗します。

スタックのリソースの検出結果は、復旧テンプレートの同じリソースの検出結果も含みます。
復旧テンプレートだけの検出結果は `recovery/` で、
ブートストラップテンプレートの検出結果は `bootstrap/` で始まります。
ブートストラップテンプレートでは、1 つのロールのポリシーを 1 つのリソースとして扱います。
たとえば `ServicePolicy` は `ServicePolicy1` と `ServicePolicy2` を含みます。
`[Resource::<Project>-<Environment>]` は、ロールのプロジェクト名と環境名で始まる名前の ARN をすべて含みます。
""",
    columns=("ツール", "バージョン", "対象", "検出", "意図的", "誤検出"),
    sees={
        "cdk-nag": "`out/` のすべてのテンプレート(6 つのパックすべて)",
        "checkov": "`out/` のすべてのテンプレート",
        "cfn-guard": "`out/` のすべてのテンプレート(Control Tower のプロアクティブコントロールのルール)",
        "cloudformation-validate": "`out/` のすべてのテンプレート(情報レベルを除く)",
    },
    all="合計",
    nag="""\
## cdk-nag

[cdk-nag.json](accepted-findings/cdk-nag.json) は承認のリストです。
内容は、スタック、論理 ID、ルール、理由です。
ほかのテンプレートは CDK アプリでデプロイするものではないため、4 つのスタックの検出結果だけを含みます。
次のファイル `nag.js` は、これを読み込んでパックを実行します。
""",
    checkov="""\
[テンプレートを取り込むアプリ](consumers.ja.md#cdk)では、`app.synth()` の前に次の行を追加します。

```js
require("./nag.js")(app);
```

このアプリはディストリビューションを解析せずに取り込むため、ディストリビューションのルールは何も検出しません。
存在しないリソースの承認があると、CDK のエラーになります。

## checkov

[checkov.json](accepted-findings/checkov.json) はベースラインです。
""",
    others="""\
checkov が比較するのは、リソースタイプと論理 ID、およびルールです。
ファイルのパスは比較しないため、テンプレートの場所にかかわらず使用できます。

## そのほかのツール

- Guard には例外のリストがありません。テンプレートが意図的に満たさないコントロールを Control Tower で
  有効にしていると、デプロイは失敗します。アカウントをコントロールの対象から除外するか、テンプレートを変更してください。
- CDK は cloudformation-validate を自動的に実行し、検出結果を表示しますが、合成は失敗しません。
- AWS の Guard ルールレジストリはパッケージとして配布されていないため、ここでは確認していません。
  2024 年 3 月時点のルールを手動で実行したところ、下記の理由に当てはまらない検出は次のものでした。
  運用とポリシーに必要な名前、関数からポート 443 とデータベースのポート 3306 への通信、VPC 内の通信、
  クラスター側に設定がある個々の RDS インスタンス、無効にしているバケットの ACL、
  `Fn::Sub` 内の動的な参照で指定しているパスワードです。
""",
    kinds={"deliberate": "意図的なもの", "false": "誤検出"},
    comma="、",
)

PAGES: Final = {"accepted-findings.md": ENGLISH, "accepted-findings.ja.md": JAPANESE}


def page(words: Words, entries: Sequence[Accepted]) -> str:
    """Return the page in one language."""
    return "\n".join(
        [
            words.introduction,
            *_table(words, entries),
            "",
            words.nag,
            NAG,
            words.checkov,
            CHECKOV,
            words.others,
            *(line for kind in words.kinds for line in _section(words, kind, entries)),
        ]
    )


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


def _table(words: Words, entries: Sequence[Accepted]) -> Iterator[str]:
    yield f"| {' | '.join(words.columns)} |"
    yield "|---|---|---|--:|--:|--:|"
    numbers = versions()
    for tool in TOOLS:
        yield f"| {tool} | {numbers[tool]} | {words.sees[tool]} | {_counts(entries, (tool,))} |"
    yield f"| {words.all} | | | {_counts(entries, TOOLS)} |"


def _counts(entries: Sequence[Accepted], tools: Sequence[str]) -> str:
    kinds = [entry.kind for entry in entries for finding in entry.findings if finding.tool in tools]
    return f"{len(kinds)} | {kinds.count('deliberate')} | {kinds.count('false')}"


def _section(words: Words, kind: str, entries: Sequence[Accepted]) -> Iterator[str]:
    yield f"## {words.kinds[kind]}"
    yield ""
    for entry in entries:
        if entry.kind == kind:
            yield f"### `{entry.name}`"
            yield ""
            yield _linked(entry.reason_ja if words is JAPANESE else entry.reason, japanese=words is JAPANESE)
            yield ""
            yield from _findings(words, entry)
            yield ""


def _findings(words: Words, entry: Accepted) -> Iterator[str]:
    """Yield the findings of an entry, those of the same tool on the same resources in one line."""
    resources: dict[tuple[str, str], list[str]] = {}
    for finding in entry.findings:
        resources.setdefault((finding.tool, finding.rule), []).append(finding.resource)
    for (tool, on), rules in groupby(resources.items(), lambda item: (item[0][0], item[1])):
        names = words.comma.join(f"`{rule}`" for (_, rule), _ in rules)
        yield f"- {tool} {names}: {words.comma.join(f'`{name}`' for name in on)}"


def _linked(text: str, *, japanese: bool) -> str:
    """Return a reason with links to the pages that it names."""

    def link(match: re.Match[str]) -> str:
        name = match[1]
        twin = f"{name}.ja.md"
        file = twin if japanese and (DOCS / twin).exists() else f"{name}.md"
        return f"[{file}]({file})"

    return re.sub(r"docs/([\w-]+)\.md", link, text)


def files() -> dict[Path, str]:
    """Return the text of each file: the pages and the forms."""
    entries = accepted()
    forms = {"cdk-nag.json": acknowledgements(entries), "checkov.json": baseline(entries)}
    return {
        **{DOCS / name: page(words, entries).rstrip("\n") + "\n" for name, words in PAGES.items()},
        **{FORMS / name: json.dumps(form, indent=2) + "\n" for name, form in forms.items()},
    }


if __name__ == "__main__":
    for file, text in files().items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
