"""Content of the pages: as in the templates, the same in both languages, with valid links."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from csr_templates import STACKS
from csr_templates.cli.main import main

from .pages import (
    RECOVERY,
    RECOVERY_JA,
    ROOT,
    Page,
    in_each_language,
    numbers,
    read,
    same_numbers,
    slug,
    spans,
)

PREFIX = "csr-lambda-api-prod"
PAGES = in_each_language(*sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")]))
ENGLISH = [
    page.with_name(page.name.replace(".ja.md", ".md")) for page in PAGES if page.name.endswith(".ja.md")
]
PAIRS = [
    pytest.param(read(page), read(page.with_suffix(".ja.md")), id=page.relative_to(ROOT).as_posix())
    for page in ENGLISH
]
in_both = pytest.mark.parametrize(("english", "japanese"), PAIRS)
TEMPLATES = {stack.template: stack.name for stack in STACKS}
# Words in CamelCase that are AWS's and in no template.
AWS_WORDS = {
    "AccessDenied",
    "DeletePolicies",  # of a bootstrap template
    "AnalyticsConfig",  # not yet in the schemas
    "CloudWatchReadOnlyAccess",
    "DisableKey",
    "FailureReason",
    "InSync",
    "InvalidRequestException",  # of Secrets Manager
    "NotAfter",
    "PendingConfirmation",
    "ReaderEndpoint",  # of DescribeDBClusters
    "RDSOSMetrics",
    "ResourceNotFoundException",
    "RenewalEligibility",
    "RenewalStatus",
    "ScheduleKeyDeletion",
    "SnsTopicArn",
}

LONGEST_PARAGRAPH = 400  # characters of a Japanese page

Resources = Mapping[str, Mapping[str, Any]]


def unlabelled(picture: str) -> str:
    """Return a picture without the texts of its nodes and arrows, or of its sections and bars."""
    if "\ngantt\n" in picture:
        return re.sub(r"^  (section .*|.*(?= :))", "", picture, flags=re.MULTILINE)
    return re.sub(r"(?<=[(\[{])[^()\[\]{}]+(?=[)\]}])", "", re.sub(r'"[^"]*"', "", picture))


def long_paragraphs(prose: Sequence[str]) -> list[str]:
    """Return the paragraphs and items of lists that are too long."""
    paragraphs = [""]
    for line in prose:
        text = re.sub(r"\s*<!--.*?-->|\]\([^)]*\)|[`\[]", "", line.strip())
        if not text or text.startswith(("|", "#")):
            paragraphs.append("")
        elif marker := re.match(r"(?:[-*]|\d+\.) ", text):
            paragraphs.append(text[marker.end() :])
        else:
            paragraphs[-1] += text
    return [paragraph for paragraph in paragraphs if len(paragraph) > LONGEST_PARAGRAPH]


def test_places_of_whole_resources_exist(audit: Page, resources: Resources) -> None:
    """A table that names a resource names one that the template has."""
    named = re.findall(r"`(\w+\.yaml) (\w+)", "\n".join(audit.prose))

    assert len(named) > 45
    assert [place for place in named if place[1] not in resources[TEMPLATES[place[0]]]] == []


def test_stage_accepts_more_than_the_site_may_send(resources: Resources) -> None:
    """The throttle of the stage is above that of each key, and of three environments below the account's.

    Its default is 10,000 requests per second and a burst of 5,000, for all APIs:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    """
    settings = resources["api"]["ApiStage"]["Properties"]["MethodSettings"]
    plan = resources["api"]["UsagePlan"]["Properties"]["Throttle"]

    for setting in settings:
        assert plan["RateLimit"] < setting["ThrottlingRateLimit"] < 10_000 / 3, setting["ResourcePath"]
        assert plan["BurstLimit"] < setting["ThrottlingBurstLimit"] < 5_000 / 3, setting["ResourcePath"]


def test_small_access_logs_stay_where_they_are(resources: Resources) -> None:
    """The bucket of the access logs leaves S3 its default, which moves no file below 128 KB.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
    """
    bucket = resources["frontend"]["EdgeLogBucket"]["Properties"]["LifecycleConfiguration"]

    assert "TransitionDefaultMinimumObjectSize" not in bucket


@pytest.mark.parametrize("path", in_each_language(RECOVERY, RECOVERY_JA), ids=lambda path: path.name)
def test_recovery_keeps_its_goals(path: Path) -> None:
    """The budgets of the recovery's steps add up to the sum that is shown, which is within the RTO."""
    tables = read(path).tables
    ((recovery_time, recovery_point),) = [
        table.rows for table in tables if table.rows and table.rows[0][0].startswith("RTO")
    ]
    ((*steps, total),) = [table.rows for table in tables if table.rows and table.rows[0][0] == "0"]

    assert sum(int(step[2]) for step in steps) == int(total[2])
    assert int(total[2]) <= int(numbers(recovery_time[1])[0]) * 60
    assert numbers(recovery_point[1]) == ["1"]


