"""Creates the files of ``out/`` from stacks and parameter files, in memory, and checks them.

``folder.write`` writes the files if there are no findings.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model import rendering
from cfn_analysis.model.resolving import ACCOUNT, ResolveError, resolve
from cfn_analysis.model.schemas import SchemasError
from csr_templates.assembly import cross_stack, house_rules, operability
from csr_templates.assembly.building import build_stack, with_policies
from csr_templates.assembly.rollback_triggers import RollbackTriggerError, rollback_triggers
from csr_templates.assembly.schemas import schema_files
from csr_templates.environments import environment as environments
from csr_templates.hand_over import (
    deploy_scopes,
    git_sync,
    manifest,
    on_call_policy,
    operator_policies,
    recovery,
)
from csr_templates.hand_over.manifest import REFRESH, as_json, manifest_problems
from csr_templates.hand_over.operator_statements import Names
from csr_templates.hand_over.pipeline_policies import role_name
from csr_templates.hand_over.policy_documents import PolicyError
from csr_templates.hand_over.stack_parameters import template_configuration
from csr_templates.reference.page import page
from csr_templates.stacks import bootstrap
from csr_templates.stacks.listing import STACKS, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import PurePosixPath

    from cfn_analysis.linting.runner import Finding
    from cfn_analysis.linting.tasks import Task
    from cfn_analysis.model.built_stack import BuiltStack
    from csr_templates.environments.environment import Environment

REFERENCE = "reference.md"
_DATA_RULE = "I3011"  # policies of resources with data; the house rule also says which ones
_DEPLOY_FACTS: Final = {
    f"{deploy_scopes.FACTS}.txt": "scopes=(...,)",
    f"FORGOTTEN in {deploy_scopes.FACTS}.py": "forgotten=(...,)",
    f"SERVICE_LINKED in {deploy_scopes.FACTS}.py": "service_linked=(...,)",
    f"PARAMETERS in {deploy_scopes.FACTS}.py": "parameters={...}",
}
"""Table that a message asks for -> how the declaration of a stack has its rows."""


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

    @property
    def can_be_described(self) -> bool:
        """Whether pages can describe the templates: cfn-lint's own rules found no error in their values."""
        return not any(finding.rule < "E9" for finding in self.findings)


