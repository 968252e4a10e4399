"""The words of the pages, the code and the templates: the ones that AWS's documentation would use."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from .pages import ROOT

# What is not written -> what is written instead. CONTRIBUTING.md shows the list to writers.
WORDS = {
    r"\bmend(s|ed|ing)?\b": "fix, repair",
    r"\banew\b|\bonce more\b": "again",
    r"\bwhoever\b|\bsomebody\b|\banybody\b": "the operator, the caller, anyone, or the role's name",
    r"\bstands? (here|there)\b": "is here, is there, appears",
    r"\bin us-east-1 alone\b": "only in us-east-1",
    r"\bby the alphabet\b": "alphabetically",
    r"\bfor ever\b": "never expires, forever",
    r"\bfor want of\b": "without, because there is no",
    r"\ba (name|key|line|page|section) of its own\b": "its own, a unique, a separate",
    r"\bshuts? [\w ]+ out\b": "does not allow",
    r"\bis due\b": "is needed, is required",
    r"(?<!there )\bis (?-i:no) (?!longer|more|such)[a-z]+\b": "is not a",
    r"\bturn(s|ed)? [\w ]{0,20}away\b": "throttled, refused",
    r"\bis paid by\b": "is billed by",
    r"\bcannot stand\b": "is not allowed",
    r"\bstands? where\b": "found ..., expected ...",
    r"\bleads? around\b": "bypasses",
    r"\bgo(es)? on [a-z]+ing\b": "keeps ...ing",
}
# The same for Japanese, where AWS Japan has one term: in the pages, and in the generated words.
JAPANESE_TERMS = {
    r"権限": "アクセス許可",
    r"端末": "ターミナル",
    r"障害対応|インシデントの対応": "インシデント対応",
    r"オリジンの ?API ?キー|オリジン ?API ?キー": "オリジンキー",
    r"疑似パラメータ": "擬似パラメータ",
}
JAPANESE_FILES = [*sorted(ROOT.glob("*.ja.md")), *sorted((ROOT / "docs").rglob("*.ja.*"))]
TEXTS = (".py", ".js", ".json", ".md", ".txt", ".yaml")
# What is generated from a file of others, or quotes it.
FILES = [
    *sorted(file for file in (ROOT / "src").rglob("*.*") if file.suffix in TEXTS),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "out").rglob("*.yaml")),
    ROOT / "out" / "reference.md",
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "build.py", "Makefile", "setup.cfg")),
]


def findings(files: Iterable[Path], words: Mapping[str, str]) -> Iterator[str]:
    """Yield place and replacement of each phrase that is not written."""
    for file in files:
        text = file.read_text("utf-8")
        for phrase, instead in words.items():
            for match in re.finditer(phrase, text, re.IGNORECASE):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{file.relative_to(ROOT)}:{line}: {match[0]!r}: write {instead}"


def test_words() -> None:
    """No file has a phrase that a native reader would stumble over."""
    assert list(findings(FILES, WORDS)) == []


def test_japanese_terms() -> None:
    """The Japanese pages use one term for each thing."""
    assert list(findings(JAPANESE_FILES, JAPANESE_TERMS)) == []


@pytest.mark.parametrize(
    "text", ["必要な権限", "端末を開く", "障害対応の担当者", "オリジン API キー", "疑似パラメータ"]
)
def test_japanese_terms_are_found(text: str) -> None:
    """The list finds the other terms."""
    assert [term for term in JAPANESE_TERMS if re.search(term, text)]


@pytest.mark.parametrize(
    "phrase",
    [
        "Mend the file.",
        "It is no ARN.",
        "a key of its own",
        "Whoever deploys",
        "It leads around WAF.",
        "once\u00a0more",
    ],
)
def test_words_are_found(phrase: str) -> None:
    """The list finds what it lists."""
    assert any(re.search(pattern, phrase.replace("\u00a0", " "), re.IGNORECASE) for pattern in WORDS)
