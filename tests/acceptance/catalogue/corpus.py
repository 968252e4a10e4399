"""Runs our rules over good templates: ``make corpus``, or ``make corpus ARGS="FOLDER ..."``.

Without a folder, the source distribution of the installed cfn-lint, whose authors call its templates good, is
downloaded for the run. A folder is a checkout of published samples, for example of the repositories in
``SAMPLES``; nothing of them is kept here. Each rule that finds something must be listed below, with the
reason why it is no false alarm. Ends with 1 if one is not listed, and with 2 if a folder is not there.
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

from cfn_analysis.rules import RULES
from tests.cfn_analysis.rules.harness import only

GOOD = "test/fixtures/templates/good"
SUFFIXES = (".json", ".template", ".yaml", ".yml")
REGION = "us-east-1"  # most of the templates name it

# Published samples whose findings were judged one by one, on GitHub.
SAMPLES = (
    "aws-cloudformation/aws-cloudformation-templates",
    "aws-ia/cfn-ps-aws-vpc",
    "aws-ia/cfn-ps-linux-bastion",
    "aws-quickstart/quickstart-amazon-aurora-mysql",
    "aws-quickstart/quickstart-amazon-eks",
    "aws-quickstart/quickstart-atlassian-services",
    "aws-quickstart/quickstart-aws-vpc",
    "aws-quickstart/quickstart-datalake-foundation",
    "aws-quickstart/quickstart-datastax-oss",
    "aws-quickstart/quickstart-ecs-uk-rocketcx",
    "aws-quickstart/quickstart-enterprise-accelerator-pci",
    "aws-quickstart/quickstart-examples",
    "aws-quickstart/quickstart-hashicorp-vault",
    "aws-quickstart/quickstart-jfrog-artifactory",
    "aws-quickstart/quickstart-linux-bastion",
    "aws-quickstart/quickstart-mongodb-atlas-mean-stack-aws-fargate-integration",
    "aws-samples/amazon-cloudfront-secure-static-site",
    "aws-samples/aws-aurora-cloudformation-samples",
    "aws-samples/aws-networkfirewall-cfn-templates",
    "aws-samples/aws-refarch-wordpress",
    "aws-samples/aws-secure-environment-accelerator",
    "aws-samples/aws-security-reference-architecture-examples",
    "aws-samples/aws-waf-sample",
    "aws-samples/cloudfront-authorization-at-edge",
    "aws-samples/ecs-refarch-cloudformation",
    "aws-samples/startup-kit-templates",
    "awsdocs/aws-lambda-developer-guide",
    "awslabs/amazon-s3-find-and-forget",
    "awslabs/aws-cloudformation-templates",
    "awslabs/aws-config-rules",
    "awslabs/aws-waf-security-automations",
    "awslabs/ec2-spot-workshops",
    "awslabs/landing-zone-accelerator-on-aws",
    "eijikominami/aws-cloudformation-templates",
    "nathanpeck/aws-cloudformation-fargate",
    "nathanpeck/ecs-cloudformation",
    "stelligent/cloudformation_templates",
    "thinegan/cloudformation",
    "toma1110/aws-sre-cfn-templates",
    "widdix/aws-cf-templates",
    "widdix/aws-s3-virusscan",
)

# Rule -> why what it finds in cfn-lint's templates is really so.
EXPECTED = {
    "E9601": "The alarms are there to show mutually exclusive properties, and have no dimensions.",
    "W9571": "The permissions are there to be referred to, and have no source.",
    "W9600": "The alarm is there to show mutually exclusive properties; it has no action and no description.",
    "W9500": "The templates are there to show cfn-lint's own configuration, which gives no reasons.",
    "W9621": "The groups have no egress rules, so EC2 lets everything out.",
    "E9506": "AllowedValues holds Public twice, and the condition asks for Private.",
    "E9570": "ZipFile is index, and the handler main.handler.",
    "E9704": "The policy is there to show an ARN, and allows GetObject on a bucket.",
    "W9508": "Both branches of the Fn::If are the same.",
    "W9517": "Backup plans, authorizers and a gateway of tests and samples are used by nothing.",
    "W9569": "The roles are there to be referred to, and have no rights at all.",
    "W9589": "The distribution is there to show conditions, and is open by plain HTTP.",
    "W9653": "The role of Enhanced Monitoring names no source.",
}

# The same for the samples, of which cfn-lint's authors say nothing.
EXPECTED_IN_SAMPLES = {
    "E9506": "AllowedValues and AllowedPattern refuse the value that the condition asks for.",
    "E9507": "The conditions name every allowed value, or two different ones of the same parameter.",
    "E9514": "The maps lack a value that the parameter allows.",
    "E9520": "The stage does not wait for the account's role for logs.",
    "E9521": "The deployment waits for one of the two methods.",
    "E9534": "The account's role for logs is deleted with the stack.",
    "E9567": "The roles lack the rights for network interfaces that Lambda asks for.",
    "E9582": "The log bucket has no access control lists, which is the default since 2023.",
    "E9587": "The bucket's policy is for the service of access logs only, not for CloudFront.",
    "W9600": "The alarms have no action, or no description.",
    "E9601": "FreeStorageSpace is not a metric of Aurora, and alarms on NAT gateways have no dimensions.",
    "E9611": "The average of HTTPCode_ELB_5XX_Count is never above 1.",
    "E9612": "SelectLatency is in milliseconds, and the alarm asks for seconds.",
    "E9615": "The body is a word that a script replaces before the template is deployed.",
    "E9625": "The routes wait for nothing that attaches the gateway.",
    "E9629": "The network ACL of a test has inbound rules only.",
    "E9630": "A private hosted zone is for a VPC without DNS host names.",
    "E9634": "The network ACL of a test allows everything before its other rule.",
    "E9642": "An instance profile has a role that only flow logs can assume.",
    "E9647": "StringEquals compares with an ARN or an alias that ends with an asterisk.",
    "E9651": "The statement allows requests that are not over HTTPS.",
    "E9660": "The log group has the key's ID.",
    "E9666": "The filters do not wait for the permission of their functions.",
    "E9681": "The parameter allows db.t2.small, which Aurora MySQL 3 does not run on.",
    "E9704": "The actions are on the bucket and the resource is its objects, or the other way round.",
    "E9708": "The log buckets have no policy; one has it from a module that is not a CloudFormation type.",
    "E9720": "The topics of the alarms are encrypted with alias/aws/sns.",
    "E9722": "The topic's policy is for the account, not for CloudWatch.",
    "E9770": "The functions have no permission at all.",
    "E9771": "The dead-letter queues and the topic of the rules have no policy, so the events are lost.",
    "E9773": "The detail-type is EBS Snapshot Notificatio, without its last letter.",
    "E9795": "The service waits only for its target group, not for the rule of the listener.",
    "W9500": "The resources ignore rules without a reason.",
    "W9501": "The named log groups are retained, and a parameter creates them, which is meant.",
    "W9505": "The names are fixed, and the parameters replace the resources.",
    "W9510": "The maps hold instance types that the parameters no longer allow, and remarks beside regions.",
    "W9511": "The outputs of three mount targets all have the value of the first.",
    "W9518": "MaxLength of the parameter leaves too little for the rest of the bucket's name.",
    "W9523": "The deployment creates a stage beside the template's.",
    "W9533": "The methods have no validator for the parameters that they require.",
    "W9536": "The APIs do not say which versions of TLS they accept.",
    "W9562": "The version of a function is never published again.",
    "W9565": "The function may run for longer than API Gateway waits.",
    "W9571": "The permission has no source.",
    "W9588": "CloudFront talks to the origins by plain HTTP, or as the viewer does.",
    "W9589": "The sites are open by plain HTTP.",
    "W9596": "The sites let in clients with TLS 1.0 or 1.1.",
    "W9603": "The alarms mix all instances of the cluster.",
    "W9608": "No alarm notices that the data stop.",
    "W9617": "The alarm fires when a target has no errors.",
    "W9618": "The alarms are alike; a script changes their thresholds later.",
    "W9621": "The groups have no egress rules, so EC2 lets everything out.",
    "W9624": "Parameters replace the subnets of the NAT gateways.",
    "W9652": "ForAllValues lets through a request without the key.",
    "W9653": "The policies name a service without a source.",
    "W9654": "The roles may pass any role to any service.",
    "W9686": "The readers do not wait for the writers.",
    "W9696": "The databases of samples and tests are public.",
    "W9702": "The buckets are retained, and their policies are not.",
    "W9706": "Without a choice of versioning the rule does nothing.",
    "W9744": "The web ACL's log holds every request.",
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
    rules = only(*(made() for made in RULES))
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
            "say why it is right in tests/acceptance/catalogue/corpus.py.",
            file=sys.stderr,
        )
    return int(bool(open_questions))


if __name__ == "__main__":
    sys.exit(main())
