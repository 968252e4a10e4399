"""Runs our rules over good templates: ``make corpus``, or ``make corpus ARGS="FOLDER ..."``.

Without a folder, the source distribution of the installed cfn-lint, whose authors call its templates good, is
downloaded for the run. A folder is a checkout of published samples, for example of the repositories in
corpus.yaml; nothing of them is kept here. Each rule that finds something must be listed there, with the
reason why it is no false alarm. Ends with 1 if one is not listed, and with 2 if a folder is not there.
"""

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

from cfn_analysis.rules import RULES
from tests.cfn_analysis.rules.harness import only
from tests.data import read_yaml

GOOD = "test/fixtures/templates/good"
SUFFIXES = (".json", ".template", ".yaml", ".yml")
REGION = "us-east-1"  # most of the templates name it

_JUDGED = read_yaml(Path(__file__).with_suffix(".yaml"))
EXPECTED: dict[str, str] = _JUDGED["cfn-lint"]
EXPECTED_IN_SAMPLES: dict[str, str] = _JUDGED["in samples"]


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


def findings(folder: Path) -> tuple[int, Counter[str]]:
    """Print every finding in the templates below a folder, and return how many were read and found."""
    rules = only(*(rule() for rule in RULES))
    config = ConfigMixIn(["--config-file", os.devnull], regions=[REGION])
    counts: Counter[str] = Counter()
    read = 0
    for file in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
        if b"AWS::" not in file.read_bytes():
            continue
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
                print(f"{file.relative_to(folder)}:{match.linenumber}: {match.rule.id} {match.message}")
    return read, counts


def judge(name: str, folder: Path, expected: dict[str, str]) -> set[str]:
    """Print what there is in a folder, and return the rules whose findings nobody has judged."""
    read, counts = findings(folder)
    for rule, count in sorted(counts.items()):
        print(f"{rule}: {count}. {expected.get(rule, 'NOT JUDGED')}")
    print(f"{name}: {read} templates, {sum(counts.values())} findings.")
    return set(counts) - set(expected)


def main() -> int:
    """Print every finding, and how many there were of each rule."""
    folders = [Path(argument) for argument in sys.argv[1:]]
    for folder in folders:
        if not folder.is_dir():
            print(f"{folder} is not a folder. Name checkouts of templates.", file=sys.stderr)
            return 2
    open_questions = set()
    if folders:
        for folder in folders:
            open_questions |= judge(folder.name, folder, {**EXPECTED, **EXPECTED_IN_SAMPLES})
    else:
        with tempfile.TemporaryDirectory() as temporary:
            open_questions = judge("cfn-lint", download(Path(temporary)), EXPECTED)
    if open_questions:
        print(
            f"Not judged: {', '.join(sorted(open_questions))}. Correct the rule if it is wrong; otherwise "
            "say why it is right in tests/acceptance/catalogue/corpus.yaml.",
            file=sys.stderr,
        )
    return int(bool(open_questions))


if __name__ == "__main__":
    sys.exit(main())
