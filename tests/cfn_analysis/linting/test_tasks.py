"""Several lints at once have the same findings as single lints."""

from pathlib import Path

import pytest

from cfn_analysis.linting import runner, workers
from cfn_analysis.linting.tasks import Outcome, Task, lint_all

TOPIC = "Resources: {%s: {Type: AWS::SNS::Topic, Properties: {%s: alarms}}}"


def _subjects(outcome: Outcome) -> str:
    return " ".join(f"{finding.stack}.{finding.logical_id}" for finding in outcome.findings)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("cores", [1, 2])
def test_each_task_has_its_own_outcome(cores: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The results are in the order of the tasks, even if some take longer. Clean lints are saved."""
    monkeypatch.setattr(workers, "_cores", lambda: cores)
    monkeypatch.setattr(workers, "_can_fork", lambda: True)
    bad, good, long = TOPIC % ("One", "Nam"), TOPIC % ("Two", "TopicName"), TOPIC % ("AMuchLongerName", "Nam")
    tasks = [
        Task(text, "us-east-1", f"stack{number}", "a.yaml", Path(__file__), {})
        for number, text in enumerate([bad, good, long])
    ]

    progress: list[tuple[int, int]] = []

    first = lint_all(tasks, tmp_path, lambda *counts: progress.append(counts))
    assert progress == [(1, 3), (2, 3), (3, 3)]
    second = lint_all(tasks, tmp_path, lambda *counts: progress.append(counts))
    assert progress[3:] == [(2, 3), (3, 3)]  # one is saved

    assert [list(outcome.findings) for outcome in first] == [
        runner.lint(task.text, task.region, stack=task.stack, file=task.file, source=task.source)
        for task in tasks
    ]
    assert [_subjects(outcome) for outcome in first] == ["stack0.One", "", "stack2.AMuchLongerName"]
    assert [outcome.findings for outcome in second] == [outcome.findings for outcome in first]
    assert [outcome.seconds > 0 for outcome in first] == [True, True, True]
    assert [outcome.seconds > 0 for outcome in second] == [True, False, True]
    assert len(list(tmp_path.iterdir())) == 1