def test_cost_adds_up(audit: Page) -> None:
    """Each column of the fixed cost and of the comparison adds up to its last row."""
    for heading in ("Fixed cost", "The estimate of the operations manual"):
        rows = audit.table(heading).rows
        (total,) = [row for row in rows if "**sum**" in row]
        items = rows[: rows.index(total)]  # resources without a price are after the sum
        columns = [column for column, cell in enumerate(total) if re.search(r"\d", cell)]
        assert columns
        for column in columns:
            amounts = [Decimal(row[column]) for row in items if row[column] != "–"]  # noqa: RUF001 - the dash
            assert sum(amounts) == Decimal(total[column].strip("*"))
            assert sum(amounts) > 0


def test_the_cost_of_the_page_is_that_of_the_command(audit: Page) -> None:
    """The comparison has the sums of the command, with the usage of the example."""
    out, usage = ROOT / "out", ROOT / "docs" / "usage-example.json"
    arguments = ["cost", "prod", "--out", str(out), "--usage", str(usage), "--format", "json"]
    with redirect_stdout(StringIO()) as printed:
        assert main(arguments) in (0, 1)  # 1 if a resource does not have a price
    costs = json.loads(printed.getvalue())["environments"]["prod"]

    total = [cell.strip("*") for cell in audit.table("The estimate of the operations manual").rows[-1]]
    assert total[1:4] == ["470", costs["fixed"], costs["usage"]["sum"]]
    (fixed,) = [row for row in audit.table("Fixed cost").rows if "**sum**" in row]
    assert fixed[-1] == f"**{costs['fixed']}**"


def test_deviations_are_numbered(audit: Page) -> None:
    """The differences from the manual, which the code and the pages cite by number, are complete."""
    (heading,) = [title for _, title in audit.headings if title.startswith("Where the templates differ")]
    listed = [row[0] for row in audit.table(heading).rows]

    assert listed == [f"D{number}" for number in range(1, 14)]


def test_words_of_cloudformation_exist(
    operations: Page, audit: Page, production: dict[str, dict[str, Any]], templates: dict[str, dict[str, Any]]
) -> None:
    """Parameters, outputs, resources and metrics that the text names are there."""
    names = set(AWS_WORDS)
    for stack, resolved in production.items():
        names |= {*templates[stack]["Parameters"], *resolved["Outputs"], *resolved["Resources"]}
        names |= set(re.findall(r"[A-Za-z0-9_]+", json.dumps(templates[stack])))
    words = {
        span
        for span in spans("\n".join([*operations.prose, *audit.prose]))
        if re.fullmatch(r"([A-Z][a-z0-9]+){2,}", span)
    }

    assert len(words) > 10
    assert words <= names


@in_both
def test_languages_have_the_same_structure(english: Page, japanese: Page) -> None:
    """Both languages have the same chapters, in the same order and on the same level."""
    assert [level for level, _ in japanese.headings] == [level for level, _ in english.headings]


@in_both
def test_languages_have_the_same_commands(english: Page, japanese: Page) -> None:
    """Every block of code is the same in both languages, but for its comments and the labels of a picture."""

    def codes(page: Page) -> list[str]:
        return [
            unlabelled(block.code) if block.language == "mermaid" else block.code for block in page.blocks
        ]

    assert codes(japanese) == codes(english)


@in_both
def test_languages_have_the_same_tables(english: Page, japanese: Page) -> None:
    """Every cell of every table has the same names and numbers in both languages."""
    different = []
    for of_english, of_japanese in zip(english.tables, japanese.tables, strict=True):
        for row, translated in zip(of_english.rows, of_japanese.rows, strict=True):
            for cell, translation in zip(row, translated, strict=True):
                has_names = sorted(spans(cell)) == sorted(spans(translation))
                if not has_names or not same_numbers(cell, translation):
                    different.append((cell, translation))

    assert different == []


