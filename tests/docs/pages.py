"""Markdown pages taken apart: headings, fenced blocks, tables, links."""

import re
import shlex
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs" / "operations.md"
DEPLOYING = ROOT / "docs" / "deploying.md"
TROUBLESHOOTING = ROOT / "docs" / "troubleshooting.md"
TROUBLESHOOTING_JA = ROOT / "docs" / "troubleshooting.ja.md"
HAND_OVER = ROOT / "docs" / "hand-over.md"
HAND_OVER_JA = ROOT / "docs" / "hand-over.ja.md"
RECOVERY = ROOT / "docs" / "recovery.md"
OPERATIONS_JA = ROOT / "docs" / "operations.ja.md"
CHANGES = ROOT / "docs" / "changes.md"
CHANGES_JA = ROOT / "docs" / "changes.ja.md"
AUDIT = ROOT / "docs" / "audit.md"
RECOVERY_JA = ROOT / "docs" / "recovery.ja.md"
PERMISSIONS = ROOT / "docs" / "permissions.md"
PERMISSIONS_JA = ROOT / "docs" / "permissions.ja.md"
BY_OPERATORS = "When the first create fails"  # a section of the hand-over that is no part of the pipeline
PREFLIGHT = ROOT / "docs" / "preflight.md"
ACCESS_LOG = ROOT / "docs" / "access-log.md"
ACCESS_LOG_JA = ROOT / "docs" / "access-log.ja.md"
ON_CALL = ROOT / "docs" / "on-call.md"
ON_CALL_JA = ROOT / "docs" / "on-call.ja.md"
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"

JAPANESE = (ROOT / "docs" / "words.ja.json").is_file()  # without it, the team has no Japanese pages

Row = list[str]

# What a person must choose is a word in capitals in a call (``roll-back LAMBDA_VERSION``), or is empty in the
# script of the hand-over (``stack=''``), so that nothing runs unread. The tests choose this.
CHOSEN_SNAPSHOT = "csr-lambda-api-prod-before-deploy-20261125-013000"
_KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
CHOICES = {
    "ADDRESS": "203.0.113.7",
    "API_ID": "a1b2c3d4e5",
    "ARN": _KEY,
    "BACKUP": "cluster-DELETED",
    "BEFORE": "11111111-1111-1111-1111-111111111111",
    "ACCESS_KEY": "AKIAIOSFODNN7EXAMPLE",
    "CHANGE_SET": "arn:aws:cloudformation:ap-northeast-1:123456789012:changeSet/"
    "awscli-cloudformation-package-deploy-1/1",
    "EMAIL": "oncall@example.com",
    "ENDPOINT": "csr-lambda-api-prod-aurora-cluster.cluster-a1.ap-northeast-1.rds.amazonaws.com",
    "ENGINE_VERSION": "8.0.mysql_aurora.3.10.0",
    "FILE": "addresses.json",
    "HOURS": "2",
    "ID": "7",
    "INNER": "CrossSiteScripting_BODY",
    "INSTANCE": "csr-lambda-api-prod-database-databaseinstance1-x",
    "KEY": "b",
    "KEY_ARN": _KEY,
    "LAMBDA_VERSION": "1",
    "LINK": "https://sns.us-east-1.amazonaws.com/confirmation.html"
    "?TopicArn=arn:aws:sns:us-east-1:123456789012:FrontendAlarmTopicArn&Token=2336412f37&Endpoint=a@example.com",
    "LOGICAL_ID": "VPC",
    "NAME": "csr-lambda-api-prod-logs-key",
    "NOW": "22222222-2222-2222-2222-222222222222",
    "NUMBER": "50",
    "PATH": "/api/v1/health",
    "PHONE": "+819012345678",
    "REGION": "ap-northeast-1",
    "RULE": "common-rules",
    "SECRET": "csr-lambda-api-prod-db-credentials",
    "SINCE": "2026-11-25T00:00:00+09:00",
    "SNAPSHOT": CHOSEN_SNAPSHOT,
    "STACK": "network",
    "TEXT": "unreachable",
    "TIME": "2027-01-01T09:00:00+09:00",
    "UNTIL": "2026-11-25T15:00:00Z",
    "USER": "kudo",
    "VERSION": "3sL4kqtJlcpXroDTDmJrmSpXd3dIbrHY",
    "ZONE": "1",
    "environment": "prod",
    "parameters": '{"PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limits"}',
    "policies": "detached",
    "role": "deploy-csr-lambda-api-prod-network",
    "stack": "network",
}


def shell_function(name: str) -> str:
    """Return the code of a function of bash on the page for pipelines."""
    text = HAND_OVER.read_text(encoding="utf-8")
    (code,) = re.findall(rf"^{name}\(\) \{{.*?^\}}", text, re.MULTILINE | re.DOTALL)
    return f"{code}\n"


def calls(page: "Page") -> list[str]:
    """Return the calls of ``csr-operate`` in the blocks of a page."""
    lines = "".join(block.code + "\n" for block in page.shell()).splitlines()
    return [line.strip() for line in lines if line.strip().startswith("csr-operate ")]


