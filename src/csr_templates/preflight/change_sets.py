"""Validation of a deploy by AWS: the only part of preflight that writes to the account.

CloudFormation validates a template when it creates a change set; DescribeEvents returns the results. For
each stack, a change set is created and not executed. The change set, and the empty stack that the first
change set of a stack creates, are always deleted, also after errors.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from csr_templates.preflight import calls, deployed
from csr_templates.preflight.facts import Lookup, NoAnswerError
from csr_templates.preflight.results import FAIL, PASS, UNKNOWN, WARN, Result

if TYPE_CHECKING:
    from csr_templates.preflight.account import Account
    from csr_templates.preflight.facts import Facts
    from csr_templates.preflight.needs import Needs, StackNeeds

CHECK: Final = "change-set"
MAX_INLINE: Final = 51_200  # bytes
PAUSE: Final = 2.0  # seconds between two calls of DescribeChangeSet
LONGEST: Final = 600.0  # seconds to wait for a change set
_UNCHANGED: Final = ("didn't contain changes", "No updates are to be performed")


class ChangeSets:
    """Creates change sets, reads their validation results, and deletes them.

    Attributes:
        left: commands that delete the resources that could not be deleted.
    """

    def __init__(
        self,
        account: Account,
        needs: Needs,
        facts: Facts,
        bucket: str | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        """Set the parameters of a validation.

        Args:
            account: the account.
            needs: the stacks to be deployed.
            facts: the answers of the account.
            bucket: bucket for templates above the API's size limit; by default the artifact bucket of the
                stack's region.
            sleep: waits for some seconds; by default ``time.sleep``.
        """
        self._account = account
        self._needs = needs
        self._facts = facts
        self._bucket = bucket
        self._sleep = sleep or time.sleep
        self._name = f"preflight-{secrets.token_hex(6)}"
        self.left: list[str] = []

    def results(self) -> Iterator[Result]:
        """Yield the validation results of each chosen stack."""
        for stack in self._needs.chosen:
            yield from self._of_stack(stack)
            for command in self.left:
                sentence = f"Some resources created to validate {stack.deployed} could not be deleted."
                yield Result(CHECK, stack.deployed, stack.name, FAIL, sentence, "Delete them.", command)
            self.left.clear()

    def _of_stack(self, stack: StackNeeds) -> Iterator[Result]:
        from botocore.exceptions import BotoCoreError, ClientError

        lookup = Lookup(self._facts)
        try:
            if reason := self._why_not(stack, lookup):
                yield self._result(stack, WARN, reason, "Run preflight again after that.")
                return
            found = deployed.description(lookup, stack)
            kind = "UPDATE" if deployed.is_there(lookup, stack) else "CREATE"
            with self._change_set(stack, kind, found) as (client, identifier):
                yield from self._validation(stack, client, identifier)
        except NoAnswerError as error:
            yield self._result(stack, UNKNOWN, str(error), error.remedy, why=error.why)
        except (ClientError, BotoCoreError) as error:
            sentence = f"AWS could not validate {stack.deployed}: {' '.join(str(error).split())}"
            remedy = (
                "Attach preflight-policies/change-set.json of the output folder to the role of the caller."
            )
            yield self._result(stack, UNKNOWN, sentence, remedy, why=f"change set: {_code(error)}")

    def _why_not(self, stack: StackNeeds, lookup: Lookup) -> str:
        """Return the result for stacks that must be deployed before a change set can be created."""
        for reads in stack.reads:
            made = self._needs.maker(reads)
            if made and not deployed.is_there(lookup, made[0]):
                return f"AWS can validate {stack.deployed} only after {made[0].deployed} is deployed."
        return ""

    @contextmanager
    def _change_set(
        self, stack: StackNeeds, kind: str, found: Mapping[str, Any] | None
    ) -> Iterator[tuple[Any, str]]:
        """Create a change set, wait for it, and delete all created resources."""
        client = self._account.client("cloudformation", stack.region)
        with self._template(stack) as template:
            try:
                made = client.create_change_set(
                    StackName=stack.deployed,
                    ChangeSetName=self._name,
                    ChangeSetType=kind,
                    Capabilities=["CAPABILITY_NAMED_IAM"],
                    Description="Created by csr-templates preflight for validation. Not executed.",
                    Parameters=_parameters(stack, found if kind == "UPDATE" else None),
                    **template,
                )
                yield client, made["Id"]
            finally:
                self._delete(client, stack, is_ours=found is None)

    @contextmanager
    def _template(self, stack: StackNeeds) -> Iterator[dict[str, str]]:
        """Upload a template that is too long for the API, and delete it afterwards."""
        if len(stack.text.encode()) <= MAX_INLINE:
            yield {"TemplateBody": stack.text}
            return
        bucket = self._bucket or f"{self._needs.prefix}artifacts-{self._needs.account}-{stack.region}"
        place = "s3" if self._bucket else f"s3.{stack.region}"  # a given bucket can be in any region
        key = f"preflight/{self._name}/{stack.name}.yaml"
        client = self._account.client("s3", stack.region)
        try:
            client.put_object(Bucket=bucket, Key=key, Body=stack.text.encode())
            yield {"TemplateURL": f"https://{bucket}.{place}.amazonaws.com/{key}"}
        finally:
            self._try(
                lambda: client.delete_object(Bucket=bucket, Key=key),
                f"aws s3api delete-object --region {stack.region} --bucket {bucket} --key {key}",
            )

    def _validation(self, stack: StackNeeds, client: Any, identifier: str) -> Iterator[Result]:
        waited = 0.0
        while True:
            change_set = client.describe_change_set(ChangeSetName=identifier)
            if change_set["Status"] in ("CREATE_COMPLETE", "FAILED"):
                break
            if waited >= LONGEST:
                sentence = f"The change set of {stack.deployed} was not ready after {LONGEST:.0f} seconds."
                yield self._result(
                    stack, UNKNOWN, sentence, "Run preflight again.", why="change set: too slow"
                )
                return
            self._sleep(PAUSE)
            waited += PAUSE
        pages = client.get_paginator("describe_events").paginate(ChangeSetName=identifier)
        events = [
            event
            for event in pages.build_full_result()["OperationEvents"]
            if event.get("EventType") in ("VALIDATION_ERROR", "HOOK_INVOCATION_ERROR")
        ]
        for event in events:
            yield self._finding(stack, event)
        reason = " ".join(change_set.get("StatusReason", "").split())
        if change_set["Status"] == "FAILED" and not any(text in reason for text in _UNCHANGED):
            if not any(event.get("ValidationFailureMode") == "FAIL" for event in events):
                sentence = f"CloudFormation rejects the change set of {stack.deployed}: {reason}"
                yield self._result(stack, FAIL, sentence, "Fix the cause in the message.")
        elif not events:
            yield self._result(stack, PASS, f"The validation by AWS found no problem in {stack.deployed}.")

    def _finding(self, stack: StackNeeds, event: Mapping[str, Any]) -> Result:
        resource = event.get("LogicalResourceId", stack.deployed)
        name = event.get("ValidationName") or event.get("HookType", "validation")
        reason = event.get("ValidationStatusReason") or event.get("HookStatusReason", "")
        place = f" at {event['ValidationPath']}" if event.get("ValidationPath") else ""
        sentence = f"{name} of {resource}{place}: {' '.join(reason.split())}"
        if event.get("ValidationStatus") == "SKIPPED":
            why = f"AWS skipped the validation {name}"
            return self._result(stack, UNKNOWN, sentence, "See the message.", str(resource), why)
        mode = event.get("ValidationFailureMode") or event.get("HookFailureMode")
        status = WARN if mode == "WARN" else FAIL
        return self._result(stack, status, sentence, "Fix the cause in the message.", str(resource))

    def _delete(self, client: Any, stack: StackNeeds, *, is_ours: bool) -> None:
        names = f"--region {stack.region} --stack-name {stack.deployed}"
        self._try(
            lambda: client.delete_change_set(StackName=stack.deployed, ChangeSetName=self._name),
            f"aws cloudformation delete-change-set {names} --change-set-name {self._name}",
        )
        if is_ours:
            self._try(lambda: self._delete_stack(client, stack), f"aws cloudformation delete-stack {names}")

    def _delete_stack(self, client: Any, stack: StackNeeds) -> None:
        """Delete the stack that the change set created, if it has no resources."""
        (found,) = client.describe_stacks(StackName=stack.deployed)["Stacks"]
        others = client.list_change_sets(StackName=stack.deployed)["Summaries"]
        if found["StackStatus"] == "REVIEW_IN_PROGRESS" and not others:
            client.delete_stack(StackName=found["StackId"])

    def _try(self, action: Callable[[], Any], command: str) -> None:
        """Delete a resource; if that fails, add the command to ``left``."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            action()
        except ClientError as error:
            if _code(error) not in ("ValidationError", "ChangeSetNotFound", "NoSuchBucket"):
                self.left.append(command)
        except BotoCoreError:
            self.left.append(command)

    def _result(
        self,
        stack: StackNeeds,
        status: str,
        sentence: str,
        remedy: str = "",
        subject: str = "",
        why: str = "",
    ) -> Result:
        command = calls.stack(stack.region, stack.deployed).command if status != PASS else ""
        return Result(CHECK, subject or stack.deployed, stack.name, status, sentence, remedy, command, why)


def _parameters(stack: StackNeeds, found: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the parameters of a change set; per-deploy parameters keep their previous values."""
    there = {one["ParameterKey"] for one in (found or {}).get("Parameters", [])}
    return [
        {"ParameterKey": name, "UsePreviousValue": True}
        if name in stack.per_deploy and name in there and name not in stack.given
        else {"ParameterKey": name, "ParameterValue": value}
        for name, value in stack.values.items()
    ]


def _code(error: Exception) -> str:
    response: Mapping[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", type(error).__name__))
