"""From stacks and parameter files to the files of ``out/``: all made in memory, checked and described.

``writing.write`` puts the files into a folder once all of them are clean.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from csr_templates.assembly import cross_stack as checks
from csr_templates.assembly.folder import FORMAT_VERSION, MANIFEST, as_json, sha256
from csr_templates.cloudformation import rendering
from csr_templates.cloudformation.wiring import Described
from csr_templates.environments import environment as environments
from csr_templates.hand_over import git_sync
from csr_templates.hand_over.deploy_policies import deploy_policies
from csr_templates.hand_over.stack_policies import stack_policy
from csr_templates.linting.tasks import Task, lint_all
from csr_templates.reference.page import page
from csr_templates.stacks.listing import STACKS, Stack
from csr_templates.stacks.parts.template import StackTemplate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path, PurePosixPath

    from csr_templates.environments.environment import Environment, StackSchema
    from csr_templates.linting.runner import Finding

REFERENCE = "reference.md"
_DEPLOY_POLICIES = "deploy-policies"


@dataclass(frozen=True)
class StackReport:
    """What building one stack gave.

    Attributes:
        name: the stack.
        template: file name of its template.
        region: AWS region that it was checked for.
        resources: number of resources in the template.
        bytes: size of the template.
        seconds: time spent on building, rendering and linting it, in whichever process.
    """

    name: str
    template: str
    region: str
    resources: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Assembly:
    """Everything that a build would write, before it writes anything.

    Attributes:
        files: POSIX path relative to the output folder -> content, ``stacks.json`` last.
        stacks: one report per stack, in deploy order.
        findings: what the linter found; files with findings are not to be written.
        problems: where the stacks do not fit together; nor are files with problems.
    """

    files: dict[str, bytes]
    stacks: tuple[StackReport, ...]
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether the files may be written."""
        return not self.findings and not self.problems


def assemble(
    stacks: Sequence[Stack] = STACKS,
    *,
    parameters: Path | None = None,
    lint: bool = True,
    every_environment: bool = False,
    clean_lints: Path | None = None,
    in_repository: PurePosixPath | None = None,
) -> Assembly:
    """Build, render, check and lint every stack, and describe the set in ``stacks.json``.

    Writes no file but those of the cache.

    Args:
        stacks: in deploy order.
        parameters: the folder with the parameter files; without one the set knows no environment.
        lint: whether to lint each template with its defaults.
        every_environment: whether to lint it with the values of each environment, too.
        clean_lints: the cache: a folder that remembers what was linted clean.
        in_repository: the output folder's path from the root of its Git repository, as
            ``git_sync.in_repository`` returns it. Without one there are no deployment files for Git sync.

    Raises:
        rendering.RenderError: a template holds something that must not be written, or a stack has none.
        environments.EnvironmentsError: the parameter files hold mistakes.
        ChildProcessError: a process that linted was killed.
    """
    drafts = [_draft(stack) for stack in stacks]
    schemas = [draft.schema for draft in drafts]
    known = environments.read(parameters, schemas) if parameters else ()
    if lint:
        drafts = _linted(drafts, known if every_environment else (), clean_lints)
    files: dict[str, bytes] = {}
    for draft in drafts:
        if draft.stack.template in files or draft.stack.template == MANIFEST:
            raise ValueError(
                f"Stack {draft.stack.name}: the file name {draft.stack.template} is taken already."
            )
        files[draft.stack.template] = draft.text.encode("ascii")
    projects = {one.values["ProjectName"] for one in known if "ProjectName" in one.values}
    policies = [_policies(draft, projects) for draft in drafts]
    for environment in known:
        files.update(_hand_over(environment, drafts, policies, in_repository))
    files.update((path, as_json(document)) for one in policies for path, document in one.files.items())
    if not any(one.problem for one in policies):  # else the schemas miss a type, which the page needs, too
        files[REFERENCE] = page([draft.described() for draft in drafts]).encode("ascii")
    reports = tuple(draft.report() for draft in drafts)
    files[MANIFEST] = as_json(manifest(stacks, reports, [one.name for one in known], files))
    problems = checks.problems(stacks, [draft.template for draft in drafts])
    return Assembly(
        files,
        reports,
        findings=tuple(finding for draft in drafts for finding in draft.findings),
        problems=(
            *problems,
            *environments.default_problems(schemas),
            *(one.problem for one in policies if one.problem),
        ),
    )


