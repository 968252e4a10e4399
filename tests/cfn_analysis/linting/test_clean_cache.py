"""The cache of clean lints: the key of an entry, and errors that must not have an effect."""

import subprocess
import sys
from pathlib import Path

import pytest

from cfn_analysis.linting import clean_cache as cache

DIGEST = cache.key("Resources: {}", "ap-northeast-1", {})
OTHER = cache.key("Resources: {}", "us-east-1", {})


@pytest.mark.parametrize(
    ("text", "region", "parameters"),
    [
        ("Resources: {} ", "ap-northeast-1", {}),
        ("Resources: {}", "us-east-1", {}),
        ("Resources: {}", "ap-northeast-1", {"A": "b"}),
        ("Resources: {}", "ap-northeast-1", {"A": ""}),
    ],
    ids=["text", "region", "parameters", "empty parameter"],
)
def test_another_lint_is_another_key(text: str, region: str, parameters: dict[str, str]) -> None:
    """The text, the region and the values are part of the key."""
    assert cache.key(text, region, parameters) != DIGEST


def test_order_of_parameters_does_not_matter() -> None:
    """The same values in another order have the same key."""
    digest = cache.key("", "us-east-1", {"A": "1", "B": "2"})

    assert digest == cache.key("", "us-east-1", {"B": "2", "A": "1"})


@pytest.mark.parametrize(
    "what",
    ["version", "version.json", "misspelt_metric.py", "spellings.txt", "access_properties.py", "runner.py"],
)
def test_another_linter_is_another_key(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """A new cfn-lint, newer schemas, and changed code or a changed table of the rules cause a new lint."""
    digest_of = cache._digest
    if what == "version":
        monkeypatch.setattr("importlib.metadata.version", lambda name: "0.0.1")
    else:
        monkeypatch.setattr(
            cache, "_digest", lambda path: "changed" if path.name == what else digest_of(path)
        )
    cache._linter.cache_clear()
    try:
        assert cache.key("Resources: {}", "ap-northeast-1", {}) != DIGEST
    finally:
        monkeypatch.undo()
        cache._linter.cache_clear()


def test_remembers(tmp_path: Path) -> None:
    """Only saved entries are found."""
    folder = tmp_path / "a" / "b"
    assert not cache.is_clean(folder, DIGEST)

    cache.remember_clean(folder, DIGEST)

    assert cache.is_clean(folder, DIGEST)
    assert not cache.is_clean(folder, OTHER)
    assert [path.name for path in folder.iterdir()] == [DIGEST]


@pytest.mark.parametrize("rubbish", [b"", b"\0\xff", b"csr-templates: linted clean\n", b"x" * 10_000])
def test_an_invalid_entry_counts_as_missing(tmp_path: Path, rubbish: bytes) -> None:
    """An incomplete file, or one of another program, does not count as clean, and is replaced."""
    (tmp_path / DIGEST).write_bytes(rubbish)

    assert not cache.is_clean(tmp_path, DIGEST)
    cache.remember_clean(tmp_path, DIGEST)
    assert cache.is_clean(tmp_path, DIGEST)


def test_an_entry_with_another_name_counts_as_missing(tmp_path: Path) -> None:
    """An entry contains its name."""
    cache.remember_clean(tmp_path, DIGEST)
    (tmp_path / DIGEST).rename(tmp_path / OTHER)

    assert not cache.is_clean(tmp_path, OTHER)


def test_a_folder_in_the_place_of_an_entry(tmp_path: Path) -> None:
    """A folder with the name of an entry does not count as clean."""
    (tmp_path / DIGEST).mkdir()

    cache.remember_clean(tmp_path, DIGEST)
    assert not cache.is_clean(tmp_path, DIGEST)
    assert [path.name for path in tmp_path.iterdir()] == [DIGEST]


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    """If the cache cannot be written, the lint continues."""
    place = tmp_path / "file"
    place.write_text("mine")

    cache.remember_clean(place, DIGEST)
    assert not cache.is_clean(place, DIGEST)
    assert place.read_text() == "mine"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is for Linux and its like")
def test_folder_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On Linux the cache is in XDG_CACHE_HOME, otherwise in ~/.cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.default_folder("csr-templates") == tmp_path / "csr-templates" / "lint"

    monkeypatch.setenv("HOME", "/home/somebody")
    for nowhere in ("", "relative"):  # ignored according to the specification
        monkeypatch.setenv("XDG_CACHE_HOME", nowhere)
        assert cache.default_folder("csr-templates") == Path("/home/somebody/.cache/csr-templates/lint")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.default_folder("csr-templates") == Path("/home/somebody/.cache/csr-templates/lint")

    monkeypatch.setenv("HOME", "somewhere")
    assert cache.default_folder("csr-templates") is None


def test_no_home_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a home folder, there is no cache."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)

    assert cache.default_folder("csr-templates") is None


def test_a_key_costs_no_import_of_cfn_lint(tmp_path: Path) -> None:
    """Looking up an entry does not import cfn-lint."""
    code = (
        "import sys\nfrom cfn_analysis.linting import clean_cache\n"
        "clean_cache.key('', '', {})\nprint('cfnlint' in sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout

    assert printed == "False\n"
