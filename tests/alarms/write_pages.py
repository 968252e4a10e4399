"""``make scenarios``: runs the scenarios, and writes docs/alarm-scenarios.md and its Japanese version.

``make check`` compares the pages with the results (``--check``). The difference shows which minutes change.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Final, NamedTuple

from .deployed import CRITICAL, NO_ONE, NORMAL
from .mutants import every_alarm
from .scenarios import Group, Scenario, groups, result, scenarios

DOCS: Final = Path(__file__).parents[2] / "docs"


class Words(NamedTuple):
    """The texts of a page that are not in the scenarios."""

    introduction: str
    columns: tuple[str, str, str]
    on_call: str
    topics: Mapping[str, str]
    event: str
    sources: Mapping[str, str]
    until: str
    earlier: str
    silent: str
    already: str
    without_scenario: str


ENGLISH: Final = Words(
    introduction="""\
# Alarm scenarios

[日本語](alarm-scenarios.ja.md)

<!-- Generated with make scenarios from the results of tests/alarms/scenarios.yaml -->

Each row describes an event in the system and all the resulting notifications: which alarm notifies which
topic, and after how many minutes. The tests run these scenarios against the alarms of the templates. They
evaluate the alarms as described in the AWS documentation. The results have not been verified on AWS. Alarms
that are not listed in a row do not fire, and no alarm fires twice. Each alarm name links to its description
and the actions to take in [On call](on-call.md).

- The minutes are counted from the start of the event. A second number is the minute in which the same topic
  is notified that the alarm has ended. Metrics arrive a few minutes late, so add this delay.
- Unless the row says otherwise, the environment is production, with a writer, a reader, a NAT gateway in
  each zone and a probe. In a normal minute, there are 400 page requests and 400 API calls. The cache answers
  30 percent of the calls. A running function keeps a connection to both instances open.