def render(stack: Stack) -> str:
    """Return the YAML of one stack, exactly as a build would write it.

    Raises:
        rendering.RenderError: the template holds something that must not be written.
    """
    return _draft(stack).text


def reference(stacks: Sequence[Stack] = STACKS) -> str:
    """Return the page about some stacks, in deploy order, exactly as a build would write it.

    Raises:
        rendering.RenderError: a template holds something that must not be written.
        schemas.SchemasError: AWS does not describe one of the types in the region of its stack.
    """
    return page([_draft(stack).described() for stack in stacks])


def read_environments(stacks: Sequence[Stack], parameters: Path) -> tuple[Environment, ...]:
    """Read the parameter files as ``assemble`` does, without making anything of them.

    Raises:
        environments.EnvironmentsError: the parameter files hold mistakes.
    """
    return environments.read(parameters, [_schema(stack, _built(stack).to_dict()) for stack in stacks])


def parameter_file(environment: str, stack: str) -> str:
    """Return the path, relative to the output folder, of what a pipeline passes to a stack."""
    return f"parameters/{environment}/{stack}.json"


def deployment_file(environment: str, stack: str) -> str:
    """Return the path, relative to the output folder, of what Git sync reads for a stack."""
    return f"deployments/{environment}/{stack}.yaml"


def stack_policy_file(stack: str) -> str:
    """Return the path, relative to the output folder, of a stack's policy."""
    return f"stack-policies/{stack}.json"


def manifest(
    stacks: Sequence[Stack],
    reports: Sequence[StackReport],
    names: Sequence[str],
    files: Mapping[str, bytes],
) -> dict[str, Any]:
    """Return what ``stacks.json`` says of the set; docs/manifest.md explains each key.

    Args:
        stacks: in deploy order.
        reports: one per stack.
        names: the environments.
        files: every other file of the set.
    """
    return {
        "formatVersion": FORMAT_VERSION,
        "stacks": [
            {
                "name": stack.name,
                "namePattern": f"${{ProjectName}}-${{Environment}}-{stack.name}",
                "template": stack.template,
                "region": stack.region,
                "capabilities": ["CAPABILITY_NAMED_IAM"],  # covers CAPABILITY_IAM
                "terminationProtection": True,
                "readsFrom": list(stack.reads_from),
                "perDeploy": list(stack.per_deploy),
                "parameterFiles": {name: parameter_file(name, stack.name) for name in names},
                "deploymentFiles": {
                    name: path for name in names if (path := deployment_file(name, stack.name)) in files
                },
                "stackPolicy": stack_policy_file(stack.name),
                "deployPolicies": _policy_files(files, stack, removing=False),
                "deletePolicies": _policy_files(files, stack, removing=True),
                "resources": report.resources,
            }
            for stack, report in zip(stacks, reports, strict=True)
        ],
        "files": {path: {"sha256": sha256(data), "bytes": len(data)} for path, data in files.items()},
    }


class _Draft(NamedTuple):
    """A stack on its way through a build."""

    stack: Stack
    template: dict[str, Any]
    sections: Mapping[str, str]
    text: str
    seconds: float
    findings: tuple[Finding, ...] = ()

    @property
    def schema(self) -> StackSchema:
        return _schema(self.stack, self.template)

    def described(self) -> Described:
        stack = self.stack
        return Described(
            stack.name, stack.template, stack.region, self.template, self.sections, stack.per_deploy
        )

    def report(self) -> StackReport:
        stack = self.stack
        resources, size = len(self.template.get("Resources", {})), len(self.text)
        return StackReport(stack.name, stack.template, stack.region, resources, size, round(self.seconds, 3))


class _Policies(NamedTuple):
    """What CloudFormation and IAM enforce for one stack, or why that cannot be said."""

    stack: dict[str, Any]
    files: dict[str, dict[str, Any]]
    problem: str = ""


