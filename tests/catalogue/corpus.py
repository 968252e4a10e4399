"""Runs our rules over good templates of others: ``make corpus``, or ``make corpus ARGS="FOLDER ..."``.

Needs the package index: the source distribution of the installed cfn-lint, whose authors call its templates
good, is downloaded for the run. A folder is a checkout of published samples, for example of the repositories
in ``SAMPLES``; nothing of them is kept here. What is found must be listed below with the reason why it is no
false alarm; anything else ends with exit status 1.
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
SUFFIXES = (".json", ".template", ".yaml", ".yml")
REGION = "us-east-1"  # most of the templates name it

# Published samples that were looked through, on GitHub.
SAMPLES = (
    "aws-cloudformation/aws-cloudformation-templates",
    "aws-ia/cfn-ps-aws-vpc",
    "aws-quickstart/quickstart-aws-vpc",
    "aws-samples/amazon-cloudfront-secure-static-site",
    "aws-samples/aws-secure-environment-accelerator",
    "aws-samples/ecs-refarch-cloudformation",
    "widdix/aws-cf-templates",
)

# Rule -> why what it finds in the corpus is really so.
EXPECTED = {
    "E9600": "The alarm is there to show mutually exclusive properties; it has no action and no description.",
    "W9500": "The templates are there to show cfn-lint's own configuration, which gives no reasons.",
    "W9621": "The groups have no egress rules, so EC2 lets everything out.",
    "E9506": "AllowedValues holds Public twice, and the condition asks for Private.",
    "E9570": "ZipFile is index, and the handler main.handler.",
    "E9704": "The policy is there to show an ARN, and allows GetObject on a bucket.",
    "W9508": "Both branches of the Fn::If are the same.",
    "W9569": "The roles are there to be referred to, and have no rights at all.",
    "W9589": "The distribution is there to show conditions, and is open by plain HTTP.",
}

# The same for the samples, of which cfn-lint's authors say nothing.
EXPECTED_IN_SAMPLES = {
    "E9506": "AllowedPattern refuses the empty text that the condition asks for.",
    "E9567": "The roles lack the rights for network interfaces that Lambda asks for.",
    "E9587": "The bucket's policy is for the service of access logs only, not for CloudFront.",
    "E9625": "The routes wait for nothing that attaches the gateway.",
    "E9704": "GetObject is allowed on the bucket only, where it allows nothing.",
    "E9708": "The log buckets have no policy; one has it from a module that is not a CloudFormation type.",
    "E9771": "The dead-letter queues of the rules have no policy, so the events are lost.",
    "E9795": "The service waits only for its target group, not for the rule of the listener.",
    "W9510": "The maps hold instance types that the parameters no longer allow.",
    "W9588": "CloudFront talks to the EC2 instances by plain HTTP.",
    "W9589": "The sites are open by plain HTTP.",
    "W9653": "The policies name a service without a source.",
    "W9706": "Without a choice of versioning the rule does nothing.",
    "W9748": "The group counts where its parameter says so, which is meant.",
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


def findings(folder: Path) -> tuple[int, Counter[str]]:
    """Print every finding in the templates below a folder, and return how many were read and found."""
    rules = framed(*(made() for made in RULES))
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


def main() -> int:
    """Print every finding, and how many there were of each rule."""
    unexpected = set()
    with tempfile.TemporaryDirectory() as temporary:
        good = download(Path(temporary))
        for folder in (good, *map(Path, sys.argv[1:])):
            expected = EXPECTED if folder == good else {**EXPECTED, **EXPECTED_IN_SAMPLES}
            read, counts = findings(folder)
            for rule, count in sorted(counts.items()):
                print(f"{rule}: {count}. {expected.get(rule, 'NOT EXPECTED')}")
            print(f"{folder.name}: {read} templates, {sum(counts.values())} findings.")
            unexpected |= set(counts) - set(expected)
    return int(bool(unexpected))


if __name__ == "__main__":
    sys.exit(main())
