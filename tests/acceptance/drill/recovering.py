"""The drill: deploy all stacks, delete one, import the retained resources, deploy again, and compare.

``python -m tests.acceptance.drill.recovering`` prints it for every environment.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from cfn_analysis.model.references import Place, place_in_words
from cfn_analysis.model.rendering import load
from csr_templates import STACKS
from csr_templates.assembly.files import Assembly, assemble
from tests.system import PROJECT, ROOT, readers

from .account import INSTANCE, UNKNOWN, Account, Changes, RefusedError, Thing, differences

ACCOUNT: Final = "123456789012"
PER_DEPLOY: Final = {"LambdaCodeS3ObjectVersion": "3sL4kqtJlcpXroDTDmJrmSpXd3dIbrHY"}
BY_HAND: Final = "restored"  # the start of the name of an instance


def built() -> Assembly:
    """Return all files of a build."""
    return assemble(parameters=ROOT / "parameters", lint=False)


@cache
def loaded(template: bytes) -> Any:
    """Return a template, which must not be changed.

    Loading it takes longer than deploying it to the model.
    """
    return load(template.decode("ascii"))


@dataclass
class Files:
    """The files of a build, read in the same way as by the operator's tools.

    Attributes:
        files: path -> content. A drill that is expected to fail changes some.
        environment: name of the environment.
    """

    files: dict[str, bytes]
    environment: str

    def json(self, path: str) -> Any:
        """Return a file that is JSON."""
        return json.loads(self.files[path])

    def template(self, path: str) -> Any:
        """Return a template."""
        return loaded(self.files[path])

    def entry(self, stack: str) -> Any:
        """Return the entry of a stack in the manifest."""
        return next(entry for entry in self.json("stacks.json")["stacks"] if entry["name"] == stack)

    def name(self, stack: str) -> str:
        """Return the name of a deployed stack."""
        return f"{PROJECT}-{self.environment}-{stack}"

    def values(self, stack: str, template: Mapping[str, Any]) -> dict[str, str]:
        """Return the parameters that ``aws cloudformation deploy`` passes: those that the template has."""
        values = {**self.json(self.entry(stack)["parameterFiles"][self.environment])["Parameters"]}
        values |= PER_DEPLOY
        return {name: value for name, value in values.items() if name in template["Parameters"]}


@dataclass
class Drill:
    """A drill in one environment.

    Attributes:
        files: the deployed files.
        account: the account of the drill.
        lines: the events.
    """

    files: Files
    account: Account = field(default_factory=Account)
    lines: list[str] = field(default_factory=list)

    def deploy(self, stack: str) -> Changes:
        """Deploy a stack's own template."""
        entry = self.files.entry(stack)
        template = self.files.template(entry["template"])
        values = self.files.values(stack, template)
        return self.account.deploy(self.files.name(stack), entry["region"], template, values)

    def deploy_all(self) -> None:
        """Deploy all stacks."""
        for stack in STACKS:
            self.deploy(stack.name)

    def delete(self, stack: str) -> None:
        """Delete a stack."""
        self.account.delete(self.files.name(stack), self.files.entry(stack)["region"])

    def take_back(self, stack: str) -> None:
        """Run the steps of the manifest."""
        entry = self.files.entry(stack)
        for step in entry["recovery"]:
            template = self.files.template(step["template"])
            path = step["importFiles"].get(self.files.environment)
            name, region = self.files.name(stack), entry["region"]
            if path is None:
                values = self.files.values(stack, template)
                changes = self.account.deploy(name, region, template, values)
                self.lines.append(f"  {step['template']}: created {', '.join(changes.created)}")
                self._restore(stack)
                continue
            import_file = self.files.json(path)
            parameters = {
                parameter["ParameterKey"]: parameter["ParameterValue"]
                for parameter in import_file["Parameters"]
            }
            listed = [self._identified(region, resource) for resource in import_file["ResourcesToImport"]]
            drift = self.account.import_resources(name, region, template, parameters, listed)
            imported = ", ".join(resource["LogicalResourceId"] for resource in listed)
            self.lines.append(f"  {step['template']}: imported {imported}")
            if drift:
                self.lines.append(f"    differs from the template until the deploy: {', '.join(drift)}")

    def _identified(self, region: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entry of the list with the values known only in the account."""
        identifier = {}
        for name, value in entry["ResourceIdentifier"].items():
            if isinstance(value, str):
                identifier[name] = value.replace("${AWS::AccountId}", ACCOUNT)
                continue
            identifiers = [
                thing.identifier[name]
                for thing in self.account.things.values()
                if (thing.kind, thing.region) == (entry["ResourceType"], region) and is_called(thing, value)
            ]
            if len(identifiers) != 1:
                raise RefusedError(
                    f"{entry['LogicalResourceId']}: {len(identifiers)} resources are called {value}"
                )
            identifier[name] = identifiers[0]
        return {**entry, "ResourceIdentifier": identifier}

    def _restore(self, stack: str) -> None:
        """Restore the newest snapshot manually, with the template's properties, and create an instance."""
        snapshot = self.account.snapshots[-1]
        entry = self.files.entry(stack)
        after = entry["recovery"][-1]
        template = self.files.template(after["template"])
        trial = self.account.copy()  # only for the properties
        trial.deploy(self.files.name(stack), entry["region"], template, self.files.values(stack, template))
        created = trial.stacks[entry["region"], self.files.name(stack)].things
        for resource in self.files.json(after["importFiles"][self.files.environment])["ResourcesToImport"]:
            logical_id, kind = resource["LogicalResourceId"], resource["ResourceType"]
            properties = dict(created[logical_id].properties)
            identifier = {
                name: value if isinstance(value, str) else f"{self.files.name(stack)}-{logical_id.lower()}-r"
                for name, value in resource["ResourceIdentifier"].items()
            }
            content = snapshot.value if kind == snapshot.kind else self.account.serial()
            self.account.add(Thing(kind, entry["region"], identifier, properties, value=content))
        identifier = {"DBInstanceIdentifier": f"{BY_HAND}-{self.files.environment}"}
        properties = {"DBClusterIdentifier": snapshot.ref}
        self.account.add(Thing(INSTANCE, entry["region"], identifier, properties))
        self.lines.append(f"  restored {snapshot.ref} from its snapshot, and created an instance by hand")

    def finish(self) -> None:
        """Delete the instance that was created by hand, after the deploy has created those of the stack."""
        for thing in [thing for thing in self.account.things.values() if thing.ref.startswith(BY_HAND)]:
            self.account.remove(thing)
            self.lines.append("  failed over, and deleted the instance that was created by hand")


def value_at(properties: Any, place: Place) -> Any:
    """Return the value at a path of the properties."""
    for step in place:
        properties = properties[step] if isinstance(step, int) else properties.get(step)
    return properties


def is_called(thing: Thing, by: Mapping[str, str]) -> bool:
    """Return whether a resource has a name or a Name tag."""
    if "Name" in by:
        return bool(thing.properties.get("Name") == by["Name"])
    return {"Key": "Name", "Value": by["Tag"]} in thing.properties.get("Tags", [])


def faults(
    before: Account, drill: Drill, stacks: Sequence[str], changes: Mapping[str, Changes]
) -> Iterator[str]:
    """Yield differences: data, names and properties of retained resources, and their changes by a deploy."""
    after = drill.account
    gone = {thing.ref for key, thing in before.things.items() if key not in after.things}
    for stack in stacks:
        region, name = drill.files.entry(stack)["region"], drill.files.name(stack)
        old, new = before.stacks[region, name], after.stacks[region, name]
        for what, names_before, names_after in (
            ("resources", old.things, new.things),
            ("outputs", old.outputs, new.outputs),
            ("exports", old.exports, new.exports),
        ):
            if names_before.keys() != names_after.keys():
                yield f"{stack}: other {what}: {sorted(names_before.keys() ^ names_after.keys())}"
        did = changes[stack]
        yield from (
            f"{stack}: {logical_id_replaced} was replaced: {why}"
            for logical_id_replaced, why in did.replaced.items()
        )
        yield from (
            f"{stack}: {logical_id_generated} was generated again" for logical_id_generated in did.generated
        )
        yield from (f"{stack}: {logical_id_removed} was removed" for logical_id_removed in did.removed)
        for step in drill.files.entry(stack)["recovery"]:
            if path := step["importFiles"].get(drill.files.environment):
                for entry in drill.files.json(path)["ResourcesToImport"]:
                    logical_id = entry["LogicalResourceId"]
                    was, now = old.things[logical_id], new.things[logical_id]
                    if was.key != now.key:
                        yield f"{stack}: {logical_id} is another one: {now.ref} instead of {was.ref}"
                    if was.value != now.value:
                        yield f"{stack}: {logical_id} has lost what it held"
                    for place in differences(was.properties, now.properties):
                        if not any(ref in str(value_at(was.properties, place)) for ref in gone):
                            yield f"{stack}: {logical_id} has another {place_in_words(place)}"


def drill_one(files: Files, deleted: str) -> tuple[list[str], list[str]]:
    """Delete a stack and its readers, recover it, and return the events and the differences."""
    drill = Drill(files)
    drill.deploy_all()
    before = drill.account.copy()
    gone = [*readers(deleted), deleted]
    for stack in gone:
        drill.delete(stack)
    orphaned = sum(not thing.stack for thing in drill.account.things.values())
    drill.lines.append(f"{files.environment}: deleted {', '.join(gone)}; left behind: {orphaned} resources")
    changes = {}
    for stack in reversed(gone):
        try:
            drill.deploy(stack)
        except RefusedError as error:
            drill.lines.append(f"  a plain deploy of {stack} fails: {error}")
        else:
            return drill.lines, [f"{stack}: deploys though its names should be taken"]
        drill.take_back(stack)
        changes[stack] = drill.deploy(stack)
        updated = [f"{name} ({', '.join(places)})" for name, places in changes[stack].updated.items()]
        drill.lines.append(
            f"  {stack} deployed: {len(changes[stack].created)} created, "
            f"{len(changes[stack].replaced)} replaced, {len(changes[stack].generated)} generated again, "
            f"updated: {', '.join(updated) or 'none'}"
        )
        drill.finish()
    orphans = sorted(thing.ref for thing in drill.account.things.values() if not thing.stack)
    drill.lines.append(f"  still in no stack: {', '.join(orphans) or 'nothing'}")
    problems = list(faults(before, drill, list(reversed(gone)), changes))
    again = [stack for stack in reversed(gone) if drill.deploy(stack) != Changes()]
    return drill.lines, problems + [f"{stack}: a second deploy changes something" for stack in again]


def report(files: Mapping[str, bytes], environments: Sequence[str]) -> None:
    """Print the drill of every stack in some environments, and its limits."""
    wrong = 0
    for environment in environments:
        for stack in STACKS:
            lines, problems = drill_one(Files(dict(files), environment), stack.name)
            print("\n".join([*lines, *(f"  WRONG: {problem}" for problem in problems)]))
            wrong += len(problems)
    print(f"\n{wrong} differences.\n\nWhat the model does not know:")
    print("\n".join(f"- {limit}" for limit in UNKNOWN))


if __name__ == "__main__":
    everything = built()
    report(everything.files, [environment.name for environment in everything.environments])
