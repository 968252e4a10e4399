"""The report in Markdown: risks first, links, escaped text, and a limited length."""

import html
import re

import pytest

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import report, sentences
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.markdown import LONGEST, as_markdown
from cfn_analysis.reviewing.report import Review
from csr_templates.cli import main as cli
from tests.system import STACK_NAMES

from .own_changes import OUT, own_side, with_values
from .own_openings import OPENINGS

BASE = "https://github.com/o/r/blob/main/"


@pytest.fixture(scope="module")
def retention() -> Review:
    """The review of a change that weakens guards in all stacks."""
    side = own_side()
    return report.review(side, OPENINGS["log retention shortened"](side))


def test_risks_first_and_details_folded(retention: Review) -> None:
    """The report starts with the marker, the counts and each risk.

    A section for each stack follows, folded.
    """
    text = as_markdown(retention)
    lines = text.splitlines()

    assert lines[0] == "<!-- review -->"
    assert lines[3] == f"**{len(retention.risks)} risks not accepted: {len(retention.risks)} guard**  "
    updated = re.findall(r"(\w+) [1-9]\d* updated", lines[4])
    assert updated == [name for name in STACK_NAMES if name in updated]
    assert re.fullmatch(
        r"- \*\*guard\*\* `network.FlowLogsLogGroup#RetentionInDays` in prod - "
        r"`src/csr_templates/stacks/network.py:\d+`  ",
        lines[7],
    )
    assert lines[8] == (
        "  FlowLogsLogGroup: RetentionInDays is 30 instead of 365: records are retained for a shorter time."
    )
    assert text.index("<details>") > text.rindex("- **guard**")
    folds = re.findall(r"<details><summary><b>(\w+)</b>", text)
    assert folds == updated
    assert text.count("</details>") == len(folds)


def test_links(retention: Review) -> None:
    """With a base address, modules and parameter files are links, with the line as the anchor."""
    text = as_markdown(retention, BASE)

    assert re.search(rf"\[`src/\S+/network.py:(\d+)`\]\({BASE}src/\S+/network.py#L\1\)", text)
    assert f"]({BASE}parameters/prod/network.json)" in text
    assert "](" not in as_markdown(retention)


def test_accepted_risks_are_folded(retention: Review) -> None:
    """Accepted risks are in the report with their reasons, but folded."""
    risks = [risk._replace(accepted=True, reason="Costs *more* than it helps.") for risk in retention.risks]

    text = as_markdown(retention._replace(risks=risks))
    part = as_markdown(retention._replace(risks=[risks[0], *retention.risks[1:]]))

    assert f"**No risks left**, {len(risks)} accepted" in text
    assert f"<details><summary>{len(risks)} accepted</summary>" in text
    assert r"Accepted: Costs \*more\* than it helps." in text
    waiting = len(risks) - 1
    assert f"**{waiting} risks not accepted: {waiting} guard**, 1 accepted" in part


def test_equal_changes_of_environments_are_merged() -> None:
    """If only some environments have the same change, the entry lists them."""
    side = own_side()
    after = side
    for name in side.environments:
        after = with_values(after, name, {"LambdaMemorySize": "2048"})
    memory = as_markdown(report.review(side, after))
    rule = as_markdown(report.review(side, OPENINGS["WAF rule to count"](side)))

    assert memory.count("**update** `ApiFunction`") <= len(side.environments)
    assert rule.count("- **opens**") == 1
    having = [
        name for name, values in side.environments.items() if values["frontend"]["WAFEnabled"] == "true"
    ]
    assert f"`frontend.WebACL#Rules[rate-limit].Action` in {', '.join(having)} -" in rule


def test_messages_are_escaped(retention: Review) -> None:
    """Messages do not contain markup, mentions of users or issue numbers. Addresses are links."""
    message = "<b>a_b*c</b> [x](y) @team #12 `code` | https://docs.aws.amazon.com/a_b_c ends."
    opening = Risk("opens", Node("api", "`odd`"), message, (), environments=("prod",))

    text = as_markdown(retention._replace(risks=[opening]))
    line = next(line for line in text.splitlines() if "a\\_b" in line)

    assert "`` api.`odd` ``" in text
    assert line == (
        r"  &lt;b&gt;a\_b\*c&lt;/b&gt; \[x\](y) &#64;team &#35;12 \`code\` \| "
        "<https://docs.aws.amazon.com/a_b_c> ends."
    )
    assert html.unescape(line).count("@team") == 1


def test_a_long_report_is_shortened(retention: Review) -> None:
    """Complete entries at the end are omitted, and the report shows how many."""
    risks = [
        risk("guard", Node("api", f"Alarm{number}"), sentences.WEAKENED, problem=f"{number} " + "x" * 900)
        for number in range(100)
    ]

    text = as_markdown(retention._replace(risks=risks), notes=["A note."])

    assert len(text) < LONGEST
    shown = len(re.findall(r"^- \*\*guard\*\*", text, re.MULTILINE))
    ((omitted, whole),) = re.findall(r"(\d+) of (\d+) entries are omitted", text)
    assert 50 < shown < 100
    assert int(omitted) == int(whole) - shown
    assert "**100 risks not accepted: 100 guard**" in text
    assert text.count("<details>") == text.count("</details>")
    long = risk("guard", Node("api", "Alarm"), sentences.WEAKENED, problem="y" * 2 * LONGEST)
    text_of_one = as_markdown(retention._replace(risks=[long]))
    assert len(text_of_one) < LONGEST
    assert "omitted" not in text_of_one


def test_nothing_changes() -> None:
    """Without changes, the report has only a few lines."""
    side = own_side()

    text = as_markdown(report.review(side, side, ["prod"]))

    assert text.splitlines()[3:] == [
        "**No changes**  ",
        "No resource changes  ",
        "`out` to `out`",
        "",
        "",
        f"No change: {', '.join(STACK_NAMES)}.",
    ]


def test_the_command_prints_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    """The option is --format markdown."""
    file = str(OUT / "main.yaml")

    code = cli.main(["review", "--before", file, "--after", file, "--format", "markdown"])

    assert code == 0
    assert capsys.readouterr().out.startswith("<!-- csr-templates review -->\n")