class _DerivedTemplate(NamedTuple):
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
            ``git_sync.path_in_repository`` returns it. None: no deployment files for Git sync.
        refresh: the command that generates the files again, for the comments at their top.
        progress: called with the numbers of completed and all lints, also from another thread.

    Raises:
        rendering.RenderError: a template contains a value that cannot be written, or a stack has none.
        DashboardError: a dashboard shows a resource that its stack does not have.
        environments.EnvironmentsError: the parameter files contain errors.
        PricesError: the file of the prices, which has the names of the items for a schema, is wrong.
        ChildProcessError: a lint process was killed.
    """
    built, seconds = _build_stacks(stacks, refresh)
    built, policy_problems = _with_policies(stacks, built)
    targets = environments.read(parameters, built) if parameters else ()
    triggers, trigger_problems = _rollback_triggers(stacks, built, targets)
    problems = [*_problems_across_stacks(stacks, built, targets), *trigger_problems, *policy_problems]
    problems = list(dict.fromkeys(problems))
    files = {stack.file: stack.text.encode("ascii") for stack in built}
    files |= _hand_over(built, targets, in_repository, refresh, () if policy_problems else stacks)
    derived: list[_DerivedTemplate] = []
    if not problems:
        derived = [*_bootstraps(built, refresh), *_recoveries(built, refresh)]
        files |= _imports(built, targets)
        files |= {template.path: template.text.encode("ascii") for template in derived}
    files |= schema_files(built, [environment.name for environment in targets])
    if not policy_problems:  # otherwise an error was found that the page may raise
        files[REFERENCE] = page(built, refresh).encode("ascii")
    files[manifest.MANIFEST] = _manifest(built, targets, files, triggers)
    findings: list[Finding] = []
    if lint:
        runs = _lint_runs(stacks, built, targets if every_environment else (), derived)
        repeated = _unretained(stacks, built)
        for name, findings_of_run, spent in _lint(runs, clean_lints, progress):
            findings += _without_repeated(findings_of_run, repeated)
            seconds[name] += spent
    seconds = {name: round(spent, 3) for name, spent in seconds.items()}
    return Assembly(files, tuple(built), seconds, tuple(findings), tuple(problems), tuple(targets))


def _manifest(
    stacks: Sequence[BuiltStack],
    targets: Sequence[Environment],
    files: Mapping[str, bytes],
    triggers: Mapping[str, Mapping[str, Sequence[str]]],
) -> bytes:
    """Return the manifest of a set with these other files."""
    names = [environment.name for environment in targets]
    accounts = {environment.name: environment.account for environment in targets if environment.account}
    return as_json(manifest.document(stacks, names, files, triggers, accounts))


def render(stack: Stack, *, refresh: str = REFRESH) -> str:
    """Return the YAML of one stack, the same as from a build with this ``refresh``.

    Raises:
        rendering.RenderError: the template contains a value that cannot be written.
    """
    return build_stack(stack, refresh).text


def resolved(stack: Stack, environment: Environment) -> str:
    """Return the YAML of one stack in an environment, with parameters and conditions resolved.

    Per-deploy parameters have their defaults, and ``AWS::AccountId`` is ``resolving.ACCOUNT``.

    Raises:
        ResolveError: the template cannot be resolved with the values.
        rendering.RenderError: the template contains a value that cannot be written.
    """
    built = build_stack(stack)
    values = environment.parameters[built.name]
    name = built.name_pattern
    for parameter, value in values.items():
        name = name.replace(f"${{{parameter}}}", value)
    template = {
        key: built.template[key]
        for key in ("AWSTemplateFormatVersion", "Description")
        if key in built.template
    }
    template |= resolve(built.template, values, region=built.region, stack_name=name)
    header = (
        f"Template with the values of {name}, only for reading. Do not deploy it.",
        f"{ACCOUNT} is a placeholder for the account ID.",
    )
    return rendering.render(template, header=header, sections=built.sections)


def read_environments(stacks: Sequence[Stack], parameters: Path) -> tuple[Environment, ...]:
    """Read the parameter files as ``assemble`` does.

    Raises:
        environments.EnvironmentsError: the parameter files contain errors.
    """
    return environments.read(parameters, [build_stack(stack) for stack in stacks])


def _build_stacks(stacks: Sequence[Stack], refresh: str) -> tuple[list[BuiltStack], dict[str, float]]:
    """Return the stacks without policies, and name -> seconds."""
    built: list[BuiltStack] = []
    seconds = {}
    names = {manifest.MANIFEST}
    for declared in stacks:
        started = time.perf_counter()
        stack = build_stack(declared, refresh)
        seconds[stack.name] = time.perf_counter() - started
        if stack.file in names:
            raise ValueError(
                f"Stack {stack.name}: Another stack or the manifest has the file name {stack.file} too. "
                "Choose a different file name."
            )
        names.add(stack.file)
        built.append(stack)
    return built, seconds


def _with_policies(
    stacks: Sequence[Stack], built: Sequence[BuiltStack]
) -> tuple[list[BuiltStack], list[str]]:
    """Return the stacks with their policies, and a sentence for each stack that cannot have policies."""
    complete, problems = [], []
    for declared, stack in zip(stacks, built, strict=True):
        try:
            complete.append(with_policies(stack, built, declared.deploy_facts))
        except (PolicyError, SchemasError, ResolveError) as error:
            complete.append(stack)
            # The linter may report more about the same error.
            problems += [
                f"Stack {stack.name}: {sentence}{_for_another_project(declared, sentence)}"
                for sentence in str(error).split("\n")
            ]
    return complete, problems


def _for_another_project(declared: Stack, sentence: str) -> str:
    """Return where another project writes the line that a sentence asks for; empty if none is asked for."""
    if declared in STACKS:
        return ""
    for table, key in _DEPLOY_FACTS.items():
        if table in sentence:
            return (
                f" In your project, give the line to the stack: Stack(..., deploy_facts=DeployFacts({key}))."
            )
    return ""


def _rollback_triggers(
    stacks: Sequence[Stack], built: Sequence[BuiltStack], targets: Sequence[Environment]
) -> tuple[dict[str, Any], list[str]]:
    """Return name of a stack -> its rollback triggers, and a sentence for each stack with wrong ones."""
    triggers, problems = {}, []
    for declared, stack in zip(stacks, built, strict=True):
        try:
            triggers[stack.name] = rollback_triggers(stack, declared.rollback_triggers, targets)
        except (RollbackTriggerError, ResolveError) as error:
            problems.append(f"Stack {stack.name}: {error}")
    return triggers, problems


def _problems_across_stacks(
    stacks: Sequence[Stack], built: Sequence[BuiltStack], targets: Sequence[Environment]
) -> Iterator[str]:
    yield from cross_stack.problems(built)
    yield from environments.default_problems(built, targets)
    for stack in built:
        yield from (f"Stack {stack.name}: {sentence}" for sentence in manifest_problems(stack))
    yield from _house_problems(stacks, built)


def _house_problems(stacks: Sequence[Stack], built: Sequence[BuiltStack]) -> Iterator[str]:
    """Check the stacks of the listing against the house rules, which do not apply to other stacks."""
    try:
        for declared, stack in zip(stacks, built, strict=True):
            if declared in STACKS:
                yield from house_rules.problems(stack)
                yield from operability.problems(stack)
    except SchemasError as error:
        yield str(error)


def _without_repeated(findings: Iterable[Finding], unretained: Collection[tuple[str, str]]) -> list[Finding]:
    """Return findings without those that repeat the house rule on resources with data."""
    return [
        finding
        for finding in findings
        if finding.rule != _DATA_RULE or (finding.stack, finding.logical_id) not in unretained
    ]


def _unretained(stacks: Sequence[Stack], built: Sequence[BuiltStack]) -> set[tuple[str, str]]:
    """Return the stack and logical ID of resources whose data is not retained as the house rules demand."""
    unretained: set[tuple[str, str]] = set()
    for declared, stack in zip(stacks, built, strict=True):
        if declared not in STACKS:
            continue
        try:
            unretained.update((stack.name, logical_id) for logical_id in house_rules.unretained(stack))
        except SchemasError:  # reported with the house rules
            continue
    return unretained


def _hand_over(
    stacks: Sequence[BuiltStack],
    targets: Sequence[Environment],
    in_repository: PurePosixPath | None,
    refresh: str,
    declared: Sequence[Stack],
) -> dict[str, bytes]:
    """Return the files for pipelines, Git sync and operators.

    ``declared`` are the declarations of the stacks; none if a stack cannot have policies.
    """
    files = {}
    for environment in targets:
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
    names = _names(targets)
    for name in operator_policies.CALLS:
        if name == operator_policies.DETECT_DRIFT:
            continue  # it needs the schemas of all types, as the deploy policies do
        for number, policy in enumerate(operator_policies.policies(name, names, stacks), 1):
            files[operator_policies.path(name, number)] = as_json(policy)
    if declared:
        files |= _drift_policies(declared, stacks, targets)
    if targets:
        for number, policy in enumerate(on_call_policy.policies(names, stacks), 1):
            files[on_call_policy.path(number)] = as_json(policy)
    return files


def _drift_policies(
    declared: Sequence[Stack], stacks: Sequence[BuiltStack], targets: Sequence[Environment]
) -> dict[str, bytes]:
    """Return the policies for detecting the drift of the stacks."""
    tables = [deploy_scopes.facts(*stack.deploy_facts) for stack in declared]
    name = operator_policies.DETECT_DRIFT
    policies = operator_policies.policies(name, _names(targets), stacks, tables)
    return {
        operator_policies.path(name, number): as_json(policy) for number, policy in enumerate(policies, 1)
    }


def _names(targets: Sequence[Environment]) -> Names:
    """Return the names for the policies of operators; without environments, all names of this form."""
    if not targets:
        return Names("*", ("*",))
    project = targets[0].values.get("ProjectName", "*")  # all have the same one
    return Names(project, [environment.name for environment in targets])


def _bootstraps(stacks: Sequence[BuiltStack], refresh: str) -> Iterator[_DerivedTemplate]:
    """Yield the bootstrap templates, with the roles of each stack."""
    header = (
        "Generated from csr_templates/stacks/bootstrap.py and the template of the stack; do not edit.",
        f"Refresh with: {refresh}",
    )
    source = Path(bootstrap.__file__)
    regions: set[str] = set()  # which have a bucket from an earlier stack
    for stack in stacks:
        template = bootstrap.build(
            stack,
            pipeline=role_name("${ProjectName}", "${Environment}", stack.name, "pipeline"),
            service=role_name("${ProjectName}", "${Environment}", stack.name, "service"),
            with_bucket=stack.region not in regions,
        )
        regions.add(stack.region)
        text = rendering.render(template.to_dict(), header=header, sections=template.sections)
        yield _DerivedTemplate(stack, "bootstrap", manifest.bootstrap_file(stack.name), text, source)


def _recoveries(stacks: Iterable[BuiltStack], refresh: str) -> Iterator[_DerivedTemplate]:
    """Yield the recovery templates."""
    source = Path(recovery.__file__)
    for stack in stacks:
        for step in recovery.steps(stack):
            header = ["Generated from the template; do not edit.", f"Refresh with: {refresh}"]
            if step.imported:
                header += [
                    f"Not imported: {name}, since {why}." for name, why in recovery.left_out(stack).items()
                ]
            text = rendering.render(step.template, header=header, sections=stack.sections)
            yield _DerivedTemplate(stack, "recovery", manifest.recovery_file(step.name), text, source)


def _imports(stacks: Iterable[BuiltStack], targets: Sequence[Environment]) -> dict[str, bytes]:
    """Return the files with the resources that each step of a recovery imports."""
    files = {}
    for stack in stacks:
        for step in recovery.steps(stack):
            if not step.imported:
                continue
            for environment in targets:
                resources = recovery.resources_to_import(stack, step, environment.parameters[stack.name])
                files[manifest.import_file(environment.name, step.name)] = as_json(resources)
    return files


class _LintRun(NamedTuple):
    """A template to lint.

    Attributes:
        stack: name of its stack.
        environment: whose values it is linted with; empty for the defaults.
        task: the template and its values.
    """

    stack: str
    environment: str
    task: Task


def _lint_runs(
    stacks: Sequence[Stack],
    built: Sequence[BuiltStack],
    targets: Sequence[Environment],
    derived: Iterable[_DerivedTemplate],
) -> list[_LintRun]:
    """Return what to lint: each template with its defaults, then with the values of each environment.

    An environment whose values are the defaults is left out. Derived templates follow, with their defaults.
    """
    from cfn_analysis.linting.tasks import Task  # not needed by a build without lint

    runs: list[_LintRun] = []
    for declared, stack in zip(stacks, built, strict=True):
        values_to_lint: dict[str, Mapping[str, str]] = {"": {}}
        for environment in targets:
            values = environment.parameters[stack.name]
            if values != stack.defaults:
                values_to_lint[environment.name] = values
        for name, values in values_to_lint.items():
            task = Task(stack.text, stack.region, stack.name, stack.file, declared.source, values)
            runs.append(_LintRun(stack.name, name, task))
    for template in derived:
        title = f"{template.stack.name} ({template.kind})"
        task = Task(template.text, template.stack.region, title, template.path, template.source, {})
        runs.append(_LintRun(template.stack.name, "", task))
    return runs


def _lint(
    runs: Sequence[_LintRun],
    clean_lints: Path | None,
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[str, Sequence[Finding], float]]:
    """Yield name of the stack, findings and seconds of each run.

    Findings with the values of an environment do not repeat those with the defaults.
    """
    from cfn_analysis.linting.tasks import lint_all

    with_defaults: Sequence[Finding] = ()
    outcomes = lint_all([run.task for run in runs], clean_lints, progress)
    for run, outcome in zip(runs, outcomes, strict=True):
        if not run.environment:
            with_defaults = outcome.findings
            yield run.stack, outcome.findings, outcome.seconds
            continue
        further = [
            finding._replace(message=f"{finding.message} (with the values of {run.environment})")
            for finding in outcome.findings
            if finding not in with_defaults
        ]
        yield run.stack, further, outcome.seconds
