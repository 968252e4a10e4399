"""``docs/starters``: the files for teams agree with the pages, and their shell code works."""

import hashlib
import json
import re
import shlex
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import requires
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from csr_templates import STACKS
from tests.system import ENVIRONMENTS

from .aws_cli import parse
from .conftest import require_programs
from .pages import BY_OPERATORS, HAND_OVER, ROOT, read
from .serving import serving
from .starters import DEPLOY, GITHUB, GITLAB, ROLES, STARTERS, gitlab, programs, ran, script, step, workflow

READS: Final = {"contents": "read"}
# What each job may do with GitHub's tokens, and nothing more.
PERMISSIONS: Final = {
    "check": READS,
    "lint": {**READS, "security-events": "write"},
    "review": {**READS, "pull-requests": "write", "security-events": "write"},
    "preflight": {**READS, "id-token": "write"},
    "deploy": {**READS, "id-token": "write"},
    "nightly": {**READS, "id-token": "write"},
}
# The command of this checkout, while "python" is a program that does nothing.
COMMAND: Final = f'PYTHONPATH="{ROOT / "src"}" exec "{sys.executable}" -m csr_templates "$@"'
SAME_REPOSITORY: Final = "github.event.pull_request.head.repo.full_name == github.repository"


@pytest.fixture(autouse=True)
def _bash() -> None:
    require_programs()


# ---- Content of the files ----


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_workflows_may_do_as_little_as_they_need(file: Path) -> None:
    """Jobs have what they need and no more, actions are pinned by commit, and no event gives forks rights."""
    text, document = file.read_text("utf-8"), workflow(file.name)

    assert document["permissions"] == {}
    assert {name: job["permissions"] for name, job in document["jobs"].items()} == {
        name: PERMISSIONS[name] for name in document["jobs"]
    }
    assert all(job["timeout-minutes"] for job in document["jobs"].values())
    assert {"pull_request_target", "workflow_run"} & set(document["on"]) == set()
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", action)] == []
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_nothing_from_outside_is_put_into_shell_code(file: Path) -> None:
    """Values of an event reach the code as variables, which bash does not read as code."""
    for job in workflow(file.name)["jobs"].values():
        for step_of_job in job["steps"]:
            assert "${{" not in step_of_job.get("run", "")


