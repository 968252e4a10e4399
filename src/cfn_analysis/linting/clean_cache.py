"""Cache of templates that were linted without findings, so that a build does not lint them again.

An entry is a small file, named by the digest of all inputs of a lint: the text, the region and the
parameter values, the version of cfn-lint and of its resource schemas, and the code and tables of the rules.
Findings are never stored. A missing or wrong entry only causes another lint: the folder can be deleted at any
time, shared between users and machines, read-only, or contain other files.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from cfn_analysis.model import schemas

_SUFFIXES: Final = (".py", ".txt", ".yaml")  # the code, and the tables of the rules


def default_folder(product: str) -> Path | None:
    """Return the cache folder of a product on this platform; None if the user does not have a home folder.

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
        base = Path(os.environ.get("XDG_CACHE_HOME", ""))
        if not base.is_absolute():
            base = home / ".cache"
    return Path(base) / product / "lint"


def key(text: str, region: str, parameters: Mapping[str, str]) -> str:
    """Return the digest of a lint, which is different for every input that can change its findings."""
    lint = json.dumps([_linter(), region, dict(parameters), text], sort_keys=True)
    return hashlib.sha256(lint.encode()).hexdigest()


def is_clean(folder: Path, digest: str) -> bool:
    """Return whether the cache has an entry for this lint."""
    try:
        return (folder / digest).read_bytes() == _entry(digest)
    except OSError:
        return False


def remember_clean(folder: Path, digest: str) -> None:
    """Write the entry of a lint without findings; errors are ignored."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / digest).write_bytes(_entry(digest))


def _entry(digest: str) -> bytes:
    """Return the content of an entry; it has its name, so that incomplete or renamed files do not count."""
    return f"linted clean\n{digest}\n".encode("ascii")


@cache
def _linter() -> list[str]:
    """Return the inputs of a lint other than the template.

    Read from files, because importing cfn-lint takes 0.4 s.
    """
    import importlib.metadata

    package = Path(__file__).parents[1]
    inputs = [
        importlib.metadata.version("cfn-lint"),
        _digest(schemas.data_folder() / "schemas" / "version.json"),
    ]
    for folder in ("linting", "model", "rules"):
        files = sorted((package / folder).rglob("*.*"))
        ours = [file for file in files if file.suffix in _SUFFIXES]
        inputs += [f"{file.relative_to(package).as_posix()} {_digest(file)}" for file in ours]
    return inputs


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
