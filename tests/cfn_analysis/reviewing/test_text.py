"""The report as text, and its colours."""

import re
import sys

import pytest

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.text import as_text, coloured
from csr_templates.cli import main as cli

from .own_changes import OUT, own_side
from .own_openings import OPENINGS


def test_colour_is_only_for_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Color is the only difference. NO_COLOR and output to a pipe disable it."""
    side = own_side()
    plain = as_text(report.review(side, OPENINGS["log retention shortened"](side)))
    assert re.sub(r"\033\[[0-9;]*m", "", coloured(plain)) == plain
    assert "\033[33mguard\033[0m  network.FlowLogsLogGroup" in coloured(plain)
    arguments = ["review", "--before", str(OUT / "main.yaml"), "--after", str(OUT / "main.yaml")]
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for is_terminal, no_colour, expected in ((False, "", False), (True, "", True), (True, "1", False)):
        monkeypatch.setattr(sys.stdout, "isatty", lambda answer=is_terminal: answer)
        monkeypatch.setenv("NO_COLOR", no_colour)
        assert cli.main(arguments) == 0
        assert ("\033" in capsys.readouterr().out) is expected