def test_forks_get_no_role_and_no_writing() -> None:
    """A pull request from a fork runs what only reads; only the main branch deploys."""
    jobs = workflow("templates.yml")["jobs"]
    conditions = []
    for job in jobs.values():
        for step_of_job in job["steps"]:
            uploads = "upload-sarif" in step_of_job.get("uses", "")
            if uploads or step_of_job.get("name") == "Comment":
                conditions.append(step_of_job["if"])

    assert len(conditions) == 3
    assert all(SAME_REPOSITORY in condition for condition in conditions)
    assert SAME_REPOSITORY in jobs["preflight"]["if"]
    assert "github.event.pull_request.user.type != 'Bot'" in jobs["preflight"]["if"]
    assert workflow("deploy.yml")["jobs"]["deploy"]["if"] == "github.ref == 'refs/heads/main'"
    (rule,) = gitlab()["preflight"]["rules"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID" in rule["if"]
    (pattern,) = re.findall(r"\$GITLAB_USER_LOGIN !~ /(.+)/", rule["if"])
    assert [
        name
        for name in ("kudo", "robot", "project_3_bot_a1b2", "group_7_bot", "service_account_group_7_a1")
        if not re.search(pattern, name)
    ] == ["kudo", "robot"]
    with_roles = {name for name, job in gitlab().items() if "id_tokens" in job}
    assert with_roles == {
        "preflight",
        "nightly",
        ".deploy",
        *(f"deploy-{environment}" for environment in ENVIRONMENTS),
    }


def test_jobs_install_only_pinned_packages() -> None:
    """Each installation checks hashes, and builds no package, which would run code that is not pinned."""
    lines: list[str] = []
    for file in [*GITHUB, GITLAB]:
        lines += [line.strip(" -'") for line in file.read_text("utf-8").splitlines() if " pip " in line]

    assert len(lines) == 10
    for line in lines:
        assert line.startswith(
            "python -P -m pip install --require-hashes --no-deps --only-binary :all: --requirement "
        )
        assert line.endswith(("requirements.txt", 'requirements.txt"'))


def test_the_command_runs_the_code_of_its_checkout(tmp_path: Path) -> None:
    """No module of the working directory is imported instead."""
    for name in ("csr_templates", "yaml", "troposphere"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('wrong module')", "utf-8")
    (tmp_path / "topic.yaml").write_text("Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n", "utf-8")
    path = programs(tmp_path, {"python": f'exec "{sys.executable}" "$@"'})
    done = ran(tmp_path, f"{STARTERS}/csr-templates lint --region us-east-1 topic.yaml", path)

    assert (done.returncode, done.stderr) == (0, "")


def required_packages() -> set[str]:
    """Return the packages that csr-templates needs with its formats, from those that are installed."""
    waiting = [Requirement(text) for text in requires("csr-templates") or []]
    waiting = [
        requirement_of_ours
        for requirement_of_ours in waiting
        if requirement_of_ours.marker is None or requirement_of_ours.marker.evaluate({"extra": "formats"})
    ]
    names: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras | {""}
        if name in names and not requirement.extras:
            continue
        names.add(name)
        for text in requires(name) or []:
            further = Requirement(text)
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(further)
    return names


def test_requirements_are_up_to_date() -> None:
    """``requirements.txt`` has what is needed, in the versions of ``constraints.txt``, and with hashes."""
    pins: dict[str, str] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, _, version = line.partition("==")
            pins[canonicalize_name(name)] = version
    text = (ROOT / "requirements.txt").read_text("utf-8").replace("\\\n", " ")
    entries = [line.split() for line in text.splitlines() if not line.startswith("#")]
    locked = dict(entry[0].split("==") for entry in entries)

    advice = "Run make requirements, which needs uv, and commit requirements.txt."
    assert locked == {name: pins[name] for name in required_packages()}, advice
    for entry in entries:
        assert len(entry) > 1, advice
        assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", part) for part in entry[1:]), advice


def test_environments_are_those_of_the_manifest() -> None:
    """Each environment can be deployed to, one deploy after the other; only dev without being asked."""
    environments = set(ENVIRONMENTS)
    deploy = workflow("deploy.yml")
    jobs = {name: job for name, job in gitlab().items() if name.startswith("deploy-")}

    assert set(deploy["on"]["workflow_dispatch"]["inputs"]["environment"]["options"]) == environments
    assert deploy["concurrency"] == {
        "group": "deploy-${{ inputs.environment || 'dev' }}",
        "cancel-in-progress": False,
    }
    assert {job["environment"] for job in jobs.values()} == environments
    for name, job in jobs.items():
        environment = job["environment"]
        assert (name, job["resource_group"]) == (f"deploy-{environment}", f"deploy-{environment}")
        assert job["variables"] == {"ENVIRONMENT": environment}
        (rule,) = job["rules"]
        main_branch = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
        assert rule["if"] == f'{main_branch} && $CI_PIPELINE_SOURCE != "schedule"'
        assert rule.get("when") == (None if environment == "dev" else "manual")


def test_the_deploy_is_that_of_the_page() -> None:
    """Each block for a deploy is in the script, word by word: a change of the page has to reach it.

    Only the script assumes the roles.
    """

    def lines(text: str) -> list[str]:
        stripped = [line.strip() for line in text.splitlines()]
        return [line for line in stripped if not line.startswith('as "$')]

    not_deploying = (
        "bootstrap.json",
        "--stack-policy-body \\\n",
        "delete-stack",
        "update-stack",
        "update-alias",
        "get-distribution-config",
    )
    blocks = [block.text for block in read(HAND_OVER).shell() if block.section != BY_OPERATORS]
    is_not_deploying = re.compile("|".join(re.escape(words) for words in not_deploying))
    deploying = [text for text in blocks if not is_not_deploying.search(text)]
    script_of_deploy = "\n".join(lines(DEPLOY.read_text("utf-8")))

    assert len(deploying) == 16
    for text in deploying:
        chosen_by_loop = text.startswith("stack=''")
        block = lines(text[text.index("entry=") :] if chosen_by_loop else text)
        assert "\n".join(block) in script_of_deploy, text


# ---- The lint ----

BUCKET: Final = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n    Properties:\n      Named: logs\n"


def linted(folder: Path, code: str) -> int:
    """Run the lint of a job on one template, with this command line."""
    (folder / "out").mkdir()
    (folder / "out" / "one.yaml").write_text(BUCKET, "utf-8")
    path = programs(folder, {"csr-templates": COMMAND, "python": "true"})
    return ran(folder, code, path).returncode


def test_findings_reach_code_scanning(tmp_path: Path) -> None:
    """A finding fails the step, and is in the file that the next step uploads."""
    assert linted(tmp_path, step("templates.yml", "lint", "Lint")["run"]) == 1

    (run,) = json.loads((tmp_path / "lint.sarif").read_text("utf-8"))["runs"]
    places = set()
    for finding in run["results"]:
        for place in finding["locations"]:
            places.add((finding["ruleId"], place["physicalLocation"]["artifactLocation"]["uri"]))
    assert ("E3002", "out/one.yaml") in places


def test_findings_reach_the_merge_request(tmp_path: Path) -> None:
    """A finding fails the job, and is in the report that GitLab reads also then."""
    assert linted(tmp_path, script("lint")) == 1
    assert gitlab()["lint"]["artifacts"] == {"when": "always", "reports": {"junit": "lint.xml"}}
    assert "E3002" in (tmp_path / "lint.xml").read_text("utf-8")


# ---- The roles ----


class Tokens(ThreadingHTTPServer):
    """Gives out tokens of jobs, as GitHub does, and numbers them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TokenHandler)
        self.asked: list[tuple[str, str]] = []


class _TokenHandler(BaseHTTPRequestHandler):
    server: Tokens

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a token."""
        self.server.asked.append((self.path, self.headers["Authorization"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"value": f"token-{len(self.server.asked)}"}).encode())


@pytest.fixture
def tokens() -> Iterator[Tokens]:
    """A server of tokens on this machine."""
    with serving(Tokens()) as server:
        yield server


# Prints keys with the assumed role and the token.
AWS: Final = """\
while [ $# -gt 0 ]; do
  case $1 in --role-arn) role=$2 ;; --web-identity-token) token=$(cat "${2#file://}") ;; esac
  shift
done
echo "$role:$token secret session\""""
CHECKED: Final = 'echo "$AWS_ACCESS_KEY_ID $*" >> checked; echo "# $2"; case "$2" in '


def checked(folder: Path, code: str, failing: str = "none", **variables: str) -> tuple[int, str, list[str]]:
    """Run code with a check of accounts that fails for one environment, and return who asked for what."""
    stub = f"{CHECKED}{failing}) exit 1 ;; esac"
    path = programs(folder, {"aws": AWS, "csr-templates": stub, "apt-get": "true", "python": "true"})
    done = ran(folder, code, path, **variables)
    calls = folder / "checked"
    return done.returncode, done.stderr, calls.read_text("utf-8").splitlines() if calls.exists() else []


def test_each_account_is_asked_by_its_role(tmp_path: Path, tokens: Tokens) -> None:
    """On GitHub, each role gets a new token for the audience of AWS; one failure hides no other account."""
    job = workflow("templates.yml")["jobs"]["preflight"]
    (code,) = [step_of_job["run"] for step_of_job in job["steps"] if step_of_job.get("name") == "Preflight"]
    url = f"http://127.0.0.1:{tokens.server_address[1]}/token?api-version=2.0"
    environment = {
        "GITHUB_RUN_ID": "1",
        "GITHUB_STEP_SUMMARY": "summary",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "asks",
    }
    status, error, calls = checked(
        tmp_path, code, "dev", PREFLIGHT_ROLES=ROLES, ACTIONS_ID_TOKEN_REQUEST_URL=url, **environment
    )

    assert calls == [
        "arn:aws:iam::210987654321:role/checks:token-1 preflight dev --format markdown",
        "arn:aws:iam::123456789012:role/checks:token-2 preflight prod --format markdown",
    ]
    request = ("/token?api-version=2.0&audience=sts.amazonaws.com", "Bearer asks")
    assert tokens.asked == [request, request]
    assert status == 1
    assert error == "These accounts would not take the templates, or could not be judged: dev\n"
    assert (tmp_path / "summary").read_text("utf-8") == "# dev\n# prod\n"


def test_the_nightly_job_verifies_each_environment_by_its_role(tmp_path: Path, tokens: Tokens) -> None:
    """With the drift of the stacks, on both services; one failure hides no other environment."""
    on_github = step("nightly.yml", "nightly", "Verify")["run"]
    url = f"http://127.0.0.1:{tokens.server_address[1]}/token?api-version=2.0"
    variables = {
        "GITHUB_RUN_ID": "1",
        "GITHUB_STEP_SUMMARY": "summary",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "asks",
        "ACTIONS_ID_TOKEN_REQUEST_URL": url,
        "NIGHTLY_ROLES": ROLES,
    }
    status, error, calls = checked(tmp_path, on_github, "dev", **variables)

    assert calls == [
        "arn:aws:iam::210987654321:role/checks:token-1 verify dev --detect-drift --format markdown",
        "arn:aws:iam::123456789012:role/checks:token-2 verify prod --detect-drift --format markdown",
    ]
    assert status == 1
    assert error == (
        "These environments are not as they were deployed, do not work, or could not be judged: dev\n"
    )
    assert (tmp_path / "summary").read_text("utf-8") == "# dev\n# prod\n"
    variables = {"CI_PIPELINE_ID": "1", "AWS_ID_TOKEN": "gitlabs", "NIGHTLY_ROLES": ROLES}
    status, error, calls = checked(tmp_path, script("nightly"), **variables)
    assert (status, error, len(calls)) == (0, "", 4)


def test_the_nightly_job_can_be_switched_off(tmp_path: Path) -> None:
    """Without the variable, it does not run."""
    assert "vars.NIGHTLY_ROLES != ''" in workflow("nightly.yml")["jobs"]["nightly"]["if"]
    (rule,) = gitlab()["nightly"]["rules"]
    assert "&& $NIGHTLY_ROLES &&" in rule["if"]
    status, error, calls = checked(tmp_path, "bash docs/starters/nightly.sh")
    assert status != 0
    assert "NIGHTLY_ROLES: Name the role of each environment, as README.md says." in error
    assert calls == []


def test_gitlab_hands_its_token_over(tmp_path: Path) -> None:
    """On GitLab, the token is a variable of the job."""
    environment = {"CI_PIPELINE_ID": "1", "AWS_ID_TOKEN": "gitlabs", "PREFLIGHT_ROLES": ROLES}
    status, error, calls = checked(tmp_path, script("preflight"), **environment)

    assert (status, error) == (0, "")
    assert calls[0] == "arn:aws:iam::210987654321:role/checks:gitlabs preflight dev --format markdown"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "PREFLIGHT_ROLES: Name the role of each environment, as README.md says."),
        ({"PREFLIGHT_ROLES": "{}"}, "environments: PREFLIGHT_ROLES names no role."),
        ({"PREFLIGHT_ROLES": "[oops"}, "jq: parse error"),
        ({"PREFLIGHT_ROLES": ROLES}, "AWS_ID_TOKEN: The job needs id_tokens with AWS_ID_TOKEN."),
        (
            {"PREFLIGHT_ROLES": ROLES, "GITHUB_RUN_ID": "1"},
            "ACTIONS_ID_TOKEN_REQUEST_URL: The job needs the permission id-token: write.",
        ),
        (
            {
                "PREFLIGHT_ROLES": ROLES,
                "GITHUB_RUN_ID": "1",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "asks",
                "ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:9/?",
            },
            "curl: (7)",
        ),
    ],
)
def test_missing_variables_are_named(tmp_path: Path, variables: dict[str, str], message: str) -> None:
    """No account is asked without a role and a token."""
    status, error, calls = checked(tmp_path, "bash docs/starters/preflight.sh", **variables)

    assert status != 0
    assert message in error
    assert calls == []