def target(page: Page, link: str) -> str:
    """Return what a link leads to, in the same form for a page and its translation."""
    if link.startswith(("http://", "https://", "mailto:")):
        return link
    file, _, anchor = link.partition("#")
    path = (page.path.parent / file).resolve() if file else page.path
    name = path.relative_to(ROOT).as_posix().replace(".ja.md", ".md")
    if not anchor:
        return name
    anchors = [slug(title) for _, title in read(path).headings]
    place = str(anchors.index(anchor)) if anchor in anchors else anchor
    return f"{name}#{place}"


def targets(page: Page) -> list[list[str]]:
    """Return what the links of each section lead to, without their order, which differs between languages."""
    sections: list[list[str]] = [[]]
    for line in page.prose:
        if line.startswith("#"):
            sections.append([])
        links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line))
        sections[-1] += [target(page, link) for link in links]
    return [sorted(section) for section in sections]


@in_both
def test_languages_have_the_same_links(english: Page, japanese: Page) -> None:
    """Each section links to the same headings, and to the same pages of the AWS documentation."""
    titles = ["", *(title for _, title in english.headings)]
    different = []
    for title, links, translated in zip(titles, targets(english), targets(japanese), strict=True):
        if links != translated:
            different.append((title, links, translated))

    assert different == []


@in_both
def test_languages_have_the_same_names_in_the_text(english: Page, japanese: Page) -> None:
    """Texts in backticks, and larger numbers, are the same in both languages, in each chapter."""

    def content(page: Page) -> list[tuple[list[str], set[str]]]:
        chapters: list[list[str]] = [[]]
        for line in page.prose:
            if line.startswith("## "):
                chapters.append([])
            chapters[-1].append(line)
        names_and_numbers = []
        for lines in chapters:
            text = "\n".join(lines)
            larger = {number for number in numbers(text) if float(number) >= 10}
            names_and_numbers.append((sorted(set(spans(text))), larger))
        return names_and_numbers

    for chapter, translation in zip(content(english), content(japanese), strict=True):
        assert translation == chapter


@in_both
def test_paragraphs_in_japanese_are_short(english: Page, japanese: Page) -> None:
    """A paragraph that fills a screen is not read."""
    assert [text[:40] for text in long_paragraphs(japanese.prose)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_project_is_not_asked_of_the_index(path: Path) -> None:
    """A page installs the project from a checkout or a wheel: no index has it."""
    assert (
        re.findall(r"pip install (?:-\S+ )*[\"']?csr[-_]templates(?!-)", path.read_text(encoding="utf-8"))
        == []
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    """A link to a file or a heading of this project finds it."""
    page = read(path)
    broken = []
    for link in page.links():
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not in_each_language(target):
            continue
        if not target.exists() or (anchor and anchor not in read(target).anchors()):
            broken.append(link)

    assert broken == []


def test_numbers_may_be_spelled_out_in_english() -> None:
    """A digit needs the same digit; a word from one to twelve allows its digit, and no other number."""
    assert same_numbers("up to five alarms, 30 s", "最大 5 つのアラーム、30 秒")
    assert same_numbers("in one stack", "単一のスタック")
    assert not same_numbers("up to five alarms", "最大 6 つのアラーム")
    assert not same_numbers("up to 5 alarms", "最大五つのアラーム")
    assert not same_numbers("a day", "1 日")


def test_labels_of_a_picture_may_differ() -> None:
    """Two pictures in different languages have the same nodes and arrows."""
    english = 'a([Browser]) -- "with key" --> b[(Site bucket)]'

    assert unlabelled(english) == unlabelled('a([ブラウザ]) -- "キー(API)" --> b[(バケット)]')
    assert unlabelled(english) != unlabelled(english.replace("b[(", "c[("))
    assert unlabelled(english) != unlabelled(english.replace("-->", "---"))


def test_long_paragraphs_are_found() -> None:
    """A paragraph, or an item of a list, is measured as it is displayed. Tables are not measured."""
    long = "長" * LONGEST_PARAGRAPH

    assert long_paragraphs([long, "[次](https://example.com/)の行"]) == [f"{long}次の行"]
    assert (
        long_paragraphs(
            [long, "", "次", f"- {long} <!-- {long} -->", "  1. 次", f"| {long}。 |", f"## {long}"]
        )
        == []
    )


def test_anchors_are_githubs() -> None:
    """A heading's anchor keeps letters of every script, digits and hyphens."""
    assert slug("Web ACL `csr-waf`, 1.") == "web-acl-csr-waf-1"
    assert slug("アラームの購読") == "アラームの購読"
