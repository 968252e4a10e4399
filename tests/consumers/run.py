"""Follow the recipes of docs/consumers.md with the real tools, against a mock of CloudFormation.

Those of docs/accepted-findings.md are followed, too, and its scanners are run.

``make consumers`` runs it. A snippet of the page is named by the comment before it, ``recipe: tool/file``.
All files of a tool, and those of ``all``, are written into one folder, beside ``out`` and ``parameters``; its
scripts are run there in the order of the page. Then the stacks that the tool has left in the mock are
compared with our files.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

import botocore.session

from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import failed_assertions
from release import dist
from tests.consumers import accepted, pictures, scanners, starters
from tests.system import ENVIRONMENTS, PROJECT, STACK_NAMES

ROOT: Final = Path(__file__).resolve().parents[2]
TOOLS: Final = ROOT / "tests" / "consumers" / "tools"
WORK: Final = ROOT / "build" / "consumers"
PAGE: Final = ROOT / "docs" / "consumers.md"
ACCEPTED: Final = ROOT / "docs" / "accepted-findings.md"
ACCOUNT: Final = "123456789012"  # moto's
SNIPPET: Final = re.compile(r"^<!-- recipe: (\S+) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


PORT: Final = _free_port()
ENDPOINT: Final = f"http://localhost:{PORT}"


class ConsumerError(Exception):
    """A recipe differs from its page; the message states the difference."""


def snippets(page: Path = PAGE) -> dict[str, str]:
    """Return ``tool/file`` -> text of every snippet of the page, in its order."""
    return dict(SNIPPET.findall(page.read_text("utf-8")))


def main() -> int:
    """Run every recipe, or those that are named as arguments, as many at a time as the machine has cores.

    Returns:
        2 if there is no such recipe, otherwise 0.

    Raises:
        ConsumerError: a recipe differs from its page.
    """
    started = time.monotonic()
    chosen = sys.argv[1:] or list(CHECKS)
    unknown = [tool for tool in chosen if tool not in CHECKS]
    if unknown:
        print(f"There is no recipe {unknown[0]}; there are: {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    environment = install(scanning="accepted" in chosen)
    # A process for each, because each has a mock of its own, at a port of its own.
    with ProcessPoolExecutor(max_tasks_per_child=1, mp_context=get_context("spawn")) as pool:
        recipes = {pool.submit(follow, tool, environment): tool for tool in chosen}
        for recipe in as_completed(recipes):
            print(f"{recipes[recipe]}: {recipe.result():.0f} s", flush=True)
    print(f"{len(chosen)} passed, 0 failed ({time.monotonic() - started:.0f} s)")
    return 0


def follow(tool: str, environment: Mapping[str, str]) -> float:
    """Follow the recipe of a tool, and return the seconds that it took.

    Args:
        tool: name of the recipe.
        environment: that of ``install``.

    Raises:
        ConsumerError: the recipe differs from its page.
    """
    started = time.monotonic()
    environment = {**environment, "AWS_ENDPOINT_URL": ENDPOINT}  # of this process
    texts = snippets() | snippets(ACCEPTED)
    folder = write(tool, texts)
    scripts = [name for name in texts if name.startswith(f"{tool}/") and name.endswith(".sh")]
    with mock(environment, WORK / f"mock-{tool}.log"):
        for name in scripts:
            run(["bash", name.partition("/")[2]], folder, environment)
        CHECKS[tool](folder, environment)
    return time.monotonic() - started


def write(tool: str, texts: Mapping[str, str]) -> Path:
    """Write the files of one tool as its user would, and return their folder."""
    folder = WORK / "recipes" / tool
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        if name.startswith((f"{tool}/", "all/")):
            file = folder / name.partition("/")[2]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    if tool == "sceptre":  # as the page describes it
        database = folder / "config" / "prod" / "database.yaml"
        api = database.read_text("utf-8").replace("database", "api")
        database.with_name("api.yaml").write_text(api, "utf-8")
    if tool != "library":  # which builds its own
        (folder / "out").symlink_to(ROOT / "out")
    (folder / "parameters").symlink_to(ROOT / "parameters")
    (folder / "docs").symlink_to(ROOT / "docs")
    (folder / "node_modules").symlink_to(WORK / "node" / "node_modules")
    return folder


def run(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command and return what it prints.

    Raises:
        ConsumerError: it fails.
    """
    done = subprocess.run(
        command, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        lines = [line[:300] for line in (done.stdout + done.stderr).splitlines()]
        raise ConsumerError(
            "\n".join([f"{' '.join(command)} in {folder} ended with {done.returncode}:", *lines[-40:]])
        )
    return done.stdout


# ---- The tools ----


def install(*, scanning: bool) -> dict[str, str]:
    """Install what is pinned in ``tools``, unless it is there, and return the environment of the commands.

    Args:
        scanning: whether the scanners are wanted, which are many.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    pip = ["-m", "pip", "--disable-pip-version-check", "--quiet"]
    inputs = {
        "tools": TOOLS / "requirements.txt",
        "mock": TOOLS / "requirements-mock.txt",
        "lint": TOOLS / "requirements-lint.txt",
        "node": TOOLS / "package-lock.json",
    }
    if scanning:
        inputs["scanners"] = TOOLS / "requirements-scanners.txt"
    for name, file in inputs.items():
        folder, digest = WORK / name, hashlib.sha256(file.read_bytes()).hexdigest()
        mark = WORK / f"{name}.installed"
        if folder.exists() and mark.exists() and mark.read_text() == digest:
            continue
        print(f"Installing {file.relative_to(ROOT)}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        if name == "node":
            folder.mkdir()
            for file_name in ("package.json", "package-lock.json"):
                shutil.copy(TOOLS / file_name, folder)
            run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], folder, os.environ)
        else:
            run([sys.executable, "-m", "venv", str(folder)], ROOT, os.environ)
            run([_python(name), *pip, "install", "--requirement", str(file)], ROOT, os.environ)
        mark.write_text(digest)
    _install_wheel(pip)
    folders = [WORK / "tools" / "bin", _aws_folder(), WORK / "scanners" / "bin", os.environ["PATH"]]
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        "PATH": os.pathsep.join(str(folder) for folder in folders),
        "AWS_ACCESS_KEY_ID": "mock",
        "AWS_SECRET_ACCESS_KEY": "mock",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def _python(name: str) -> str:
    return str(WORK / name / "bin" / "python")


def _install_wheel(pip: list[str]) -> None:
    """Install the wheel of this checkout, as another project would."""
    folder = WORK / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    wheel = str(dist.wheel(folder))
    run([_python("tools"), *pip, "install", "--no-deps", "--force-reinstall", wheel], ROOT, os.environ)


def _aws_folder() -> str:
    """Return the folder of an AWS CLI of version 2: PyPI has version 1 only.

    Raises:
        ConsumerError: there is none.
    """
    for folder in os.environ["PATH"].split(os.pathsep):
        program = shutil.which("aws", path=folder)
        if (
            program
            and "aws-cli/2." in subprocess.run([program, "--version"], capture_output=True, text=True).stdout
        ):
            alone = (
                WORK / "aws"
            )  # other programs of that folder must not come before those of the virtual environment
            shutil.rmtree(alone, ignore_errors=True)
            alone.mkdir()
            (alone / "aws").symlink_to(program)
            return str(alone)
    raise ConsumerError("AWS CLI version 2 was not found. Install it (on Debian 13: the package awscli).")


# ---- The mock ----


@contextmanager
def mock(environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Serve an account with the buckets of all environments and of the CDK, and end it afterwards."""
    with log.open("w") as output:
        server = subprocess.Popen(
            [_python("mock"), str(TOOLS / "cloud.py"), str(PORT)], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait(server, log)
            for region in ("ap-northeast-1", "us-east-1"):
                where = (
                    {}
                    if region == "us-east-1"
                    else {"CreateBucketConfiguration": {"LocationConstraint": region}}
                )
                buckets = [f"{PROJECT}-{name}-artifacts" for name in ENVIRONMENTS]
                for name in [*buckets, "cdk-hnb659fds-assets"]:  # the last one by cdk bootstrap
                    client("s3", region).create_bucket(Bucket=f"{name}-{ACCOUNT}-{region}", **where)
                client("ssm", region).put_parameter(
                    Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String"
                )
            yield
        finally:
            server.terminate()
            server.wait()


def _wait(server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            urlopen(Request(f"{ENDPOINT}/moto-api/"), timeout=1).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise ConsumerError(f"The mock did not start:\n{log.read_text()}")


def client(service: str, region: str) -> Any:
    """Return a client of the mock."""
    return botocore.session.get_session().create_client(
        service, region, endpoint_url=ENDPOINT, aws_access_key_id="mock", aws_secret_access_key="mock"
    )


# ---- What the tools have done ----


def manifest() -> list[dict[str, Any]]:
    """Return the stacks of the manifest."""
    stacks: list[dict[str, Any]] = json.loads((ROOT / "out" / "stacks.json").read_text("utf-8"))["stacks"]
    return stacks


def deployed(
    target: str,
    names: tuple[str, ...],
    *,
    changed: tuple[str, ...] = (),
    templates: bool = True,
) -> None:
    """Compare stacks of the mock with our files.

    Args:
        target: the environment.
        names: of the stacks that must be there; no other may be.
        changed: those whose templates the recipe changes.
        templates: whether the tool deploys the templates as they are, but for those changes.

    Raises:
        ConsumerError: something is missing or different.
    """
    by_name = {stack["name"]: stack for stack in manifest()}
    there: set[str] = set()
    for region in ("ap-northeast-1", "us-east-1"):
        there |= {
            stack["StackName"] for stack in client("cloudformation", region).describe_stacks()["Stacks"]
        }
    expected = {f"{PROJECT}-{target}-{name}" for name in names}
    _same("stacks", {name for name in there if f"-{target}-" in name}, expected)
    for name in names:
        entry = by_name[name]
        written = json.loads((ROOT / "out" / entry["parameterFiles"][target]).read_text("utf-8"))
        cloudformation = client("cloudformation", entry["region"])
        (stack,) = cloudformation.describe_stacks(StackName=f"{PROJECT}-{target}-{name}")["Stacks"]
        if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise ConsumerError(f"{stack['StackName']} is {stack['StackStatus']}.")
        values = _parameters(name, target)
        _same(f"parameters of {name}", values | written["Parameters"], values)
        tags = {tag["Key"]: tag["Value"] for tag in stack["Tags"]}
        _same(f"tags of {name}", tags, written["Tags"])
        ours = load((ROOT / "out" / entry["template"]).read_text("utf-8"))
        failed = failed_assertions(ours, values, region=entry["region"])  # the mock ignores them
        _same(f"failed rules of {name}", failed, [])
        if not templates:
            continue
        body = cloudformation.get_template(StackName=stack["StackName"])["TemplateBody"]
        template = load(body) if isinstance(body, str) else body
        if name in changed:
            _same(
                f"template of {name}",
                template["Resources"]["FlowLog"]["Properties"]["MaxAggregationInterval"],
                60,
            )
            ours["Resources"]["FlowLog"]["Properties"]["MaxAggregationInterval"] = 60
        _same(f"template of {name}", template, ours)


def _parameters(name: str, target: str) -> dict[str, str]:
    (region,) = (stack["region"] for stack in manifest() if stack["name"] == name)
    full = f"{PROJECT}-{target}-{name}"
    (stack,) = client("cloudformation", region).describe_stacks(StackName=full)["Stacks"]
    return {value["ParameterKey"]: value["ParameterValue"] for value in stack["Parameters"]}


def _same(what: str, actual: Any, expected: Any) -> None:
    if different := list(_differences(actual, expected, "")):
        raise ConsumerError("\n".join([f"The {what} are not as they should be:", *different[:20]]))


def _differences(actual: Any, expected: Any, place: str) -> Iterator[str]:
    if isinstance(actual, dict) and isinstance(expected, dict):
        for key in dict.fromkeys([*expected, *actual]):
            yield from _differences(actual.get(key), expected.get(key), f"{place}/{key}")
    elif isinstance(actual, list) and isinstance(expected, list) and len(actual) == len(expected):
        for number, (actual_element, expected_element) in enumerate(zip(actual, expected, strict=True)):
            yield from _differences(actual_element, expected_element, f"{place}/{number}")
    elif actual != expected:
        yield f"  {place}: {str(actual)[:200]} instead of {str(expected)[:200]}"


def protected(target: str) -> None:
    """Check that termination protection and stack policies are as in the manifest."""
    for entry in manifest():
        name = f"{PROJECT}-{target}-{entry['name']}"
        cloudformation = client("cloudformation", entry["region"])
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        _same(f"protection of {name}", stack["EnableTerminationProtection"], entry["terminationProtection"])
        policy = json.loads(cloudformation.get_stack_policy(StackName=name).get("StackPolicyBody", "{}"))
        expected = json.loads((ROOT / "out" / entry["stackPolicy"]).read_text("utf-8"))
        _same(f"policy of {name}", policy, expected)


ALL: Final = tuple(STACK_NAMES)


def check_aws_cli(folder: Path, environment: Mapping[str, str]) -> None:
    """All stacks of prod, protected, and one of staging by a change set; and a stack by its name."""
    deployed("prod", ALL)
    protected("prod")
    deployed("staging", ("network",))
    printed = run(["bash", "deploy.sh", "network"], folder, environment)
    if printed.count("No changes") != 1:
        raise ConsumerError(f"deploy.sh does not deploy one stack by its name:\n{printed}")


def check_sceptre(folder: Path, environment: Mapping[str, str]) -> None:
    """Stacks from template files, and one from a handler that changes it."""
    deployed("prod", ALL, changed=("network",))
    protected("prod")


def check_cdk(folder: Path, environment: Mapping[str, str]) -> None:
    """What CDK wrote is what it read, but for the defaults; a value that changes later is deployed."""
    for entry in manifest():
        written = json.loads((folder / "cdk.out" / f"{entry['name']}.template.json").read_text("utf-8"))
        ours = load((ROOT / "out" / entry["template"]).read_text("utf-8"))
        parameter_file = json.loads((ROOT / "out" / entry["parameterFiles"]["prod"]).read_text("utf-8"))
        values = parameter_file["Parameters"]
        per_deploy = json.loads((folder / "per-deploy.json").read_text("utf-8"))
        for name, value in (values | per_deploy.get(entry["name"], {})).items():
            ours["Parameters"][name]["Default"] = value
        _same(f"template of {entry['name']}", _as_cdk_writes(written), _as_cdk_writes(ours))
    deployed("prod", ALL, templates=False)
    (folder / "out").unlink()
    shutil.copytree(ROOT / "out", folder / "out")
    file = folder / "out" / "parameters" / "prod" / "network.json"
    document = json.loads(file.read_text("utf-8"))
    document["Parameters"]["LogRetentionDays"] = "400"
    file.write_text(json.dumps(document), "utf-8")
    run(["bash", "deploy.sh"], folder, environment)
    _same("changed value", _parameters("network", "prod")["LogRetentionDays"], "400")


def _as_cdk_writes(node: Any) -> Any:
    """Return a template in which what CDK writes in another way is alike: tags, GetAtt, DependsOn."""
    if isinstance(node, dict):
        written = {key: _as_cdk_writes(value) for key, value in node.items()}
        if isinstance(written.get("Fn::GetAtt"), str):
            written["Fn::GetAtt"] = written["Fn::GetAtt"].split(".", 1)
        if isinstance(written.get("DependsOn"), str):
            written["DependsOn"] = [written["DependsOn"]]
        if isinstance(written.get("DependsOn"), list):
            written["DependsOn"] = sorted(written["DependsOn"])
        return written
    if isinstance(node, list):
        items = [_as_cdk_writes(element) for element in node]
        if items and all(
            isinstance(element, dict) and element.keys() == {"Key", "Value"} for element in items
        ):
            items.sort(key=lambda tag: str(tag["Key"]))
        return items
    return node


def check_library(folder: Path, environment: Mapping[str, str]) -> None:
    """The project of the page and the one beside this file build on the wheel; type checkers accept both."""
    run(["python", "assemble.py"], folder, environment)
    receipts = (folder / "out" / "receipts.yaml").read_text("utf-8")
    header = (
        "# Generated from shop.py; edit that file, not this one.\n"
        "# Refresh with: csr-templates build --stacks shop:STACKS\n"
    )
    if not receipts.startswith(header):
        raise ConsumerError(f"The header of receipts.yaml is not as the page says:\n{receipts[:200]}")
    if "# Refresh with: python assemble.py\n" not in (folder / "assembled" / "receipts.yaml").read_text(
        "utf-8"
    ):
        raise ConsumerError("The files of assemble.py do not name the command.")
    _check_types(folder, environment, ["shop.py", "assemble.py"])
    project = folder / "project"
    shutil.copytree(TOOLS.parent / "shop", project)
    build = [
        "csr-templates",
        "build",
        "--stacks",
        "shop.listing:STACKS",
        "--parameters",
        str(ROOT / "parameters"),
        "--no-lint",
    ]
    run(build, project, environment)
    run([*build, "--check"], project, environment)
    names = [
        stack["name"] for stack in json.loads((project / "out" / "stacks.json").read_text("utf-8"))["stacks"]
    ]
    _same("stacks of the second project", names, [*ALL, "receipts"])
    run(["csr-templates", "lint", "out/receipts.yaml"], project, environment)
    _check_types(project, environment, ["shop"])


def _check_types(folder: Path, environment: Mapping[str, str], files: list[str]) -> None:
    run(
        ["python", "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", str(WORK / "mypy"), *files],
        folder,
        environment,
    )
    pyright = str(WORK / "node" / "node_modules" / "pyright" / "index.js")
    run(["node", pyright, "--project", ".", "--pythonpath", _python("tools")], folder, environment)


def check_pictures(folder: Path, environment: Mapping[str, str]) -> None:
    """Mermaid draws the pictures of a review as they are written, with all names as text."""
    pictures.check(folder)


def check_starters(folder: Path, environment: Mapping[str, str]) -> None:
    """The starters are clean, each linter finds a fault in a copy, and the deploy works with the AWS CLI."""
    for name, linter in starters.linters(WORK).items():
        shutil.rmtree(folder / "starters", ignore_errors=True)
        shutil.copytree(ROOT / "docs" / "starters", folder / "starters")
        shutil.copy(ROOT / "renovate.json", folder / "starters")
        run(linter.command, folder, environment)
        file = folder / "starters" / linter.file
        text = file.read_text("utf-8")
        file.write_text(text.replace(linter.text, linter.fault), "utf-8")
        try:
            run(linter.command, folder, environment)
        except ConsumerError:
            continue
        raise ConsumerError(f"{name} does not find {linter.fault} in {linter.file}.")
    (folder / "lambda-deployment-package.zip").write_bytes(b"package")
    packages = {"Bucket": "lambdadeploymentsbucket-0123456789"}  # what the network stack would have made
    s3 = client("s3", "ap-northeast-1")
    s3.create_bucket(**packages, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    s3.put_bucket_versioning(**packages, VersioningConfiguration={"Status": "Enabled"})
    for region in ("ap-northeast-1", "us-east-1"):  # what the api stack would have made
        client("secretsmanager", region).create_secret(
            Name=f"{PROJECT}-prod-origin-api-key-a", SecretString="{}", ClientRequestToken="1" * 32
        )
    job = starters.job(folder, environment)
    deploy = ["bash", "starters/deploy.sh", "prod"]
    run(deploy, folder, job)
    deployed("prod", ALL)
    protected("prod")
    starters.leave("api", folder)  # whose updates go another way, with rollback triggers
    run(deploy, folder, job)
    deployed("prod", ALL)


def check_accepted(folder: Path, environment: Mapping[str, str]) -> None:
    """What the scanners find is what is accepted; with the page's form, cdk-nag finds nothing.

    Nor does checkov, or the page's command would have failed.
    """
    findings = list(scanners.findings(WORK, environment))
    if different := list(accepted.differences(accepted.accepted(), findings)):
        raise ConsumerError("\n".join(different))
    app = snippets()["cdk/app.js"].replace("app.synth();", 'require("./nag.js")(app);\napp.synth();')
    (folder / "app.js").write_text(app, "utf-8")
    _same("packs with findings", scanners.packs(folder, environment), set())
    nag = (folder / "nag.js").read_text("utf-8").replace("validations.acknowledge(", "void (")
    (folder / "nag.js").write_text(nag, "utf-8")
    _same("packs without acknowledgements", scanners.packs(folder, environment), scanners.PACKS)


# The longest first, so that the last ones do not wait for one of them.
CHECKS: Final[Mapping[str, Callable[[Path, Mapping[str, str]], None]]] = {
    "starters": check_starters,
    "accepted": check_accepted,
    "aws-cli": check_aws_cli,
    "library": check_library,
    "cdk": check_cdk,
    "sceptre": check_sceptre,
    "pictures": check_pictures,
}

if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ConsumerError, accepted.AcceptedError, pictures.PictureError, scanners.ScannerError) as error:
        sys.exit(f"make consumers: {error}")
