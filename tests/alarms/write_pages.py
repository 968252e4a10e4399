"""Writes the pages about the scenarios, docs/alarm-scenarios.md and its Japanese twin: ``make scenarios``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from .deployed import CRITICAL, NORMAL
from .scenarios import Group, Scenario, groups

DOCS: Final = Path(__file__).parents[2] / "docs"


class Words(NamedTuple):
    """What a page says besides the scenarios."""

    introduction: str
    columns: tuple[str, str, str]
    on_call: str
    topics: Mapping[str, str]
    event: str
    sources: Mapping[str, str]
    until: str
    silent: str
    already: str


ENGLISH: Final = Words(
    introduction="""\
# What the alarms do

[日本語](alarm-scenarios.ja.md)

<!-- Generated from tests/alarms/scenarios.yaml: make scenarios -->

Each row is an event in the system, and everything that is then reported: by which alarm, to
which topic, and after how many minutes. The tests run these scenarios against the alarms of the templates,
which they evaluate as AWS's pages describe it. The rows have not been verified on AWS. Alarms that a row does
not name do not fire, and no alarm fires twice. The names link to what an alarm means and what to do:
[on call](on-call.md).

- The minutes count from the beginning. A second number is the minute in which the same topic is notified
  that the alarm has ended. Metrics arrive a few minutes late: add that time.
- The environment is production with a writer, a reader, a NAT gateway in each zone and a probe, unless the
  row says otherwise. An ordinary minute has 400 requests for pages and 400 calls of the API, of which the
  cache answers 30 percent. A function that runs holds a connection to both instances.
- CloudWatch evaluates an alarm every minute, over windows that slide. It looks at more periods than the alarm
  has, and takes older data points for missing ones. AWS does not publish how many more; here it is 2, as in
  AWS's examples. How long an alarm on missing data takes depends on it.
- The warm-up of an alarm applies when it is created. AWS's user guide says that an update does not start it
  again.
""",
    columns=("What happens", "What is reported, after minutes", "Note"),
    on_call="on-call.md",
    topics={CRITICAL: "critical", NORMAL: "normal"},
    event="RDS event `{}` ({})",
    sources={"cluster": "cluster", "writer": "writer", "reader": "reader"},
    until=" to {}",
    silent="nothing",
    already="nothing new; before: ",
)

JAPANESE: Final = Words(
    introduction="""\
# アラームの動作

[English](alarm-scenarios.md)

<!-- Generated from tests/alarms/scenarios.yaml: make scenarios -->

各行は、システムに起きることと、そのときのすべての通知を示します。
どのアラームが、どのトピックに、何分後に通知するかです。
テストは、テンプレートのアラームを AWS のドキュメントのとおりに評価し、これらのシナリオを実行します。
AWS 上で確認した行はありません。行に書かれていないアラームは発生せず、繰り返し発生するアラームもありません。
アラームの名前は、[当番用ページ](on-call.ja.md)にある意味と対処へのリンクです。

- 分数は開始からの時間です。後ろの数値は、アラームの終了が同じトピックに通知される時刻です。
  メトリクスは数分遅れて届くため、その分だけ遅くなります。
- 特に記載がない限り、環境は本番で、ライター、リーダー、各ゾーンの NAT ゲートウェイ、プローブがあります。
  通常は毎分、ページへのリクエストが 400 件、API の呼び出しが 400 件あります。
  呼び出しの 30% にはキャッシュが応答します。
  実行中の関数は、両方のインスタンスへの接続を保持します。
- CloudWatch はアラームを毎分、スライドする期間で評価します。
  アラームの期間数より多くの期間を調べ、欠落データの代わりに古いデータポイントを使います。
  その数は公開されていません。ここでは AWS の例と同じく 2 つ多いとしています。
  欠落データのアラームにかかる時間はこれによって決まります。
- アラームのウォームアップは作成時に適用されます。
  AWS のユーザーガイドによると、更新しても再開されません。
""",
    columns=("起きること", "通知(分後)", "備考"),
    on_call="on-call.ja.md",
    topics={CRITICAL: "クリティカル", NORMAL: "通常"},
    event="RDS イベント `{}` ({})",
    sources={"cluster": "クラスター", "writer": "ライター", "reader": "リーダー"},
    until=" から {}",
    silent="なし",
    already="新しい通知なし。以前の通知: ",
)

PAGES: Final = {
    DOCS / "alarm-scenarios.md": ("en", ENGLISH),
    DOCS / "alarm-scenarios.ja.md": ("ja", JAPANESE),
}


def page(language: str, words: Words) -> str:
    """Return a page in Markdown."""
    sections = "".join(_section(group, language, words) for group in groups())
    return words.introduction + sections


def _section(group: Group, language: str, words: Words) -> str:
    with_notes = any(_note(one, language) for one in group.scenarios)
    columns = words.columns if with_notes else words.columns[:2]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for one in group.scenarios:
        cells = [one.en if language == "en" else one.ja, "<br>".join(_told(one, words))]
        cells += [_note(one, language)] if with_notes else []
        lines.append(f"| {' | '.join(cells)} |")
    title = group.en if language == "en" else group.ja
    return f"\n## {title}\n\n" + "\n".join(lines) + "\n"


def _note(scenario: Scenario, language: str) -> str:
    return scenario.note_en if language == "en" else scenario.note_ja


def _told(scenario: Scenario, words: Words) -> Iterator[str]:
    """Yield a line for each topic, and for each topic that RDS tells of an event."""
    if scenario.already:
        yield words.already + ", ".join(_name(what, words) for what in sorted(scenario.already))
    elif not scenario.fires:
        yield words.silent
    for topic in (CRITICAL, NORMAL):
        told = sorted(
            (one.minutes, what, one.end) for what, one in scenario.fires.items() if one.topic == topic
        )
        if told:
            yield f"{words.topics[topic]}: " + ", ".join(
                f"{_name(what, words)} {minutes}" + ("" if end is None else words.until.format(end))
                for minutes, what, end in told
            )


def _name(what: str, words: Words) -> str:
    if not what.startswith("RDS "):
        return f"[{what}]({words.on_call}#{what})"
    source, category = what.removeprefix("RDS ").split(" ", 1)
    return words.event.format(category, words.sources[source])


if __name__ == "__main__":
    for path, arguments in PAGES.items():
        path.write_text(page(*arguments), "utf-8", newline="\n")
        print(f"{path.name}: {sum(len(one.scenarios) for one in groups())} scenarios.")