- An alarm behind "rollback only" notifies no one. It is made for deploys: if it fires during an update of its
  stack or shortly after it, CloudFormation rolls the update back
  ([all rollback triggers](hand-over.md#rollback-triggers)).
- CloudWatch evaluates an alarm every minute over a sliding window. It retrieves data points for more periods
  than the alarm specifies, and uses the older ones in place of missing data points. AWS does not publish how
  many more. This model uses 2, as in the examples in the AWS documentation. This number determines how long
  an alarm on missing data takes to fire.
- The warm-up of an alarm applies only once, when the alarm is created, and does not restart ([AWS
  documentation](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html)).
""",
    columns=("Event", "Notifications (minutes after the start)", "Note"),
    on_call="on-call.md",
    topics={CRITICAL: "critical", NORMAL: "normal", NO_ONE: "rollback only"},
    event="RDS event `{}` ({})",
    sources={"cluster": "cluster", "writer": "writer", "reader": "reader"},
    until=" to {}",
    earlier="earlier",
    silent="none",
    already="none new. Earlier: ",
    without_scenario="""
## Alarms that no event triggers

In the events on this page, the following alarms do not fire:

""",
)

JAPANESE: Final = Words(
    introduction="""\
# アラームのシナリオ

[English](alarm-scenarios.md)

<!-- Generated with make scenarios from the results of tests/alarms/scenarios.yaml -->

各行は、システムで発生する事象と、その結果のすべての通知を示します。
通知には、アラーム、トピック、発生までの分数が含まれます。
テストでは、テンプレートのアラームを AWS のドキュメントのとおりに評価し、これらのシナリオを実行します。
結果は AWS では検証していません。行に記載のないアラームは発生しません。
同じアラームが 2 回発生することもありません。
アラームの名前は、[当番用ページ](on-call.ja.md)の説明と対処方法へのリンクです。

- 分数は、事象の開始からの時間です。
  2 つ目の数値は、アラームが OK に戻ったことが同じトピックに通知される時間です。
  メトリクスは数分遅れて届くため、実際にはその分だけ遅くなります。
- 特に記載がない限り、環境は本番です。
  ライター、リーダー、各アベイラビリティーゾーンの NAT ゲートウェイ、プローブがあります。
  通常時は、1 分あたりページへのリクエストが 400 件、API の呼び出しが 400 件です。
  呼び出しの 30% には、キャッシュから応答します。実行中の関数は、両方のインスタンスへの接続を保持します。
- 「ロールバックのみ」のアラームは、誰にも通知されません。デプロイのためのアラームです。
  スタックの更新中または更新の直後に発生すると、CloudFormation が更新をロールバックします
  ([すべてのロールバックトリガー](hand-over.ja.md#ロールバックトリガー))。
- CloudWatch は、アラームをスライディングウィンドウで毎分評価します。
  アラームに指定した数より多くの期間のデータポイントを取得し、欠落データの代わりに古いデータポイントを使います。
  何期間多いかは公開されていません。ここでは、AWS のドキュメントの例と同じく 2 期間とします。
  データの欠落で発生するアラームの場合、発生までの時間はこの数で決まります。
- アラームのウォームアップは、アラームの作成時に 1 回だけ適用され、更新後に再度適用されることはありません
  ([AWS のドキュメント](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html))。
""",
    columns=("事象", "通知(開始からの分数)", "備考"),
    on_call="on-call.ja.md",
    topics={CRITICAL: "クリティカル", NORMAL: "通常", NO_ONE: "ロールバックのみ"},
    event="RDS イベント `{}`({})",
    sources={"cluster": "クラスター", "writer": "ライター", "reader": "リーダー"},
    until=" から {}",
    earlier="以前",
    silent="なし",
    already="新しい通知なし。以前の通知: ",
    without_scenario="""
## どの事象でも発生しないアラーム

このページの事象では、次のアラームは発生しません。

""",
)

PAGES: Final = {DOCS / "alarm-scenarios.md": ("en", ENGLISH)}
if (DOCS / "words.ja.json").is_file():  # the team has Japanese pages
    PAGES[DOCS / "alarm-scenarios.ja.md"] = ("ja", JAPANESE)


def page(language: str, words: Words) -> str:
    """Return a page in Markdown."""
    sections = "".join(_section(group, language, words) for group in groups())
    return words.introduction + sections + _without_scenario(words)


def _without_scenario(words: Words) -> str:
    firing = {what for scenario in scenarios() for what in result(scenario.name).fires}
    idle = [alarm.what for alarm in every_alarm() if alarm.what not in firing and alarm.topic != NO_ONE]
    lines = "".join(f"- {_name(what, words)}\n" for what in idle)
    return words.without_scenario + lines if idle else ""


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
    """Yield a line for each notified topic."""
    found = result(scenario.name)
    if found.already:
        yield words.already + ", ".join(_name(what, words) for what in sorted(found.already))
    elif not found.fires:
        yield words.silent
    for topic in (CRITICAL, NORMAL, NO_ONE):
        told = sorted((one.minutes, what, one.end) for what, one in found.fires.items() if one.topic == topic)
        if told:
            yield f"{words.topics[topic]}: " + ", ".join(
                f"{what if topic == NO_ONE else _name(what, words)} "
                + (str(minutes) if minutes >= 0 else words.earlier)
                + ("" if end is None else words.until.format(end))
                for minutes, what, end in told
            )


def _name(what: str, words: Words) -> str:
    if not what.startswith("RDS "):
        return f"[{what}]({words.on_call}#{what})"
    source, category = what.removeprefix("RDS ").split(" ", 1)
    return words.event.format(category, words.sources[source])


def write() -> int:
    """Write the pages, and return the exit status."""
    for path, arguments in PAGES.items():
        path.write_text(page(*arguments), "utf-8", newline="\n")
        print(f"{path.name}: {len(scenarios())} scenarios.")
    return 0


def check() -> int:
    """Print the difference between the pages and the results, and return the exit status."""
    status = 0
    for path, arguments in PAGES.items():
        name = path.relative_to(DOCS.parent).as_posix()
        old = path.read_text("utf-8") if path.exists() else ""
        if old != (new := page(*arguments)):
            lines = unified_diff(old.split("\n"), new.split("\n"), name, name, n=0, lineterm="")
            print("\n".join(re.sub(r"\]\([^)]*\)", "]", line) for line in lines))  # without the links
            print(f"{name}: not the results of the scenarios. If they are intended, run: make scenarios")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else write())
