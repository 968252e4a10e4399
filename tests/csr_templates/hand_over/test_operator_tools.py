"""``tools.sh``: what it needs, where it takes its names from, and what it calls in each environment."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jmespath
import pytest

from tests.docs.pages import ROOT, TOOLS, commands
from tests.system import ENVIRONMENTS, PROJECT, STACK_NAMES

OUT = ROOT / "out"
TOKYO = "ap-northeast-1"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
AWS = (
    'aws() { if [ "$1" = --version ]; then echo aws-cli/2.31.0; else echo "$*" >> calls; echo answer; fi; }\n'
)

pytestmark = pytest.mark.skipif(
    not os.environ.get("CI") and (os.name != "posix" or shutil.which("jq") is None),
    reason="the commands need bash and jq",
)


def run(
    code: str, folder: Path, *, shell: tuple[str, ...] = ("bash",), path: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run shell code in a folder."""
    environment = {"PATH": path or os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
    return subprocess.run(
        [*shell, "-c", code],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def called(code: str, folder: Path, environment: str = "prod", out: Path = OUT) -> list[str]:
    """Return the commands of AWS that a command gives, each of which answers ``answer``."""
    end = run(f"{AWS}source {out}/tools.sh {environment} > /dev/null\n{code}", folder)
    assert (end.returncode, end.stderr) == (0, "")
    return (folder / "calls").read_text("utf-8").splitlines()


def test_file_of_the_build_is_the_source() -> None:
    """The build copies the commands unchanged."""
    assert (OUT / "tools.sh").read_bytes() == TOOLS.read_bytes()


@pytest.mark.parametrize(
    ("shell", "code", "message"),
    [
        (("sh",), ". {out}/tools.sh prod", "tools.sh needs bash"),
        (("bash", "--posix"), "source {out}/tools.sh prod", "tools.sh needs bash, and this is sh."),
        (("bash",), "bash {out}/tools.sh prod", "Read it into your shell: source "),
        (
            ("bash",),
            "aws() {{ echo aws-cli/1.45; }}; source {out}/tools.sh prod",
            "AWS CLI version 2 is needed",
        ),
        (("bash",), f"{AWS.replace('{', '{{').replace('}', '}}')}source {{out}}/tools.sh", "tools.sh dev | "),
    ],
    ids=["sh", "posix", "not sourced", "version 1", "no environment"],
)
def test_what_it_cannot_work_with_is_refused(
    shell: tuple[str, ...], code: str, message: str, tmp_path: Path
) -> None:
    """Another shell, an old AWS CLI and a missing environment end the start, with what to do."""
    end = run(code.format(out=OUT), tmp_path, shell=shell)

    assert end.returncode != 0
    assert message in end.stderr


@pytest.mark.parametrize("missing", ["aws", "jq", "curl"])
def test_missing_program_is_named(missing: str, tmp_path: Path) -> None:
    """The message says how to install it."""
    for program in {"aws", "jq", "curl", "bash"} - {missing}:
        (tmp_path / program).symlink_to(shutil.which(program) or "/bin/true")
    end = run(f"source {OUT}/tools.sh prod", tmp_path, shell=("/bin/bash",), path=str(tmp_path))

    assert end.returncode != 0
    assert end.stderr.startswith(f"{missing} is missing. AWS CloudShell has it. macOS: brew install")
    assert "Windows: use WSL" in end.stderr


def test_failed_start_leaves_no_environment(tmp_path: Path) -> None:
    """A command after it must not act on the environment before, whatever has failed."""
    shutil.copytree(OUT, tmp_path / "out")
    file = tmp_path / "out" / "stacks.json"
    file.write_text("{", "utf-8")
    stacks = json.loads((OUT / "stacks.json").read_text("utf-8"))["stacks"]
    known = " | ".join(stacks[0]["parameterFiles"])
    for again, message, names in (
        ("{out} stagng", f"There is no environment stagng. Choose one: source tools.sh {known}\n", known),
        ("{out} 'dev staging'", "There is no environment dev staging. ", known),
        ("{out} dev; set +o posix", "tools.sh needs bash, and this is sh.", known),
        ("out/tools.sh dev", f"Cannot read {file}. tools.sh needs the whole folder", "ENVIRONMENT"),
    ):
        posix = "set -o posix; " if "posix" in again else ""
        again = posix + "source " + again.format(out=OUT / "tools.sh")
        end = run(f"{AWS}source {OUT}/tools.sh prod > /dev/null; {again}; protect network", tmp_path)

        assert message in end.stderr
        assert re.search(rf"No environment is loaded: source \S+/tools.sh {re.escape(names)}\n$", end.stderr)
        assert (end.returncode, end.stdout) == (2, "")
    assert not (tmp_path / "calls").exists()


def test_separators_of_the_shell_do_not_matter(tmp_path: Path) -> None:
    """The commands separate lists by spaces and lines, and the shell of the user keeps its own."""
    end = run(
        f'{AWS}IFS=,; source {OUT}/tools.sh prod > /dev/null; show_stacks; echo "$IFS"',
        tmp_path,
    )
    calls = (tmp_path / "calls").read_text("utf-8").splitlines()

    assert end.stdout.splitlines()[-1] == ","
    assert [re.findall(r"--region (\S+) ", call) for call in calls] == [[TOKYO], ["us-east-1"]]


def test_wrong_arguments_are_refused_before_any_call(tmp_path: Path) -> None:
    """Surplus arguments, numbers, ARNs, times, and names of another environment."""
    cases = [
        ("show_state now", "Usage: show_state shows "),
        ("roll_back 1 2", "Usage: roll_back LAMBDA_VERSION: "),
        ("search_log function 60 fields @message", "Usage: search_log LOG MINUTES QUERY: "),
        ("fail_over one two", "Usage: fail_over [INSTANCE]: "),
        ("stop_query writer 7 8", "Usage: stop_query writer|reader ID: "),
        ("run_changes api", "api is not the ARN of a change set. The command that created "),
        ("show_changes arn:aws:kms:us-east-1:123456789012:key/1", "is not the ARN of a change set. "),
        ("enable_key FrontendKey1", "FrontendKey1 is not the ARN of a KMS key. show_keys "),
        (
            "confirm_subscription https://example.com",
            "https://example.com is not the ARN of a topic. Copy the ",
        ),
        ("stop_query writer '7);'", "ID is 7);. Give a whole number of at least 1."),
        ("show_callers 08", "HOURS_AGO is 08. "),
        ("search_log function 1h q", "MINUTES is 1h. "),
        ("set_provisioned 0", "NUMBER is 0. Give a whole number of at least 1. Nothing was changed."),
        ("set_remaining -1", "NUMBER is -1. "),
        ("set_remaining 9999999999999999999", "NUMBER is 9999999999999999999. "),
        ("roll_back '$LATEST'", "LAMBDA_VERSION is $LATEST. "),
        ("repair_alias v1", "LAMBDA_VERSION is v1. "),
        (
            f"restart_instance {PROJECT}-dev-1",
            f"{PROJECT}-dev-1 does not belong to {PROJECT}-prod. ",
        ),
        (f"restore_secret {PROJECT}-dev-db", f"does not belong to {PROJECT}-prod. "),
        (
            "old_secret_version database arn:aws:secretsmanager:a:1:secret:x-1 a b",
            "secret:x-1 does not belong to ",
        ),
        ("restore_live yesterday", "The time is yesterday. Give it as 2026-11-25T10:30:00+09:00 or "),
        ("restore_live 2026-13-25T10:30:00Z", "The time is 2026-13-25T10:30:00Z. "),
        ("plan_repair network 1", "The stack network takes no version of a package: 1"),
    ]
    calls = "".join(f"{call}\necho =$? >&2\n" for call, _ in cases)
    ends = run(f"{AWS}source {OUT}/tools.sh prod > /dev/null\n{calls}", tmp_path).stderr.split("=2\n")

    assert [
        (call, end) for (call, message), end in zip(cases, ends, strict=False) if message not in end
    ] == []
    assert (len(ends), ends[-1], "jq:" in str(ends)) == (len(cases) + 1, "", False)
    assert not (tmp_path / "calls").exists()


@pytest.mark.parametrize(
    ("call", "query", "answer", "message"),
    [
        (
            f"run_changes arn:aws:cloudformation:{TOKYO}:123456789012:changeSet/a/1",
            *("StackName", f"{PROJECT}-dev-api", f"{PROJECT}-dev-api does not belong to "),
        ),
        *(
            (f"{command} {KEY}", "list-resource-tags", tags, f"its tags are {tags}.")
            for command in ("enable_key", "remove_key_name")
            for tags in (f"Environment=dev Project={PROJECT}", f"Project={PROJECT}")
        ),
        ("restore_snapshot other restored", "DBClusterIdentifier", "", "other is not a snapshot of "),
    ],
)  # fmt: skip
def test_resource_of_another_environment_is_refused(
    call: str, query: str, answer: str, message: str, tmp_path: Path
) -> None:
    """What the argument does not tell is read from AWS, and nothing is changed."""
    answers = f"""aws() {{ case $* in --version) echo aws-cli/2.31.0 ;; *{query}*) echo '{answer}' ;;
      *) echo "$*" >> calls ;; esac; }}\n"""
    end = run(f"{answers}source {OUT}/tools.sh prod > /dev/null\n{call}", tmp_path)

    assert (end.returncode, message in end.stderr) == (2, True)
    assert not (tmp_path / "calls").exists()


def test_key_with_the_tags_of_the_environment_is_enabled(tmp_path: Path) -> None:
    """In the region of its ARN."""
    answers = f"""aws() {{ case $* in --version) echo aws-cli/2.31.0 ;;
      *list-resource-tags*) echo Environment=prod Project={PROJECT} ;;
      *) echo "$*" >> calls; echo Disabled ;; esac; }}\n"""
    end = run(f"{answers}source {OUT}/tools.sh prod > /dev/null\nenable_key {KEY}", tmp_path)
    *_, last = (tmp_path / "calls").read_text("utf-8").splitlines()

    assert (end.returncode, end.stderr) == (0, "")
    assert last == f"kms enable-key --region us-east-1 --key-id {KEY}"


def test_addresses_are_written_only_if_they_were_saved(tmp_path: Path) -> None:
    """Both files must be there before the first set is replaced."""
    (tmp_path / f"{PROJECT}-prod-blocked-ipv4.json").write_text("{}", "utf-8")
    end = run(f"{AWS}source {OUT}/tools.sh prod > /dev/null\nwrite_addresses", tmp_path)

    assert (end.returncode, "-blocked-ipv6.json is missing. save_addresses writes it." in end.stderr) == (
        1,
        True,
    )
    assert not (tmp_path / "calls").exists()


@pytest.mark.parametrize("dnf", [False, True])
def test_client_of_the_database_is_installed_only_with_dnf(dnf: bool, tmp_path: Path) -> None:
    """CloudShell has it; on another computer, nothing is installed."""
    hidden = (
        'sudo() { echo "sudo $*" >> calls; return 1; }\n'
        f"type() {{ case $1 in mysql) return 1 ;; dnf) return {0 if dnf else 1} ;; esac; }}\n"
    )
    end = run(f"{AWS}{hidden}source {OUT}/tools.sh prod > /dev/null\nconnect_database", tmp_path)

    assert (end.returncode, "Run this in CloudShell in the VPC." in end.stderr) == (1, not dnf)
    assert (tmp_path / "calls").exists() == dnf


def test_every_command_checks_its_arguments() -> None:
    """``tools_begin`` gets them all, also in a command that takes none."""
    bodies = re.findall(r"^(\w+)\(\) \( # .*\n(.*)$", TOOLS.read_text("utf-8"), re.MULTILINE)

    assert {name: line for name, line in bodies if not re.fullmatch(r'  tools_begin \d "\$@"', line)} == {
        "tools_help": bodies[0][1]
    }


def test_every_command_is_in_the_help(tmp_path: Path) -> None:
    """A line for each, with its arguments and what it does."""
    end = run(f"{AWS}source {OUT}/tools.sh prod > /dev/null; tools_help", tmp_path)
    shown = re.findall(r"^  (\w+) (.+)$", end.stdout, re.MULTILINE)

    assert dict(shown) == commands()
    assert all(re.search(r"(^|: )[a-z(A-Z]", usage) and len(usage) > 10 for usage in commands().values())


def test_joined_commands_are_refused(tmp_path: Path) -> None:
    """With ``&&`` or in an ``if``, bash ignores errors inside a command."""
    for code in ("stop_writes && echo done", "stop_writes || true", "if stop_writes; then echo done; fi"):
        end = run(f"{AWS}source {OUT}/tools.sh prod > /dev/null\n{code}", tmp_path)

        assert "Call stop_writes alone" in end.stderr
        assert "done" not in end.stdout
        assert not (tmp_path / "calls").exists()


def test_no_name_of_the_system_is_in_the_file() -> None:
    """Project, regions and stacks come from the manifest, names from the files that it lists."""
    text = TOOLS.read_text("utf-8")
    names = {PROJECT, "ap-northeast-1", "us-east-1", "csradmin", "csr_lambda"}
    names |= {f'"{stack}"' for stack in STACK_NAMES}

    assert [name for name in sorted(names) if name in text] == []
    assert not re.findall(r"[^\x00-\x7f]", text)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_values_are_those_of_the_environment(environment: str, tmp_path: Path) -> None:
    """Reserved concurrency and tags are those of the parameter files."""
    values = json.loads((OUT / "parameters" / environment / "api.json").read_text("utf-8"))["Parameters"]
    reserved = values["LambdaReservedConcurrency"]
    *_, last = called("restore_concurrency", tmp_path, environment)

    assert last.startswith(
        "lambda delete-function-concurrency "
        if reserved == "0"
        else f"lambda put-function-concurrency --region ap-northeast-1 --function-name answer "
        f"--reserved-concurrent-executions {reserved}"
    )


@pytest.mark.parametrize(("reader", "instances"), [("false", 1), ("true", 2)])
def test_restore_creates_the_instances_of_the_environment(
    reader: str, instances: int, tmp_path: Path
) -> None:
    """An environment without a reader gets one instance."""
    out = tmp_path / "out"
    shutil.copytree(OUT, out)
    file = out / "parameters" / "dev" / "database.json"
    given = json.loads(file.read_text("utf-8"))
    given["Parameters"] |= {"DatabaseMultiAZ": "false", "DatabaseReadReplica": reader}
    file.write_text(json.dumps(given), "utf-8")
    calls = called("create_instances", tmp_path, "dev", out)
    created = [call for call in calls if call.startswith("rds create-db-instance ")]

    assert len(created) == instances
    assert all(f"--db-cluster-identifier {PROJECT}-dev-aurora-cluster-restored " in call for call in created)
    assert all(" Key=Environment,Value=dev" in call for call in created)


def test_current_folder_does_not_matter(tmp_path: Path) -> None:
    """A file that was read by a relative path is still found after the folder is changed."""
    shutil.copytree(OUT, tmp_path / "out")
    end = run(f"{AWS}source out/tools.sh prod > /dev/null; cd /; roll_back; tools_help | tail -n 1", tmp_path)

    assert end.stderr.startswith("Usage: roll_back LAMBDA_VERSION: ")
    assert end.stdout.startswith("  finish_deletion ")


def test_only_missing_instances_are_created(tmp_path: Path) -> None:
    """The instance gets the identifier that the stack knows. A stopped cluster is left alone."""
    answers = (
        "aws() { case $* in "
        "*DBClusterMembers*) echo '[\"id-DatabaseInstance1\"]' ;; "
        "*DBClusters*) echo ${STATUS:-available} ;; "
        '*--logical-resource-id*) id=$*; id=${id#*--logical-resource-id }; echo "id-${id%% *}" ;; '
        "--version) echo aws-cli/2.31.0 ;; "
        '*) echo "$*" >> calls; echo answer ;; esac; }\n'
    )
    start = f"{answers}source {OUT}/tools.sh prod > /dev/null\n"
    end = run(f"{start}create_missing_instances", tmp_path)
    calls = (tmp_path / "calls").read_text("utf-8")

    assert (end.returncode, end.stderr) == (0, "")
    (created,) = re.findall(r"rds create-db-instance .*", calls)
    assert "--db-instance-identifier id-DatabaseInstance2 " in created
    assert "--availability-zone answer --promotion-tier 1 " in created
    (tmp_path / "calls").unlink()
    end = run(f"STATUS=stopped\n{start}create_missing_instances", tmp_path)
    assert (end.returncode, "is stopped, not available." in end.stderr) == (1, True)
    assert not (tmp_path / "calls").exists()


def test_other_projects_have_the_commands_too(tmp_path: Path) -> None:
    """A build with other names: stacks and regions come from its manifest; what it lacks is named."""
    out = tmp_path / "out"
    (out / "parameters" / "test").mkdir(parents=True)
    shutil.copy(TOOLS, out)
    stack = {
        "name": "web",
        "namePattern": "${ProjectName}-${Environment}-web",
        "template": "web.yaml",
        "region": "eu-west-1",
        "sections": {"Data": ["Table"]},
        "parameterFiles": {"test": "parameters/test/web.json"},
        "perDeploy": [],
    }
    (out / "stacks.json").write_text(json.dumps({"stacks": [stack]}), "utf-8")
    values = {"Parameters": {"ProjectName": "shop"}, "Tags": {"Project": "shop", "Environment": "test"}}
    (out / "parameters" / "test" / "web.json").write_text(json.dumps(values), "utf-8")

    assert called("wait_for_stack web", tmp_path, "test", out) == [
        "cloudformation describe-stacks --region eu-west-1 --stack-name shop-test-web "
        "--query Stacks[0].StackStatus --output text"
    ]
    end = run(f"{AWS}source {out}/tools.sh test > /dev/null\nshow_database", tmp_path)
    assert (end.returncode, end.stderr) == (
        1,
        "This build has no DatabaseCluster, which the command needs.\n",
    )


def test_certificate_is_that_of_the_parameters(tmp_path: Path) -> None:
    """Without a domain, nothing is asked; with one, the certificate in the region of CloudFront."""
    assert not run(f"{AWS}source {OUT}/tools.sh prod; show_certificate", tmp_path).stderr
    assert not (tmp_path / "calls").exists()
    out = tmp_path / "out"
    shutil.copytree(OUT, out)
    file = out / "parameters" / "prod" / "frontend.json"
    given = json.loads(file.read_text("utf-8"))
    given["Parameters"]["CertificateArn"] = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    file.write_text(json.dumps(given), "utf-8")

    call, *_ = called("show_certificate", tmp_path, out=out)
    assert call.startswith("acm describe-certificate --region us-east-1 --certificate-arn arn:aws:acm:")


def test_alarms_are_muted_by_their_short_name(tmp_path: Path) -> None:
    """The name of the project mutes nothing, and hours are a whole number that CloudWatch accepts."""
    names = json.dumps([f"{PROJECT}-prod-{name}" for name in ("api-5xx", "site-unreachable")])
    start = f"""aws() {{ case $* in --version) echo aws-cli/2.31.0 ;; *describe-alarms*) echo '{names}' ;;
      *) echo "$*" >> calls ;; esac; }}\nsource {OUT}/tools.sh prod > /dev/null\n"""
    wrong = ("30m", "0", "1.5", "361", "-1")
    end = run(
        f"{start}for hours in {' '.join(wrong)}; do mute_alarms $hours 5xx; done\nmute_alarms 2 {PROJECT}",
        tmp_path,
    )

    assert re.findall(r"^HOURS is (\S+)\. ", end.stderr, re.MULTILINE) == list(wrong)
    assert f"No alarm of {PROJECT}-prod has {PROJECT} in its short name." in end.stderr
    assert (end.returncode, (tmp_path / "calls").exists()) == (1, False)
    end = run(f"{start}mute_alarms 2 api", tmp_path)  # not all, also if the name of the project contains api
    calls = (tmp_path / "calls").read_text("utf-8")
    assert (end.returncode, end.stdout.count("Mutes 1 alarms in ")) == (0, 2)
    assert re.findall(r'"AlarmNames":\[([^]]*)\]', calls) == [f'"{PROJECT}-prod-api-5xx"'] * 2
    assert calls.count('"Duration": "PT2H"') == 2


def test_addresses_are_checked(tmp_path: Path) -> None:
    """Neither a text that is no address nor a network as wide as half the internet reaches the web ACL."""
    good = "203.0.113.7 203.0.113.0/24 10.0.0.0/8 ::1 2001:db8::7 2001:db8::/32 1:2:3:4:5:6:7:8/128"
    bad = (
        "300.1.1.1 1.2.3 1.2.3.4.5 01.2.3.4 0.0.0.0/0 10.0.0.0/7 1.2.3.4/33 1.2.3.4/ 1.2.3.4/8/8 x ::/0 "
        "2001:db8::/31 ::1/129 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1::2::3 ::: 1:2:3:4:5:6:7:8: g::1 12345::1"
    )
    check = f"for one in {good} {bad}; do tools_check_address $one 2> /dev/null && echo $one; done"
    end = run(f"{AWS}source {OUT}/tools.sh prod > /dev/null\n{check}\nblock_address 300.1.1.1", tmp_path)

    assert end.stdout.split() == good.split()
    assert "300.1.1.1 cannot be blocked. Give an address, or a network from /8 to /32 (IPv4)" in end.stderr
    assert not (tmp_path / "calls").exists()


def test_zero_concurrency_needs_a_word(tmp_path: Path) -> None:
    """It stops the API."""
    for call, status, message in (
        ("0", 1, "set_concurrency 0 stop"),
        ("10x", 2, "NUMBER is 10x. Give a whole"),
    ):
        end = run(f"{AWS}source {OUT}/tools.sh prod > /dev/null\nset_concurrency {call}", tmp_path)
        assert (end.returncode, message in end.stderr) == (status, True)
    assert not (tmp_path / "calls").exists()
    *_, last = called("set_concurrency 0 stop", tmp_path)
    assert last.endswith(" --reserved-concurrent-executions 0")


@pytest.mark.parametrize(
    ("call", "missing", "line", "status"),
    [
        ("show_state", "*describe-stack-resource*", "prod-api does not have the function.\n", 1),
        ("show_log_ages", "*describe-log-streams*", "function: the log group is missing\n", 1),
        ("show_database", "*describe-db-clusters*", "prod-aurora-cluster: absent\n", 0),
    ],
)
def test_state_is_shown_although_a_part_is_gone(
    call: str, missing: str, line: str, status: int, tmp_path: Path
) -> None:
    """The rest is what the operator needs then: the command goes on, and the status tells."""
    answers = f"""aws() {{ case $* in --version) echo aws-cli/2.31.0 ;;
      {missing}) echo "ResourceNotFoundException DBClusterNotFoundFault" >&2; return 254 ;;
      *) echo "$*" >> calls; echo answer ;; esac; }}\n"""
    end = run(f"{answers}source {OUT}/tools.sh prod > /dev/null\n{call}", tmp_path)

    assert (end.returncode, line in end.stdout) == (status, True)
    assert end.stdout.count("the log group is missing") == (8 if call == "show_log_ages" else 0)
    if call != "show_log_ages":
        last = "s3api list-object-versions" if call == "show_state" else "rds describe-events"
        assert (tmp_path / "calls").read_text("utf-8").splitlines()[-1].startswith(last)


CLUSTER = f"{PROJECT}-prod-aurora-cluster"
LOGS = f"{PROJECT}-prod-edge-logs-123456789012"


def answered(code: str, folder: Path, **answers: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run commands with an answer for each operation, such as ``describe_stacks``, and return their calls.

    An answer that starts with ``!`` is an error. What a call reads from standard input follows it.
    """
    cases = ""
    for name, text in answers.items():
        printed = f"echo '{text[1:]}' >&2; return 254" if text.startswith("!") else f"echo '{text}'"
        cases += f"*{name.replace('_', '-')}*) {printed} ;;\n"
    aws = f"""aws() {{ if [ "$1" = --version ]; then echo aws-cli/2.31.0; return; fi
      local given=''; case $* in *file:///dev/stdin*) given=$(cat) ;; esac
      echo "$* $given" >> calls; case $* in {cases} esac; }}\nsleep() {{ :; }}\n"""
    end = run(f"{aws}source {OUT}/tools.sh prod > /dev/null\n{code}", folder)
    calls = folder / "calls"
    return end, calls.read_text("utf-8").splitlines() if calls.exists() else []


def left(resource: str, name: str, status: str = "DELETE_FAILED") -> str:
    """Return what a failed create left, as the command asks for it."""
    return json.dumps([[resource, name, status, "arn:stack"]])


@pytest.mark.parametrize(
    ("resources", "created", "message"),
    [
        (
            left("DatabaseCluster", "another"),
            "2026-11-25T02:00:00+00:00",
            "is not what the failed create left",
        ),
        (left("DatabaseCluster", CLUSTER, "CREATE_FAILED"), "2026-11-25T02:00:00+00:00", "is not what the "),
        (left("DatabaseSecret", CLUSTER), "2026-11-25T02:00:00+00:00", "is not what the failed create left"),
        (left("DatabaseCluster", CLUSTER), "2026-11-25T01:00:00+00:00", "was created at 2026-11-25T01:00:00"),
    ],
)
def test_cluster_that_the_failed_create_did_not_make_is_kept(
    resources: str, created: str, message: str, tmp_path: Path
) -> None:
    """A live cluster has the same name: the stack does not list it as failed, or is newer."""
    end, calls = answered(
        f"delete_failed_database {CLUSTER}",
        tmp_path,
        describe_stack_resources=resources,
        describe_db_clusters=json.dumps({"cluster": "cluster-1", "key": "arn:key", "created": created}),
        CreationTime='"2026-11-25T01:30:00+00:00"',
        describe_stacks="ROLLBACK_FAILED",
    )

    assert end.returncode != 0
    assert message in end.stderr
    assert [call for call in calls if " describe-" not in f" {call}"] == []


def test_deletion_of_a_failed_database_can_be_repeated(tmp_path: Path) -> None:
    """The stack is gone, and what an earlier call recorded says what it left."""
    facts = {
        "stack": "arn:stack",
        "cluster": "cluster-1",
        "key": "arn:key",
        "left": ["DatabaseErrorLogGroup"],
    }
    kept = tmp_path / f"failed-{CLUSTER}.json"
    kept.write_text(json.dumps(facts))
    answers = {
        "StackName==": "",  # no later stack
        "describe_stacks": "DELETE_COMPLETE",
        "delete_log_group": "!ResourceNotFoundException",
        "describe_key": "PendingDeletion",
        "delete_db_cluster_automated_backup": "!AccessDenied",
    }
    end, calls = answered(f"delete_failed_database {CLUSTER}", tmp_path, **answers)

    assert (end.returncode != 0, end.stderr, kept.exists()) == (True, "AccessDenied\n", True)
    assert not [call for call in calls if "delete-stack" in call or "schedule-key-deletion" in call]
    assert "--stack-name arn:stack " in calls[0]
    end, _ = answered(f"delete_failed_database {CLUSTER}", tmp_path, **answers | {
        "delete_db_cluster_automated_backup": "!DBClusterAutomatedBackupNotFoundFault"})  # fmt: skip
    assert (end.returncode, end.stderr, kept.exists()) == (0, "", False)
    kept.write_text(json.dumps(facts))
    end, calls = answered(f"rm calls; delete_failed_database {CLUSTER}", tmp_path, **answers | {
        "StackName==": "arn:later"})  # fmt: skip
    assert (end.returncode, "A stack was created since (arn:later): " in end.stderr) == (1, True)
    assert [call for call in calls if " describe-" not in call] == []


@pytest.mark.parametrize(
    ("versions", "deleted"),
    [
        ('{"Objects": null}', []),
        (json.dumps({"Objects": [{"Key": "k", "VersionId": "1"}] * 1001}), [500, 500, 1]),
        ("!NoSuchBucket", None),
    ],
    ids=["empty", "many", "gone"],
)
def test_bucket_of_a_failed_frontend_is_emptied(
    versions: str, deleted: list[int] | None, tmp_path: Path
) -> None:
    """In batches; an empty bucket has none, and a bucket that an earlier call deleted is left out."""
    answers = {
        "get_caller_identity": "123456789012",
        "describe_stacks": "ROLLBACK_FAILED",
        "list_object_versions": versions,
    }
    end, calls = answered(
        f"delete_failed_frontend {LOGS}",
        tmp_path,
        describe_stack_resources=left("EdgeLogBucket", LOGS),
        **answers,
    )
    batches = [call.count('"Key"') for call in calls if " delete-objects " in call]
    asked = "s3api delete-bucket" in "".join(calls)

    assert (end.returncode, end.stderr) == (0, "")
    assert (batches, asked) == (deleted or [], deleted is not None)
    end, calls = answered(
        f"rm calls; delete_failed_frontend {LOGS}",
        tmp_path,
        describe_stack_resources=left("EdgeLogBucket", LOGS, "CREATE_FAILED"),
        **answers,
    )
    assert (end.returncode != 0, "delete-" in "".join(calls)) == (True, False)


def test_old_files_are_listed_and_only_then_deleted(tmp_path: Path) -> None:
    """Nothing is uploaded, and what S3 did not delete is an error."""
    (tmp_path / "site" / "assets").mkdir(parents=True)
    for name in ("index.html", "assets/new.js"):
        (tmp_path / "site" / name).write_text("x")
    (tmp_path / "site" / "assets" / "link.js").symlink_to("new.js")  # which the upload follows
    keys = '["index.html", "assets/new.js", "assets/link.js", "assets/old.js"]'
    answers = {"describe_stacks": "bucket", "list_objects_v2": keys}
    end, calls = answered("delete_old_files site", tmp_path, **answers)
    assert (end.returncode, end.stdout) == (0, "assets/old.js\n")
    assert "delete-objects" not in "".join(calls)
    end, calls = answered("delete_old_files site yes", tmp_path, **answers)
    assert (end.returncode, calls[-1].rpartition(" {")[2]) == (
        0,
        '"Objects":[{"Key":"assets/old.js"}],"Quiet":true}',
    )
    assert not [call for call in calls if call.startswith("s3 ")]
    end, _ = answered(
        "delete_old_files site yes", tmp_path, **answers, delete_objects='[{"Code": "AccessDenied"}]'
    )
    assert (end.returncode, "S3 did not delete: " in end.stderr) == (1, True)


@pytest.mark.parametrize("status", ["absent", "creating"])
def test_restored_cluster_leaves_a_snapshot_while_the_other_is_missing(status: str, tmp_path: Path) -> None:
    """It may be the only copy of the data."""
    end, calls = answered(
        f"delete_old_cluster {CLUSTER}-restored",
        tmp_path,
        DBClusterMembers="[]",
        describe_log_groups="[]",
        aurora_cluster_restored="available",
        describe_db_clusters="None" if status == "absent" else status,
    )
    (deleted,) = [call for call in calls if " delete-db-cluster " in call]

    assert (end.returncode, end.stderr) == (0, "")
    assert f"--final-db-snapshot-identifier {CLUSTER}-restored-final-" in deleted


STACK = {
    "StackStatus": "UPDATE_ROLLBACK_FAILED",
    "describe_stacks": "arn:aws:wafv2:a:1:global/webacl/name/id",
}
INSTANCES = '[["w", "available"], ["r", "failed"]]'
GROUP = {"Name": "Common", "RuleActionOverrides": [{"Name": "Inner", "ActionToUse": {"Count": {}}}]}
RULE = {"Name": "common-rules", "Statement": {"ManagedRuleGroupStatement": GROUP}}
WEB_ACL = json.dumps({"WebACL": {"Rules": [RULE]}})


@pytest.mark.parametrize(
    ("call", "answers", "message"),
    [
        ("restore_live latest", {}, "restored exists already, and is available. Nothing was restored."),
        (
            f"swap_clusters {CLUSTER}",
            {"aurora_cluster_restored": "creating", "aurora_cluster_old": "None", "PhysicalResourceId": "i"},
            f"The cluster {CLUSTER}-restored is creating, not available. Nothing was changed.",
        ),
        (  # the live cluster is gone, and the copy has no instance
            f"swap_clusters {CLUSTER}",
            {
                "DBClusterMembers": "[]",
                "describe_db_instances": "[]",
                "aurora_cluster_restored": "available",
                "aurora_cluster": "None",
                "PhysicalResourceId": "i",
            },
            f"{CLUSTER}-restored has no instance ",
        ),
        (  # of which the stack does not know an instance
            f"swap_clusters {CLUSTER}",
            {"aurora_cluster_old": "None"},
            "Nothing found: aws cloudformation describe-stack-resource ",
        ),
        (
            f"delete_wrong_restore {CLUSTER}",
            {"list_stack_resources": "0", "DBClusterMembers": "[]", "CreateTime": "2026-11-25T01:00:00",
             "CreationTime": "2026-11-25T01:00:00"},
            "it is not a restore, and may be the only data. Nothing was changed.",
        ),
        ("plan_repair frontend", {".StackStatus": "UPDATE_IN_PROGRESS"}, "cancel_update frontend"),
        ("repair_alias 3", {"ResourceStatus": "UPDATE_COMPLETE"}, "The alias is UPDATE_COMPLETE, so it is "),
        ("fail_over", {"describe_db_instances": INSTANCES}, "r is failed, not available. Nothing was "),
        ("fail_over w", {"describe_db_instances": INSTANCES}, "The cluster has no reader w to fail over to."),
        ("same_secrets api", {}, "This folder has no secrets-api.txt, which prepare_import writes."),
        ("touch file; download_site 2026-11-25T01:00:00Z .", {}, ". is not empty. Name a new folder"),
        (
            "count_rule common-rules Inner",
            {"get_web_acl": WEB_ACL, "describe_managed_rule_group": '["Inner"]'},
            "It counts already, perhaps in the template. Nothing was changed.",
        ),
    ],
)  # fmt: skip
def test_what_would_do_harm_is_refused(
    call: str, answers: dict[str, str], message: str, tmp_path: Path
) -> None:
    """Before anything is changed, with what to do."""
    given = {**answers, **STACK, "IsClusterWriter": "w", "describe_db_clusters": "available"}
    end, calls = answered(call, tmp_path, **given)

    assert end.returncode != 0
    assert message in end.stderr
    assert [call for call in calls if not re.match(r"\S+ (describe|get|list)-", call)] == []


def test_previous_password_is_set_on_the_database_first(tmp_path: Path) -> None:
    """If that fails, the secret is as before, so that a repeat does not return to the new password."""
    end, calls = answered(
        "old_password",
        tmp_path,
        modify_db_cluster="!Rejected",
        AWSCURRENT="new",
        AWSPREVIOUS="old",
        get_secret_value='{"password": "p"}',
        describe_db_clusters="available",
        describe_db_instances="[]",
    )

    assert (end.returncode != 0, end.stderr) == (True, "Rejected\n")
    assert "get-secret-value" in calls[-2]
    assert " --version-id old " in calls[-2]
    assert " modify-db-cluster " in calls[-1]


def test_failover_that_did_not_happen_is_no_success(tmp_path: Path) -> None:
    """The writer is the same, and a repeat would return to an instance with a fault."""
    end, calls = answered(
        "fail_over",
        tmp_path,
        IsClusterWriter="w",
        describe_db_clusters="available",
        describe_db_instances=INSTANCES.replace("failed", "available"),
    )

    assert (end.returncode, "The writer is still w. Look at show_database" in end.stderr) == (1, True)
    assert "rds failover-db-cluster" in "".join(calls)


def test_drift_that_could_not_be_read_hides_nothing(tmp_path: Path) -> None:
    """Neither the results of the other resources, nor the comparison of the secrets."""
    end, _ = answered(
        "touch secrets-api.txt; end_recovery api",
        tmp_path,
        describe_stack_drift_detection_status="DETECTION_FAILED\tNo permission for WebACL",
        detect_stack_drift="1",
        describe_stack_resource_drifts="[1]",
    )

    assert end.stdout.endswith("\napi: DETECTION_FAILED\n[1]\nthe stack has no secrets\n")
    assert (end.returncode, end.stderr) == (1, "No permission for WebACL\n")
    assert not (tmp_path / "secrets-api.txt").exists()


def test_deploy_that_goes_on_is_not_repeated(tmp_path: Path) -> None:
    """The wait has ended, and CloudFormation would reject the same change set."""
    end, _ = answered(
        f"run_changes arn:aws:cloudformation:{TOKYO}:123456789012:changeSet/a/1",
        tmp_path,
        update_complete="!Max attempts exceeded",
        StackName=f"{PROJECT}-prod-network",
        describe_stacks="UPDATE_IN_PROGRESS",
        describe_change_set="2026-11-25T01:00:00Z",
    )

    assert (end.returncode, end.stderr) == (
        1,
        f"Max attempts exceeded\nThe status of {PROJECT}-prod-network is UPDATE_IN_PROGRESS. "
        "Wait (wait_for_stack), and do not repeat run_changes.\n",
    )


def test_throttled_requests_are_added_up(tmp_path: Path) -> None:
    """Lambda sends 1 for each of them, so a maximum says nothing."""
    end, calls = answered("show_concurrency", tmp_path, describe_stack_resource="f", get_account_settings="9")
    statistics = dict(re.findall(r"--metric-name (\S+) .*--statistics (\w+) ", "\n".join(calls)))

    assert (end.returncode, end.stderr) == (0, "")
    assert statistics == {
        "ConcurrentExecutions": "Maximum",
        "Throttles": "Sum",
        "ProvisionedConcurrencySpilloverInvocations": "Sum",
    }


def test_failures_are_shown_by_operation(tmp_path: Path) -> None:
    """Those of earlier deploys are listed, too, and rollbacks, which may have no failed event."""
    _, calls = answered("why_failed network", tmp_path)
    rollbacks, failures = "\n".join(calls).split(" --query ")[1:]
    event = {"OperationId": "1", "Timestamp": "2026-11-25", "ResourceStatus": "CREATE_FAILED"}
    rollback = {
        "OperationId": "2",
        "Timestamp": "2026-11-25",
        "ResourceType": "AWS::CloudFormation::Stack",
        "ResourceStatus": "UPDATE_ROLLBACK_IN_PROGRESS",
        "ResourceStatusReason": "An alarm is in ALARM.",
    }

    assert jmespath.search(failures, {"OperationEvents": [event]}) == [
        ["1", "2026-11-25", "CREATE_FAILED", "-", "-", "-"]
    ]
    assert jmespath.search(rollbacks.partition("\ncloudformation ")[0], {"StackEvents": [rollback]}) == [
        ["2", "2026-11-25", "UPDATE_ROLLBACK_IN_PROGRESS", "An alarm is in ALARM."]
    ]


def test_commands_ignore_variables_of_the_shell() -> None:
    """A command is a subshell of the operator's shell, so a default must not come from there."""
    bodies = re.findall(r"^(\w+)\(\) [({](.*?)^[)}]", TOOLS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    inherited = [
        (name, variable)
        for name, body in bodies
        for variable in re.findall(r"\$\{([a-z]\w*):?[-+]", body)
        if not re.search(rf"(?<![\w$]){variable}=(?!\$\{{{variable}:-)|local [^\n]*\b{variable}\b", body)
    ]

    assert inherited == []


def test_secrets_are_no_arguments(tmp_path: Path) -> None:
    """Any user of the machine can read the arguments of a process."""
    secret = '{"username": "u", "password": "hidden-1", "apiKey": "hidden-1"}'
    answers = {
        "describe_db_clusters": "available",
        "describe_db_instances": "[]",
        "get_secret_value": secret,
        "get_random_password": '{"password": "hidden-2"}',
    }
    programs = """curl() { echo "curl $*" >> calls; cat > headers; }
      jq() { echo "jq $*" >> calls; command jq "$@"; }\n"""
    code = f"{programs}new_password {CLUSTER}\ntools_at RestApi; tools_request a /x -sS"
    end, calls = answered(code, tmp_path, describe_stacks="https://api", **answers)
    given = [call for call in calls if "hidden" in call]

    assert (end.returncode, end.stderr) == (0, "")
    assert [call.partition(" {")[2] for call in given] == [
        '"username":"u","password":"hidden-2","apiKey":"hidden-1"}',
        '"MasterUserPassword":"hidden-1"}',
    ]
    assert all("file:///dev/stdin" in call for call in given)
    assert (tmp_path / "headers").read_text() == "x-api-key: hidden-1\n"


@pytest.mark.parametrize("written", ["2001:DB8::7", "2001:db8:0:0:0:0:0:7", "2001:0db8::0007/128"])
def test_address_is_found_however_it_is_written(written: str, tmp_path: Path) -> None:
    """WAF returns an address in its own notation."""
    found = {"LockToken": "1", "IPSet": {"Description": "d", "Addresses": [
        "2001:0db8:0000:0000:0000:0000:0000:0007/128", "2001:db8::8/128"]}}  # fmt: skip
    end, calls = answered(
        f"unblock_address {written}", tmp_path, list_ip_sets="id", get_ip_set=json.dumps(found)
    )

    assert (end.returncode, end.stderr) == (0, "")
    assert calls[-1].split()[-1] == '["2001:db8::8/128"]'
    end, _ = answered(
        "unblock_address 2001:db8::9", tmp_path, list_ip_sets="id", get_ip_set=json.dumps(found)
    )
    assert (end.returncode != 0, "does not contain 2001:db8::9/128" in end.stderr) == (True, True)


@pytest.mark.parametrize(("stack", "warned"), [("api", True), ("database", False)])
def test_missing_rollback_triggers_are_named(stack: str, warned: bool, tmp_path: Path) -> None:
    """A repair removes them, and only a deploy of the pipeline sets them again."""
    code = f"region=ap-northeast-1; tools_check_triggers {PROJECT}-prod-{stack}"
    end, _ = answered(code, tmp_path, describe_stacks="0")
    assert (end.returncode, "api has no rollback triggers. After the incident," in end.stdout) == (0, warned)
    assert answered(code, tmp_path, describe_stacks="2")[0].stderr == ""


def test_instance_gets_performance_insights_of_its_class(tmp_path: Path) -> None:
    """As in the mapping of the template."""
    code = (
        "tools_at DatabaseCluster; for one in db.r6g.large db.t3.medium db.x; do tools_insights_of $one; done"
    )
    end, _ = answered(code, tmp_path, describe_stacks="arn:key")

    assert end.stdout.splitlines() == [
        "--enable-performance-insights --performance-insights-retention-period 7 "
        "--performance-insights-kms-key-id arn:key"
    ]
    assert end.stderr == "database.yaml has no setting of Performance Insights for db.x.\n"


def test_call_is_not_over_while_the_status_is_that_before_it(tmp_path: Path) -> None:
    """A waiter would take the status of the earlier failure for the result."""
    first = "[ $(grep -c describe-stacks calls) -lt 3 ] && echo DELETE_FAILED || echo DELETE_IN_PROGRESS"
    answers = (
        f'aws() {{ echo "$*" >> calls; {first}; }}',
        "aws() { echo stack does not exist >&2; return 254; }",
        "aws() { echo AccessDenied >&2; return 254; }",
    )
    calls = "\n".join(f"{aws}\ntools_leave DELETE_FAILED stack; echo $?" for aws in answers)
    end = run(f"{AWS}source {OUT}/tools.sh prod > /dev/null; region=x\nsleep() {{ :; }}\n{calls}", tmp_path)

    assert (end.stdout, end.stderr) == ("0\n0\n1\n", "AccessDenied\n")
    assert len((tmp_path / "calls").read_text("utf-8").splitlines()) == 3


def test_times_work_with_both_kinds_of_date(tmp_path: Path) -> None:
    """BSD's date has no ``-d``; both give the same time."""
    bsd = (
        'date() { case $* in *"-d "*) return 1 ;; *"-r 1000000"*) echo bsd ;; +%s) echo 1003600 ;; esac; }\n'
    )
    start = f"{AWS}source {OUT}/tools.sh prod > /dev/null\n"
    gnu = 'date() { case $1 in +%s) echo 1003600 ;; *) command date "$@" ;; esac; }\n'

    assert run(f"{start}{bsd}tools_time 3600", tmp_path).stdout == "bsd\n"
    assert run(f"{start}{gnu}tools_time 3600", tmp_path).stdout == "1970-01-12T13:46:40Z\n"


def test_bash_3_can_read_it() -> None:
    """No associative array, empty list, case conversion, or bare pattern in a substitution.

    Nor a range of letters: before bash 5, it depends on the locale.

    Nor a check that its ``set -e`` does not obey: only a simple command ends a command there.
    """
    text = re.sub(r"(^|\s)# .*$", "", TOOLS.read_text("utf-8"), flags=re.MULTILINE)

    assert not re.search(
        r"declare -[aA]|local -[aAn]|mapfile|readarray|\$\{\w+(,,|\^\^|\[@\])|\|&|&>>|coproc", text
    )
    assert not re.findall(r"^\s*(?:\(\w+ [^;)]*\)|\[\[.*|\(\(.*)$", text, re.MULTILINE)
    assert not re.findall(r"\[[!^]?[A-Za-z]-[A-Za-z]", text)
    for substitution in re.findall(r"\$\(\s*case .*?esac", text, re.DOTALL):
        raise AssertionError(substitution)


def test_shellcheck_finds_nothing() -> None:
    """Beyond the exceptions that the file explains."""
    program = shutil.which(
        "shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if program is None and not os.environ.get("CI"):
        pytest.skip("shellcheck is not installed")
    assert program is not None
    end = subprocess.run([program, str(TOOLS)], capture_output=True, text=True, check=False)

    assert (end.returncode, end.stdout) == (0, "")