def test_role_that_refuses_stops_the_check(tmp_path: Path) -> None:
    """Nothing is asked with the rights of an earlier role."""
    refusing = "echo 'An error occurred (AccessDenied)' >&2; exit 254"
    stubs = {"aws": refusing, "csr-templates": "echo called > checked"}
    environment = {"PREFLIGHT_ROLES": ROLES, "AWS_ID_TOKEN": "t", "AWS_ACCESS_KEY_ID": "of-the-runner"}
    done = ran(tmp_path, "bash docs/starters/preflight.sh", programs(tmp_path, stubs), **environment)

    assert (done.returncode, done.stderr) == (254, "An error occurred (AccessDenied)\n")
    assert not (tmp_path / "checked").exists()


# Answers as the AWS CLI does until the account is known, and records what is called after that.
KNOWN_ACCOUNT: Final = """\
case "$1 $2" in
  --version*) echo aws-cli/2.31.0 ;;
  "sts assume-role-with-web-identity") echo key secret session ;;
  "sts get-caller-identity") echo 123456789012 ;;
  *) echo "$1 $2" >> called; exit 1 ;;
esac"""


def deployed(folder: Path, accounts: dict[str, str]) -> tuple[int, str, list[str]]:
    """Deploy prod with this key of the manifest, and return how it ends and what is called in the account."""
    out = folder / "out"
    out.mkdir()
    entry = {"name": "network", "region": "ap-northeast-1", "template": "main.yaml"}
    values = b'{"Parameters": {}, "Tags": {"Project": "shop"}}'
    (out / "values.json").write_bytes(values)
    manifest = {
        "stacks": [{**entry, "perDeploy": [], "parameterFiles": {"prod": "values.json"}}],
        "files": {"values.json": {"sha256": hashlib.sha256(values).hexdigest()}},
        **({"accounts": accounts} if accounts else {}),
    }
    (out / "stacks.json").write_text(json.dumps(manifest), "utf-8")
    stubs = {"aws": KNOWN_ACCOUNT, "csr-templates": "echo csr-templates >> called"}
    variables = {"PREFLIGHT_ROLES": ROLES, "AWS_ID_TOKEN": "t"}
    done = ran(folder, "bash docs/starters/deploy.sh prod", programs(folder, stubs), **variables)
    calls = folder / "called"
    return done.returncode, done.stderr, calls.read_text("utf-8").splitlines() if calls.exists() else []