def in_each_language(*pages: Path) -> list[Path]:
    """Return pages, without those in Japanese if the team has none."""
    return [page for page in pages if JAPANESE or not page.name.endswith(".ja.md")]


@dataclass(frozen=True)
class Block:
    """A fenced block: its place, its language, and its text."""

    chapter: str
    line: int
    language: str
    text: str
    section: str = ""

    @property
    def code(self) -> str:
        """The text without comments, which are in the page's language."""
        lines = [re.sub(r"(^|\s)# .*$", "", line).rstrip() for line in self.text.splitlines()]
        return "\n".join(line for line in lines if line)


def choices(text: str) -> list[str]:
    """Return the names of what a person must choose in a block of the hand-over."""
    return re.findall(r"^(\w+)=''(?= |$)", text, re.MULTILINE)


def filled(text: str, **chosen: str) -> str:
    """Return the text of a block with what a person chooses in it."""
    values = {**CHOICES, **chosen}
    for name, value in values.items():
        text = re.sub(rf"^{name}=''(?= |$)", f"{name}={shlex.quote(value)}", text, flags=re.MULTILINE)

    def chosen_words(line: str) -> str:
        words = r"(?<=[ =])('?)([A-Z][A-Z_]+)\1(?= |$)"
        return re.sub(words, lambda word: shlex.quote(values.get(word[2], word[2])), line)

    lines = text.split("\n")
    typed = re.compile(r"\s*(?:csr-operate|aws) ")
    return "\n".join(chosen_words(line) if typed.match(line) else line for line in lines)


@dataclass(frozen=True)
class Table:
    """A table: the heading above it, and its rows of cells without the heading row."""

    heading: str
    rows: list[Row]


@dataclass(frozen=True)
class Page:
    """A page: its headings with their level, blocks, tables, and text line by line without the blocks."""

    path: Path
    headings: list[tuple[int, str]]
    blocks: list[Block]
    tables: list[Table]
    prose: list[str]

    def shell(self) -> list[Block]:
        """The blocks that an operator would paste into a terminal."""
        return [block for block in self.blocks if block.language == "sh"]

    def table(self, heading: str) -> Table:
        """The only table under a heading."""
        (table_of_heading,) = [table for table in self.tables if table.heading == heading]
        return table_of_heading

    def anchors(self) -> set[str]:
        """What a link can point at: headings, named as GitHub names them, and explicit anchors."""
        explicit = re.findall(r'<a id="([^"]+)"></a>', "\n".join(self.prose))
        return {*(slug(title) for _, title in self.headings), *explicit}

    def links(self) -> list[str]:
        """The targets of all links outside of blocks."""
        text = re.sub(r"`[^`]*`", "", "\n".join(self.prose))
        return re.findall(r"\]\(([^)\s]+)\)", text)


def slug(title: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    plain = re.sub(r"[`*]", "", title).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def cells(line: str) -> Row:
    """Split a row of a table into its cells."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def spans(text: str) -> list[str]:
    """Return the texts in backticks."""
    return re.findall(r"`([^`]+)`", text)


def numbers(text: str) -> list[str]:
    """Return the numbers of a text, without separators of thousands and outside of backticks. Twice is 2."""
    plain = re.sub(r"`[^`]*`|\]\([^)]*\)", " ", text)
    plain = re.sub(r"\btwice\b", "2", plain)
    written = re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", plain, re.ASCII)
    return [number.rstrip(",").replace(",", "") for number in written]


SPELLED = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def same_numbers(english: str, japanese: str) -> bool:
    """Return whether the numbers are the same. The English text may spell out one to twelve."""
    words = re.findall(r"[a-z]+", english.lower())
    spelled = Counter(str(SPELLED.index(word) + 1) for word in words if word in SPELLED)
    digits, others = Counter(numbers(english)), Counter(numbers(japanese))
    return digits <= others <= digits + spelled


@cache  # a page may have hundreds of links to itself
def read(path: Path) -> Page:
    """Take a page apart."""
    headings: list[tuple[int, str]] = []
    blocks: list[Block] = []
    tables: list[Table] = []
    prose: list[str] = []
    chapter = title = section = ""
    lines = iter(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        if fence := re.match(r"( *)```(\w*)", line):
            text = []
            for _, inner in lines:
                if inner.strip() == "```":
                    break
                text.append(inner.removeprefix(fence[1]))
            blocks.append(Block(chapter, number, fence[2], "\n".join(text) + "\n", section))
            continue
        prose.append(line)
        if heading := re.match(r"(#+) (.*)", line):
            level, title = len(heading[1]), heading[2]
            headings.append((level, title))
            chapter = title if level == 2 else chapter
            section = title if level <= 3 else section
        elif re.match(r"\|(-+\|)+$", line):
            tables.append(Table(title, []))
        elif line.startswith("|") and tables and prose[-2].startswith("|"):
            tables[-1].rows.append(cells(line))
    return Page(path, headings, blocks, tables, prose)
