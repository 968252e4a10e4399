"""Runs our rules over the templates that cfn-lint's authors call good: ``make corpus``.

Needs the package index: the source distribution of the installed cfn-lint is downloaded for the run. What is
found must be listed below with the reason why it is no false alarm; anything else ends with exit status 1.
"""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path

from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode
from cfnlint.template import Template

from csr_templates.rules import RULES

from ..rules.harness import framed

GOOD = "test/fixtures/templates/good"
REGION = "us-east-1"  # most of the templates name it

# Rule -> why what it finds in the corpus is really so.
EXPECTED = {
    "E9600": "The alarm is there to show mutually exclusive properties; it has no action and no description.",
    "E9500": "The templates are there to show cfn-lint's own configuration, which gives no reasons.",
    "W9621": "The groups have no egress rules, so EC2 lets everything out.",
}


def download(folder: Path) -> Path:
    """Return the folder with the good templates of the cfn-lint that is installed."""
    version = importlib.metadata.version("cfn-lint")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"),
            *("--no-build-isolation", "--dest", str(folder), f"cfn-lint=={version}"),
        ],
        check=True,
    )
    (archive,) = folder.glob("cfn*lint-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (root,) = (path for path in folder.iterdir() if path.is_dir())
    return root / GOOD


def main() -> int:
    """Print every finding and how many there were of each rule."""
    rules = framed(*(made() for made in RULES))
    config = ConfigMixIn(["--config-file", os.devnull], regions=[REGION])
    counts: Counter[str] = Counter()
    read = 0
    with tempfile.TemporaryDirectory() as temporary:
        good = download(Path(temporary))
        for file in sorted(path for path in good.rglob("*") if path.suffix in (".yaml", ".yml", ".json")):
            template, broken = decode(str(file))
            if broken or not isinstance(template, dict) or "Resources" not in template:
                continue
            read += 1
            cfn = Template(str(file), template, [REGION])
            if cfn.transform():
                continue
            for match in rules.run(str(file), cfn, config):
                if match.rule.id[1] == "9":
                    counts[match.rule.id] += 1
                    print(f"{file.relative_to(good)}:{match.linenumber}: {match.rule.id} {match.message}")
    for rule, count in sorted(counts.items()):
        print(f"{rule}: {count}. {EXPECTED.get(rule, 'NOT EXPECTED')}")
    print(f"{read} templates, {sum(counts.values())} findings.")
    return int(bool(set(counts) - set(EXPECTED)))


if __name__ == "__main__":
    sys.exit(main())