def test_deploy_stops_in_another_account(tmp_path: Path) -> None:
    """Before the account is checked, and before anything is uploaded or created."""
    status, error, calls = deployed(tmp_path, {"prod": "012345678901", "dev": "123456789012"})

    assert (status, calls) == (1, [])
    assert error == "prod belongs to account 012345678901, but the caller is in account 123456789012.\n"


@pytest.mark.parametrize("accounts", [{}, {"prod": "123456789012"}, {"dev": "012345678901"}])
def test_deploy_goes_on_in_the_right_account(tmp_path: Path, accounts: dict[str, str]) -> None:
    """In the stated account, and in any account if none is stated for the environment."""
    _, _, calls = deployed(tmp_path, accounts)

    assert calls[:3] == ["csr-templates", "csr-templates", "cloudformation describe-stacks"]


def test_bootstrap_stacks_are_created_only_in_the_stated_account(tmp_path: Path) -> None:
    """Each block of the page that changes bootstrap stacks stops before its first call."""
    page = read(HAND_OVER)
    (functions,) = [block.text for block in page.shell() if "account_of()" in block.text]
    blocks = [block.text for block in page.shell() if "bootstrap-parameters.json" in block.text]
    assert len(blocks) == 4
    entry = {"name": "network", "region": "ap-northeast-1", "bootstrap": "bootstrap/network.yaml"}
    manifest = {"accounts": {"prod": "012345678901"}, "stacks": [entry]}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stacks.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "out" / "parameters").symlink_to(ROOT / "out" / "parameters")
    (tmp_path / "bootstrap.json").write_text("[]", "utf-8")
    chosen = {"environment": "prod", "stack": "network", "policies": "attached", "parameters": "{}"}

    for block in blocks:
        code = re.sub(
            r"^(\w+)=''", lambda choice: f"{choice[1]}='{chosen[choice[1]]}'", block, flags=re.MULTILINE
        )
        done = ran(tmp_path, functions + code, programs(tmp_path, {"aws": KNOWN_ACCOUNT}))

        assert done.returncode == 1, block
        assert done.stderr.startswith("prod belongs to account 012345678901")
        assert not (tmp_path / "called").exists()


