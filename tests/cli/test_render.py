"""``csr-templates render``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from csr_templates import STACKS
from csr_templates.assembly import files
from csr_templates.cli import main as cli


def test_prints_what_a_build_writes(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The YAML on standard output is the file, byte for byte."""
    cli.main(["build", "--no-lint", "--quiet", "--output", str(out)])

    assert cli.main(["render", "site"]) == 0
    assert capsys.readouterr() == ((out / "site.yaml").read_text("ascii"), "")


def test_renders_lf_and_loads_no_linter(tmp_path: Path) -> None:
    """``python -m csr_templates render`` prints the real stack's bytes without paying for cfn-lint."""
    program = (
        "import sys; from csr_templates.cli.main import main; code = main(['render', 'network']); "
        "print(sorted({'cfnlint', 'boto3'} & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    wanted = files.render(STACKS[0]).encode("ascii")
    for arguments, said in ((["-c", program], b"[]\n"), (["-m", "csr_templates", "render", "network"], b"")):
        done = subprocess.run([sys.executable, *arguments], cwd=tmp_path, capture_output=True, check=True)
        assert (done.stdout, done.stderr.replace(b"\r", b"")) == (wanted, said)
