"""``make dist``: the wheel and the zip of out/ of a release."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from release import dist

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A release."""
    return dist.make(tmp_path_factory.mktemp("dist"))


def test_same_bytes_everywhere(release: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the clock, nor the umask, nor the seed of hashes, nor the times of files reach a release."""
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    mask = os.umask(0o077)
    try:
        again = dist.make(tmp_path)
    finally:
        os.umask(mask)

    assert [(file.name, file.read_bytes()) for file in release] == [
        (file.name, file.read_bytes()) for file in again
    ]
    sums = dict(line.split("  ")[::-1] for line in release[-1].read_text().splitlines())
    assert sums == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in release[:2]}


def test_wheel_can_be_installed_and_the_zip_is_out(release: list[Path], tmp_path: Path) -> None:
    """Pip accepts the wheel; unpacking the zip gives out/ as it is in the repository."""
    wheel, zipped, _ = release
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps"]
    subprocess.run([*pip, "--no-index", "--target", str(tmp_path / "site"), str(wheel)], check=True)
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "unpacked")

    assert (tmp_path / "site" / "csr_templates" / "hand_over" / "stacks.schema.json").exists()
    assert dist.listed(tmp_path / "unpacked" / "out") == dist.listed(ROOT / "out")


@pytest.mark.parametrize("edit", ["change", "remove"])
def test_refuses_what_no_build_wrote(tmp_path: Path, edit: str) -> None:
    """An edited or missing file ends it with a sentence; nothing is written."""
    shutil.copytree(ROOT / "out", tmp_path / "out")
    file = tmp_path / "out" / "main.yaml"
    if edit == "change":
        file.write_text("# edited\n")
    else:
        file.unlink()

    with pytest.raises(dist.DistError, match=r"main\.yaml.* Run make templates\."):
        dist.make(tmp_path / "dist", tmp_path / "out")
    assert not (tmp_path / "dist").exists()