def test_the_role_that_checks_can_be_created(tmp_path: Path) -> None:
    """The AWS CLI accepts the commands of the page, with the existing policies."""
    page = read(STARTERS / "README.md")
    (trust,) = [block_of_page.text for block_of_page in page.blocks if block_of_page.language == "json"]
    (tmp_path / "trust.json").write_text(trust, "utf-8")
    (tmp_path / "trust-pull-requests.json").write_text(trust, "utf-8")
    (tmp_path / "out").symlink_to(ROOT / "out")
    (block,) = page.shell()
    commands = [shlex.split(line) for line in block.text.replace("\\\n", " ").splitlines()]
    calls = [parse(words[1:], tmp_path).parameters for words in commands]
    creations = [call for call in calls if "AssumeRolePolicyDocument" in call]
    policies: dict[str, list[str]] = {}
    for call in calls:
        if "PolicyDocument" in call:
            policies.setdefault(call["RoleName"], []).append(call["PolicyDocument"])

    (statement,) = json.loads(creations[0]["AssumeRolePolicyDocument"])["Statement"]
    issuer = statement["Principal"]["Federated"].partition("/")[2]
    assert set(statement["Condition"]["StringEquals"]) == {
        f"{issuer}:{claim}" for claim in ("aud", "repository_id", "sub")
    }
    assert [call["RoleName"] for call in creations] == list(policies)
    for documents in policies.values():
        # What the inline policies of a role may have together, without white space.
        assert sum(len("".join(document.split())) for document in documents) < 10_240
    # The role for pull requests, which run the code of a branch, has only what their job calls.
    preflight = (ROOT / "out/operator-policies/preflight.json").read_text("utf-8")
    assert [json.loads(document) for document in policies[creations[1]["RoleName"]]] == [
        json.loads(preflight)
    ]


def test_the_page_of_the_starters_names_what_there_is() -> None:
    """The page names each file and each variable that a team has to set."""
    text = (STARTERS / "README.md").read_text("utf-8")
    for file in STARTERS.rglob("*"):
        if file.is_file() and file.name != "README.md":
            assert file.relative_to(STARTERS).as_posix() in text, file
    for variable in (
        "PREFLIGHT_ROLES",
        "NIGHTLY_ROLES",
        "REVIEW_TOKEN",
        "ACCEPTED",
        "INCIDENT",
        "OidcSubject",
    ):
        assert f"`{variable}`" in text
    assert all(f"-{stack.name}-pipeline`" in text or "<stack>-pipeline`" in text for stack in STACKS)
