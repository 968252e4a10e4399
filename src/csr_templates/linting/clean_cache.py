"""Remembers which templates were linted clean, so that a build does not lint them again.

An entry is a small file, named by the digest of everything that a lint depends on: the text, the region
and the parameter values, the version of cfn-lint and of its resource schemas, and the code of our own rules.
Findings are never kept. Whatever is wrong with the cache, the worst that happens is another lint: the folder
may be deleted at any time, shared between users and machines, unwritable, or full of rubbish.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from csr_templates.cloudformation import schemas


def default_folder() -> Path | None:
    """Return where this platform keeps what programs can make again; None where the user has no home.

    A relative XDG_CACHE_HOME is ignored: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if not home.is_absolute():
        return None
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        given = Path(os.environ.get("XDG_CACHE_HOME", ""))
        base = given if given.is_absolute() else home / ".cache"
    return Path(base) / "csr-templates" / "lint"


def key(text: str, region: str, parameters: Mapping[str, str]) -> str:
    """Return the digest of a lint: another one for everything that could change what it finds.

    Args:
        text: the template.
        region: the region that it is linted for.
        parameters: the values that replace the parameters' defaults.
    """
    lint = json.dumps([_linter(), region, dict(parameters), text], sort_keys=True)
    return hashlib.sha256(lint.encode()).hexdigest()


def is_clean(folder: Path, digest: str) -> bool:
    """Tell whether this lint is known to find nothing."""
    try:
        return (folder / digest).read_bytes() == _entry(digest)
    except OSError:
        return False


def remember_clean(folder: Path, digest: str) -> None:
    """Keep that this lint found nothing; where that is not possible, do nothing."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / digest).write_bytes(_entry(digest))


def _entry(digest: str) -> bytes:
    """Return what an entry holds: with its own name, an entry that is cut short or renamed proves nothing."""
    return f"csr-templates: linted clean\n{digest}\n".encode("ascii")


@cache
def _linter() -> list[str]:
    """Return what a lint depends on beside the template.

    Read from files, since importing cfn-lint takes 0.4 s. importlib.metadata is cheap beside that alone.
    """
    import importlib.metadata

    package = Path(__file__).parents[1]
    ours = [*sorted((package / "linting").glob("*.py")), *sorted((package / "rules").rglob("*.py"))]
    return [
        importlib.metadata.version("cfn-lint"),
        _digest(schemas.data_folder() / "schemas" / "version.json"),
        *(f"{path.relative_to(package).as_posix()} {_digest(path)}" for path in ours),
    ]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
