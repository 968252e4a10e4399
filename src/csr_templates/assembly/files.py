"""Creates the files of ``out/`` from stacks and parameter files, in memory, and checks them.

``folder.write`` writes the files if there are no findings.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cfn_analysis.model import rendering
from cfn_analysis.model.built_stack import BuiltStack, Policies
from cfn_analysis.model.resolving import ACCOUNT, ResolveError, resolve
from cfn_analysis.model.schemas import SchemasError
from cfn_analysis.model.source_lines import logical_id_lines
from csr_templates.assembly import cross_stack, house_rules
from csr_templates.assembly.rollback_triggers import RollbackTriggerError, rollback_triggers
from csr_templates.environments import environment as environments
from csr_templates.hand_over import git_sync, manifest, preflight_policy, recovery
from csr_templates.hand_over.deploy_policies import iam_policies
from csr_templates.hand_over.manifest import REFRESH, as_json, manifest_problems
from csr_templates.hand_over.pipeline_policies import pipeline_policies, role_name
from csr_templates.hand_over.policy_documents import PolicyError
from csr_templates.hand_over.stack_parameters import template_configuration
from csr_templates.hand_over.stack_policies import stack_policy
from csr_templates.naming import PREFIX
from csr_templates.reference.page import page
from csr_templates.stacks import bootstrap
from csr_templates.stacks.listing import STACKS, Stack
from csr_templates.stacks.parts.template import StackTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import PurePosixPath

    from cfn_analysis.linting.runner import Finding
    from csr_templates.environments.environment import Environment

REFERENCE = "reference.md"


class Assembly(NamedTuple):
    """All files that a build would write.

    Attributes:
        files: POSIX path relative to the output folder -> content, ``stacks.json`` last.
        stacks: the stacks, in deploy order.
        seconds: stack -> seconds of building, rendering and linting it.
        findings: findings of the linter; files with findings must not be written.
        problems: inconsistencies between the stacks; files with problems must not be written.
        environments: the environments of the parameter files.
    """

    files: dict[str, bytes]
    stacks: tuple[BuiltStack, ...]
    seconds: Mapping[str, float]
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]
    environments: tuple[Environment, ...]

    @property
    def is_clean(self) -> bool:
        """Whether the files may be written."""
        return not self.findings and not self.problems


class _Derived(NamedTuple):
    """A template derived from the template of a stack."""

    stack: BuiltStack
    kind: str
    path: str
    text: str
    source: Path


def assemble(
    stacks: Sequence[Stack] = STACKS,
    *,
    parameters: Path | None = None,
    lint: bool = True,
    every_environment: bool = False,
    clean_lints: Path | None = None,
    in_repository: PurePosixPath | None = None,
    refresh: str = REFRESH,
    progress: Callable[[int, int], None] | None = None,
) -> Assembly:
    """Build, render, check and lint every stack, and create ``stacks.json``.

    Writes only files of the cache.

    Args:
        stacks: in deploy order.
        parameters: the folder with the parameter files; None for a set without environments.
        lint: whether to lint each template with its defaults.
        every_environment: whether to lint also with the values of each environment.
        clean_lints: the folder of the cache of clean lints.
        in_repository: the output folder's path from the root of its Git repository, as
            ``git_sync.in_repository`` returns it. None: no deployment files for Git sync.
        refresh: the command that generates the files again, for the comments at their top.
        progress: called with the numbers of completed and all lints, also from another thread.

    Raises:
        rendering.RenderError: a template contains a value that cannot be written, or a stack has none.
        environments.EnvironmentsError: the parameter files contain errors.
        ChildProcessError: a lint process was killed.
    """
    seconds: dict[str, float] = {}
    files: dict[str, bytes] = {}
    built = []
    stale = []
    for stack in stacks:
        started = time.perf_counter()
        one = _build_stack(stack)
        one.text = _text(one, refresh)
        seconds[one.name] = time.perf_counter() - started
        if one.file in files or one.file == manifest.MANIFEST:
            raise ValueError(
                f"Stack {one.name}: Another stack or the manifest has the file name {one.file} too. Choose a "
                "different file name."
            )
        files[one.file] = one.text.encode("ascii")
        stale += [f"Stack {one.name}: {sentence}" for sentence in stack.stale(one.template)]
        built.append(one)
    known = environments.read(parameters, built) if parameters else ()
    problems = [*cross_stack.problems(built), *stale, *environments.default_problems(built)]
    problems += [f"Stack {one.name}: {sentence}" for one in built for sentence in manifest_problems(one)]
    problems += _house_problems(stacks, built)
    triggers = {}
    for declared, one in zip(stacks, built, strict=True):
        try:
            triggers[one.name] = rollback_triggers(one, declared.rollback_triggers, known)
            service, service_delete = iam_policies(one)
            pipeline, pipeline_delete = pipeline_policies(one)
            one.policies = Policies(stack_policy(one), pipeline, service, pipeline_delete, service_delete)
        except (RollbackTriggerError, PolicyError, SchemasError, ResolveError) as error:
            problems.append(f"Stack {one.name}: {error}")  # the linter may report more about the same error
    files.update(_hand_over(built, known, in_repository, refresh))
    derived = [] if problems else [*_bootstraps(built, refresh), *_recoveries(built, known, files, refresh)]
    files.update((one.path, one.text.encode("ascii")) for one in derived)
    findings: list[Finding] = []
    if lint:
        sources = {stack.name: stack.source for stack in stacks}
        environments_to_lint = known if every_environment else ()
        for name, found, spent in _lint(built, sources, environments_to_lint, derived, clean_lints, progress):
            findings += found
            seconds[name] += spent
    if all(one.policies.service for one in built):  # otherwise an error was found that the page may raise
        files[REFERENCE] = page(built, refresh).encode("ascii")
    names = [one.name for one in known]
    files[manifest.MANIFEST] = as_json(manifest.document(built, names, files, triggers))
    rounded = {name: round(spent, 3) for name, spent in seconds.items()}
    return Assembly(files, tuple(built), rounded, tuple(findings), tuple(problems), tuple(known))


def render(stack: Stack, *, refresh: str = REFRESH) -> str:
    """Return the YAML of one stack, the same as from a build with this ``refresh``.

    Raises:
        rendering.RenderError: the template contains a value that cannot be written.
    """
    return _text(_build_stack(stack), refresh)


def resolved(stack: Stack, environment: Environment) -> str:
    """Return the YAML of one stack in an environment, with parameters and conditions resolved.

    Per-deploy parameters have their defaults, and ``AWS::AccountId`` is ``resolving.ACCOUNT``.

    Raises:
        ResolveError: the template cannot be resolved with the values.
        rendering.RenderError: the template contains a value that cannot be written.
    """
    one = _build_stack(stack)
    values = environment.parameters[one.name]
    name = one.name_pattern
    for parameter, value in values.items():
        name = name.replace(f"${{{parameter}}}", value)
    body = resolve(one.template, values, region=one.region, stack_name=name)
    kept = {
        key: one.template[key] for key in ("AWSTemplateFormatVersion", "Description") if key in one.template
    }
    header = (
        f"Template with the values of {name}, only for reading. Do not deploy it.",
        f"{ACCOUNT} is a placeholder for the account ID.",
    )
    return rendering.render({**kept, **body}, header=header, sections=one.sections)


def reference(stacks: Sequence[Stack] = STACKS, *, refresh: str = REFRESH) -> str:
    """Return the reference page of some stacks, in deploy order, the same as from a build.

    Raises:
        schemas.SchemasError: the lists of cfn-lint have another format.
    """
    return page([_build_stack(stack) for stack in stacks], refresh)


def read_environments(stacks: Sequence[Stack], parameters: Path) -> tuple[Environment, ...]:
    """Read the parameter files as ``assemble`` does.

    Raises:
        environments.EnvironmentsError: the parameter files contain errors.
    """
    return environments.read(parameters, [_build_stack(stack) for stack in stacks])


def _build_stack(stack: Stack) -> BuiltStack:
    template = _template(stack)
    if not isinstance(template, StackTemplate):
        kind = type(template)
        name = (
            kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        )
        returned = "None" if template is None else f"an object of type {name}"
        raise rendering.RenderError(
            f"Stack {stack.name}: build() in {stack.source} returned {returned}, but must return a "
            "StackTemplate. Create the template with StackTemplate from csr_templates, and return it."
        )
    return BuiltStack(
        name=stack.name,
        file=stack.template,
        region=stack.region,
        template=_to_dict(template, stack),
        sections=template.sections,
        per_deploy=stack.per_deploy,
        reads_from=stack.reads_from,
        source=f"{stack.build.__module__.replace('.', '/')}.py",
        name_pattern=f"{PREFIX}{stack.name}",
    )


def _template(stack: Stack) -> object:
    """Return the result of ``build``, and check its type.

    Suppresses the output of troposphere on standard error, which is also in its exception.
    """
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return stack.build()
    finally:
        if sys.stderr is not None:  # it is closed
            lines = said.getvalue().splitlines(keepends=True)
            sys.stderr.writelines(line for line in lines if " function validator " not in line)


def _to_dict(template: StackTemplate, stack: Stack) -> dict[str, Any]:
    try:
        return template.to_dict()
    except (AttributeError, TypeError, ValueError) as error:  # usually a missing required property
        lines = logical_id_lines(stack.source.read_text("utf-8"))
        named = [word for word in re.findall("[A-Za-z0-9]+", str(error)) if word in lines]
        name = f"{named[-1]}: " if named else ""
        raise rendering.RenderError(f"Stack {stack.name}: {name}{str(error).rstrip('.')}.") from error


def _house_problems(stacks: Sequence[Stack], built: Sequence[BuiltStack]) -> Iterator[str]:
    """Check the stacks of the listing against the house rules, which do not apply to other stacks."""
    try:
        for declared, stack in zip(stacks, built, strict=True):
            if declared in STACKS:
                yield from house_rules.problems(stack)
    except SchemasError as error:
        yield str(error)


def _text(stack: BuiltStack, refresh: str) -> str:
    header = (
        f"Generated from {stack.source}; edit that file, not this one.",
        f"Refresh with: {refresh}",
    )
    try:
        return rendering.render(stack.template, header=header, sections=stack.sections)
    except rendering.RenderError as error:
        raise rendering.RenderError(f"Stack {stack.name}: {error}") from error


def _hand_over(
    stacks: Iterable[BuiltStack],
    known: Iterable[Environment],
    in_repository: PurePosixPath | None,
    refresh: str,
) -> dict[str, bytes]:
    """Return the files with parameters for pipelines and Git sync, and the stack policies."""
    files = {}
    for environment in known:
        for stack in stacks:
            passed = template_configuration(environment, stack)
            files[manifest.parameter_file(environment.name, stack.name)] = as_json(passed)
            if in_repository is not None:
                path = (in_repository / stack.file).as_posix()
                text = git_sync.deployment_file(
                    path, passed["Parameters"], passed["Tags"], stack.per_deploy, refresh
                )
                files[manifest.deployment_file(environment.name, stack.name)] = text.encode("ascii")
    for stack in stacks:
        files[manifest.stack_policy_file(stack.name)] = as_json(stack.policies.stack)
    files[preflight_policy.PATH] = as_json(preflight_policy.policy())
    return files


def _bootstraps(stacks: Sequence[BuiltStack], refresh: str) -> Iterator[_Derived]:
    """Yield the bootstrap templates, with the roles of each stack."""
    header = (
        "Generated from csr_templates/stacks/bootstrap.py and the template of the stack; do not edit.",
        f"Refresh with: {refresh}",
    )
    source = Path(bootstrap.__file__)
    regions: set[str] = set()  # which have a bucket from an earlier stack
    for stack in stacks:
        pipeline, service = (
            role_name("${ProjectName}", "${Environment}", stack.name, kind)
            for kind in ("pipeline", "service")
        )
        template = bootstrap.build(
            stack, pipeline=pipeline, service=service, with_bucket=stack.region not in regions
        )
        regions.add(stack.region)
        text = rendering.render(template.to_dict(), header=header, sections=template.sections)
        yield _Derived(stack, "bootstrap", manifest.bootstrap_file(stack.name), text, source)


def _recoveries(
    stacks: Iterable[BuiltStack], known: Iterable[Environment], files: dict[str, bytes], refresh: str
) -> Iterator[_Derived]:
    """Yield the recovery templates, and add the files with their imports."""
    source = Path(recovery.__file__)
    for stack in stacks:
        for step in recovery.steps(stack):
            header = ["Generated from the template; do not edit.", f"Refresh with: {refresh}"]
            if step.imported:
                header += [
                    f"Not imported: {name}, since {why}." for name, why in recovery.left_out(stack).items()
                ]
                for environment in known:
                    given = recovery.resources_to_import(stack, step, environment.parameters[stack.name])
                    files[manifest.import_file(environment.name, step.name)] = as_json(given)
            text = rendering.render(step.template, header=header, sections=stack.sections)
            yield _Derived(stack, "recovery", manifest.recovery_file(step.name), text, source)


def _lint(
    stacks: Sequence[BuiltStack],
    sources: Mapping[str, Path],
    known: Sequence[Environment],
    derived: Iterable[_Derived],
    clean_lints: Path | None,
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[str, Sequence[Finding], float]]:
    """Lint each template with its defaults and the values of environments; derived templates too.

    Yields name of the stack, findings and seconds, more than once for a stack.
    """
    from cfn_analysis.linting.tasks import Task, lint_all  # not needed by a build without lint

    runs: list[tuple[str, str, Task]] = []  # stack, environment
    for stack in stacks:
        values = {one.name: one.parameters[stack.name] for one in known}
        others = {name: given for name, given in values.items() if given != stack.defaults}
        for environment, given in {"": {}, **others}.items():
            task = Task(stack.text, stack.region, stack.name, stack.file, sources[stack.name], given)
            runs.append((stack.name, environment, task))
    for one in derived:
        title = f"{one.stack.name} ({one.kind})"
        runs.append((one.stack.name, "", Task(one.text, one.stack.region, title, one.path, one.source, {})))
    found: Sequence[Finding]
    by_default: Sequence[Finding] = ()
    outcomes = lint_all([task for _, _, task in runs], clean_lints, progress)
    for (name, environment, _), outcome in zip(runs, outcomes, strict=True):
        if environment:
            found = [
                finding._replace(message=f"{finding.message} (with the values of {environment})")
                for finding in outcome.findings
                if finding not in by_default
            ]
        else:
            found = by_default = outcome.findings
        yield name, found, outcome.seconds
