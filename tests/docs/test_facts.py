"""Facts about the templates in sentences of the pages: each is the value that the template has.

Tables get their values from the build (the marker ``settings``). A sentence cannot, so it is
compared.
"""

import re
from typing import Any, Final, NamedTuple

import pytest

from cfn_analysis.model.rendering import load
from tests.system import ROOT

from .pages import JAPANESE

Templates = dict[str, dict[str, Any]]
LANGUAGES: Final = ["", ".ja"] if JAPANESE else [""]
DAY: Final = 86_400  # seconds


class Fact(NamedTuple):
    """A sentence with a value of a template.

    Attributes:
        page: the page, without its ending.
        sentences: the sentence in English and in Japanese, as a pattern with the value as its only group.
        place: the stack, and the keys to the value from its sections on.
        divisor: what the value is divided by, for another unit.
    """

    page: str
    sentences: tuple[str, str]
    place: tuple[str | int, ...]
    divisor: int = 1


def of_resource(stack: str, logical_id: str, *keys: str | int) -> tuple[str | int, ...]:
    """Return the place of a property."""
    return (stack, "Resources", logical_id, "Properties", *keys)


EXPIRY: Final = of_resource("frontend", "CertificateExpiringAlarm", "Threshold")
ARCHIVE: Final = ("LifecycleConfiguration", "Rules", 1)
FACTS: Final = [
    Fact(
        "on-call",
        (r"The messages are kept for (\d+) days", r"メッセージは (\d+) 日間残ります"),
        of_resource("api", "DeadLetterQueue", "MessageRetentionPeriod"),
        DAY,
    ),
    Fact(
        "on-call",
        (
            r"until the new certificate is valid for more than (\d+) days",
            r"新しい証明書の残り日数が (\d+) 日を超える",
        ),
        EXPIRY,
    ),
    Fact("troubleshooting", (r"with more than (\d+) days left", r"有効期限まで (\d+) 日より長く"), EXPIRY),
    Fact(
        "operations",
        (r"They collect packets for up to (\d+) minutes", r"フローログは最長 (\d+) 分ごと"),
        of_resource("network", "FlowLog", "MaxAggregationInterval"),
        60,
    ),
    Fact(
        "operations",
        (r"`api-quota` evaluates the last (\d+) hours", r"`api-quota` は直近 (\d+) 時間"),
        of_resource("api", "ApiQuotaAlarm", "Period"),
        3600,
    ),
    Fact(
        "access-log",
        (r"move to S3 Glacier after (\d+) days", r"(\d+) 日後に S3 Glacier に移行"),
        of_resource("frontend", "EdgeLogBucket", *ARCHIVE, "Transitions", 1, "TransitionInDays"),
    ),
    Fact(
        "access-log",
        (r"are deleted after (\d+) days", r"(\d+) 日後に削除されます"),
        of_resource("frontend", "EdgeLogBucket", *ARCHIVE, "ExpirationInDays"),
    ),
    Fact(
        "changes",
        (r"such as the default\s+`([^`]+)`", r"デフォルトの `(db[^`]+)`"),
        ("database", "Parameters", "DatabaseInstanceClass", "Default"),
    ),
    Fact(
        "hand-over",
        (r"are deleted (\d+) days later", r"その (\d+) 日後に削除"),
        (
            "network-bootstrap",
            "Resources",
            "ArtifactBucket",
            "Properties",
            *ARCHIVE,
            "NoncurrentVersionExpiration",
            "NoncurrentDays",
        ),
    ),
    Fact(
        "operations",
        (
            r"requires at least (\d+) failures in 5 minutes",
            r"5 分間に (\d+) 件以上の失敗が必要",
        ),
        of_resource("api", "ApiDeployFailingAlarm", "Metrics", 0, "Expression"),
    ),
    Fact(
        "operations",
        (r"It needs (\d+) requests in 5 minutes", r"5 分間に (\d+) 件以上のリクエストが必要"),
        of_resource("api", "ApiMostlyFailingAlarm", "Metrics", 0, "Expression"),
    ),
    Fact("adapt", (r"Its default, `([^`]+)`", ""), ("network", "Parameters", "RunbookUrl", "Default")),
    Fact(
        "audit",
        (r"WAF inspects the first (\d+) KB of a body", r"ボディの先頭 (\d+) KB"),
        of_resource(
            "frontend",
            "WebACL",
            "AssociationConfig",
            "RequestBody",
            "CLOUDFRONT",
            "DefaultSizeInspectionLimit",
        ),
    ),
]


@pytest.fixture(scope="module")
def sources(templates: Templates) -> Templates:
    """Return the templates of the stacks, and the bootstrap template with the bucket of their region."""
    bootstrap = (ROOT / "out" / "bootstrap" / "network.yaml").read_text("utf-8")
    return {**templates, "network-bootstrap": load(bootstrap)}


def value(templates: Templates, fact: Fact) -> str:
    """Return the value of a template as a sentence has it; the test fails if the template has none."""
    node: Any = templates
    for key in fact.place:
        try:
            node = node[key]
        except (KeyError, IndexError):
            place = " ".join(map(str, fact.place))
            pytest.fail(
                f"There is no {key}: {place}. In docs/{fact.page}.md and its translation, remove the "
                f"sentence like {fact.sentences[0]!r}. In FACTS of tests/docs/test_facts.py, remove the fact "
                "or correct its place."
            )
    if fact.divisor != 1:
        assert int(node) % fact.divisor == 0
        return str(int(node) // fact.divisor)
    if least := re.match(r"IF\(\w+ >= (\d+), ", str(node)):  # what a metric must have for the rest to count
        return least[1]
    return str(node).removeprefix("KB_")


@pytest.mark.parametrize("language", LANGUAGES, ids=["English", "Japanese"][: len(LANGUAGES)])
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.page}: {fact.place[2]}")
def test_sentence_has_the_value_of_the_template(sources: Templates, fact: Fact, language: str) -> None:
    """A changed value of a template names the sentences that repeat it."""
    pattern = fact.sentences[LANGUAGES.index(language)]
    if not pattern:
        return
    page = f"docs/{fact.page}{language}.md"

    text = " ".join((ROOT / page).read_text("utf-8").split())  # a line may end anywhere
    written = re.findall(pattern, text)

    expected = value(sources, fact)
    assert written, f"{page} has no sentence like {pattern!r}. Correct it, or the pattern in this test."
    assert set(written) == {expected}, f"{page}: {pattern!r} says {written}. Write {expected}: {fact.place}."


@pytest.mark.parametrize("language", LANGUAGES, ids=["English", "Japanese"][: len(LANGUAGES)])
def test_variables_of_the_function_are_listed(templates: Templates, language: str) -> None:
    """The page for developers names each environment variable of the function, and no other one."""
    page = ROOT / "docs" / f"application{language}.md"
    (line,) = re.findall(
        r"^- [^\n]*`ENVIRONMENT`.*?(?=\n- )", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    function = templates["api"]["Resources"]["ApiFunction"]["Properties"]

    assert set(re.findall("`([A-Z_]+)`", line)) == set(function["Environment"]["Variables"]), (
        f"Name exactly the variables of ApiFunction in docs/application{language}.md, in the line with "
        "`ENVIRONMENT`, in both languages."
    )
