"""What a release hands out: the wheel, a zip of ``out/``, and the SHA-256 of both. ``make dist`` runs it.

The same commit gives the same bytes on every machine: entries are sorted, have one date and mode, and are not
compressed, since releases of zlib differ in what they make of the same data. The wheel names the version of
setuptools, which ``constraints.txt`` pins.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold
SOURCES = ("setup.cfg", "pyproject.toml", "README.md", "src")


class DistError(Exception):
    """The release cannot be made; the message says what to do."""


def make(destination: Path, out: Path = ROOT / "out") -> list[Path]:
    """Write the files of a release and return their paths.

    Args:
        destination: a folder, whose files of an earlier release are replaced.
        out: the output folder; it must be what a build wrote.

    Raises:
        DistError: a file of the output folder is not the one that its manifest lists.
    """
    contents = listed(out)
    destination.mkdir(parents=True, exist_ok=True)
    for old in (*destination.glob("csr_templates-*"), *destination.glob("SHA256SUMS")):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        built = wheel(Path(folder))
        name = built.name
        with zipfile.ZipFile(built) as archive:
            entries = {path: archive.read(path) for path in archive.namelist()}
    distribution, version, *_ = name.split("-")
    packed_wheel = destination / name
    packed_output = destination / f"{distribution}-{version}-out.zip"
    pack(entries, packed_wheel)
    pack({f"out/{path}": data for path, data in contents.items()}, packed_output)
    sums = ""
    for file in (packed_wheel, packed_output):
        sums += f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
    (destination / "SHA256SUMS").write_bytes(sums.encode("ascii"))
    return [packed_wheel, packed_output, destination / "SHA256SUMS"]


def listed(out: Path) -> dict[str, bytes]:
    """Return path -> content of what the manifest lists, and of the manifest.

    Raises:
        DistError: a file is missing, or is not what the build wrote.
    """
    try:
        manifest = (out / "stacks.json").read_bytes()
        contents = {path: (out / path).read_bytes() for path in json.loads(manifest)["files"]}
    except OSError as error:
        raise DistError(f"Cannot read {error.filename}: {error.strerror}. Run make templates.") from error
    for path, entry in json.loads(manifest)["files"].items():
        if hashlib.sha256(contents[path]).hexdigest() != entry["sha256"]:
            raise DistError(f"{out / path} is not the file that stacks.json lists. Run make templates.")
    return {**contents, "stacks.json": manifest}


def wheel(folder: Path) -> Path:
    """Build the wheel from a copy of the sources, with the build tools of this environment."""
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "wheel", "--no-deps"]
    subprocess.run(
        [*pip, "--no-build-isolation", "--wheel-dir", str(folder), str(source)],
        check=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"},
    )
    (built,) = folder.glob("csr_templates-*.whl")
    return built


def pack(entries: Mapping[str, bytes], file: Path) -> None:
    """Write a zip that depends on nothing but names and contents."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        # A wheel lists its own files last:
        # https://packaging.python.org/en/latest/specifications/binary-distribution-format/
        for name in sorted(entries, key=lambda path: (".dist-info/" in path, path)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, whose modes follow
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, entries[name])


if __name__ == "__main__":
    try:
        for file in make(ROOT / "dist"):
            print(file.relative_to(ROOT))
    except DistError as error:
        sys.exit(f"make dist: {error}")