def _policies(draft: _Draft, projects: Iterable[str]) -> _Policies:
    stack = draft.stack
    try:
        protecting = stack_policy(draft.template)
        allowing = deploy_policies(draft.template, stack.name, stack.region, projects)
    except ValueError as error:  # the linter may know more about the same mistake, so go on
        return _Policies({}, {}, f"Stack {stack.name}: {error}")
    files = {f"{_DEPLOY_POLICIES}/{name}.json": document for name, document in allowing.items()}
    return _Policies(protecting, {stack_policy_file(stack.name): protecting, **files})


def _policy_files(files: Iterable[str], stack: Stack, *, removing: bool) -> list[str]:
    """Return the deploy policies of a stack: those for everyday, or those for what goes away."""
    form = f"{_DEPLOY_POLICIES}/{re.escape(stack.name)}{'-delete' if removing else ''}(-[0-9]+)?[.]json"
    return list(filter(re.compile(form).fullmatch, files))


def _hand_over(
    environment: Environment,
    drafts: Iterable[_Draft],
    policies: Iterable[_Policies],
    in_repository: PurePosixPath | None,
) -> dict[str, bytes]:
    """Return what a pipeline, or Git sync, passes to each stack in one environment."""
    files = {}
    for draft, policy in zip(drafts, policies, strict=True):
        stack = draft.stack
        passed = environments.template_configuration(environment, stack.name)
        configuration = {**passed, "StackPolicy": policy.stack}
        files[parameter_file(environment.name, stack.name)] = as_json(configuration)
        if in_repository is not None:
            template = (in_repository / stack.template).as_posix()
            text = git_sync.deployment_file(template, passed["Parameters"], passed["Tags"], stack.per_deploy)
            files[deployment_file(environment.name, stack.name)] = text.encode("ascii")
    return files


def _schema(stack: Stack, template: Mapping[str, Any]) -> StackSchema:
    return environments.StackSchema(stack.name, stack.region, template, stack.per_deploy)


def _built(stack: Stack) -> StackTemplate:
    template: object = stack.build()  # whose type only a type checker has looked at
    if isinstance(template, StackTemplate):
        return template
    kind = type(template)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    returned = "None" if template is None else f"an object of type {name}"
    raise rendering.RenderError(
        f"Stack {stack.name}: build() in {stack.source} returned {returned}, but must return a "
        "StackTemplate. Create the template with StackTemplate from csr_templates, and return it."
    )


def _draft(stack: Stack) -> _Draft:
    started = time.perf_counter()
    template = _built(stack)
    body = template.to_dict()
    header = (
        f"Generated from {stack.source.parent.name}/{stack.source.name}; edit that file, not this one.",
        "Refresh with: make templates",
    )
    try:
        text = rendering.render(body, header=header, sections=template.sections)
    except rendering.RenderError as error:
        raise rendering.RenderError(f"Stack {stack.name}: {error}") from error
    return _Draft(stack, body, template.sections, text, time.perf_counter() - started)


def _linted(drafts: Sequence[_Draft], known: Sequence[Environment], clean_lints: Path | None) -> list[_Draft]:
    """Lint each template with its defaults, and with the values of environments where they differ."""
    named: list[list[str]] = []
    tasks: list[Task] = []
    for draft in drafts:
        stack = draft.stack
        values = {one.name: one.parameters[stack.name] for one in known}
        others = {name: given for name, given in values.items() if given != draft.schema.defaults}
        named.append(list(others))
        tasks += [
            Task(draft.text, stack.region, stack.name, stack.template, stack.source, given)
            for given in ({}, *others.values())
        ]
    outcomes = iter(lint_all(tasks, clean_lints))
    linted = []
    for draft, names in zip(drafts, named, strict=True):
        by_default, seconds = next(outcomes)
        found = list(by_default)
        for name in names:
            findings, more = next(outcomes)
            found += [
                replace(finding, message=f"{finding.message} (with the values of {name})")
                for finding in findings
                if finding not in by_default
            ]
            seconds += more
        linted.append(draft._replace(findings=tuple(found), seconds=draft.seconds + seconds))
    return linted
