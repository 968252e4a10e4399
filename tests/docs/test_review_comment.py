"""The job of ``docs/starters`` that reviews: one comment, which each run replaces, on a server beside it."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.reviewing.markdown import marker
from csr_templates.cli.review import COMMAND
from tests.system import STACK_NAMES

from .conftest import require_programs
from .pages import ROOT
from .serving import serving
from .starters import programs, ran, script, step

MARKER = marker(COMMAND)
# git merge-base HEAD BRANCH, and git worktree add --quiet --detach FOLDER COMMIT.
GIT = f"""\
case $1 in
  merge-base) echo "base-of-${{3#origin/}}" ;;
  worktree) mkdir -p "$5" && ln -sfn "{ROOT}/docs" "$5/docs" ;;
esac"""


@pytest.fixture(autouse=True)
def _bash() -> None:
    require_programs()


class Comments(ThreadingHTTPServer):
    """The comments of one pull request or merge request, with the addresses of GitHub and of GitLab."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.held: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.tokens: set[str] = set()
        self.broken = ""

    def add(self, author: str, body: str) -> None:
        """Add a comment, as both services describe it."""
        names = {"login": author, "username": author}
        self.held.append({"id": len(self.held) + 1, "user": names, "author": names, "body": body})


class _Handler(BaseHTTPRequestHandler):
    server: Comments

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, content: Any, status: int = 200) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _call(self) -> None:
        server, path = self.server, self.path.partition("?")[0]
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server.calls.append(f"{self.command} {self.path}")
        server.tokens |= {self.headers.get("Authorization", ""), self.headers.get("PRIVATE-TOKEN", "")}
        if self.command == server.broken:
            return self._answer({"message": "no"}, 403)
        page = re.search(r"[?&]page=(\d+)", self.path)
        match self.command, path:
            case "GET", "/user":
                self._answer({"id": 7, "username": "project_3_bot"})
            case "GET", "/repos/a/b/issues/9/comments" | "/projects/3/merge_requests/9/notes" if page:
                first = (int(page[1]) - 1) * 100
                self._answer(server.held[first : first + 100])
            case "POST", "/repos/a/b/issues/9/comments" | "/projects/3/merge_requests/9/notes":
                github = path.startswith("/repos")
                server.add("github-actions[bot]" if github else "project_3_bot", json.loads(data)["body"])
                self._answer({}, 201)
            case (("PATCH" | "PUT"), _):
                pattern = r"/repos/a/b/issues/comments/(\d+)"
                if self.command == "PUT":
                    pattern = r"/projects/3/merge_requests/9/notes/(\d+)"
                number = re.fullmatch(pattern, path)
                assert number, path
                server.held[int(number[1]) - 1]["body"] = json.loads(data)["body"]
                self._answer({})
            case _:
                self._answer({"message": "Not Found"}, 404)
        return None

    do_GET = do_POST = do_PATCH = do_PUT = _call  # noqa: N815, the names that http.server looks for


@pytest.fixture
def comments() -> Iterator[Comments]:
    """A server of comments on this machine."""
    with serving(Comments()) as server:
        yield server


class Reviewing:
    """The job of a service that reviews, in a checkout."""

    def __init__(self, service: str, folder: Path, server: Comments) -> None:
        self.service, self.folder, self.server = service, folder, server
        self.bot = "github-actions[bot]" if service == "github" else "project_3_bot"
        address = f"http://127.0.0.1:{server.server_address[1]}"
        self.variables = {
            "github": {
                "BASE": "origin/main",
                "GITHUB_API_URL": address,
                "GITHUB_REPOSITORY": "a/b",
                "GITHUB_RUN_ID": "1",
                "GITHUB_STEP_SUMMARY": "summary",
                "GITHUB_TOKEN": "t0ken",
                "LINKS": "https://github.com/a/b/blob/c0ffee",
                "NUMBER": "9",
                "GITHUB_PATH": "paths",
                "RUNNER_TEMP": str(folder / "temp"),
            },
            "gitlab": {
                "CI_API_V4_URL": address,
                "CI_COMMIT_SHA": "c0ffee",
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": "base-of-main",
                "CI_MERGE_REQUEST_IID": "9",
                "CI_PROJECT_ID": "3",
                "CI_PROJECT_URL": "https://gitlab.example/a/b",
                "REVIEW_TOKEN": "t0ken",
            },
        }[service]

    def run(self, report: str, code: int = 0, **variables: str) -> tuple[int, str, str]:
        """Run the steps for a report of the review that ends with a code."""
        sarif = {
            "runs": [{"tool": {"driver": {"name": f"csr-templates {name}"}}} for name in ("lint", "review")]
        }
        (self.folder / "report").write_text(report, "utf-8")
        (self.folder / "sarif").write_text(json.dumps(sarif), "utf-8")
        review = f'echo "$*" >> called; case "$*" in *sarif*) cat sarif;; *) cat report;; esac; exit {code}'
        return self.steps({"git": GIT, "csr-templates": review}, **variables)

    def steps(self, stubs: Mapping[str, str], **variables: str) -> tuple[int, str, str]:
        """Run the steps; GitHub runs the comment after a failure, too."""
        path = programs(self.folder, {"apt-get": "true", "python": "true", **stubs})
        environment = {**self.variables, **variables}
        if self.service == "gitlab":
            done = ran(self.folder, script("review"), path, **environment)
            return done.returncode, done.stdout, done.stderr
        install = step("templates.yml", "review", "Install the code of the base branch")["run"]
        done = ran(self.folder, install, path, **environment)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        done = ran(self.folder, step("templates.yml", "review", "Review")["run"], path, **environment)
        if not (self.folder / "review.md").exists():  # as the condition of the next step says
            return done.returncode, done.stdout, done.stderr
        comment = ran(self.folder, step("templates.yml", "review", "Comment")["run"], path, **environment)
        return (
            max(done.returncode, comment.returncode),
            done.stdout + comment.stdout,
            done.stderr + comment.stderr,
        )


@pytest.fixture(params=["github", "gitlab"])
def reviewing(request: pytest.FixtureRequest, tmp_path: Path, comments: Comments) -> Reviewing:
    """The job of each service."""
    return Reviewing(request.param, tmp_path, comments)


def test_first_report_is_a_comment_and_the_next_takes_its_place(
    reviewing: Reviewing, comments: Comments
) -> None:
    """There is one comment for all runs; a risk fails the job after that."""
    comments.add("person", "Please look at this.")

    assert reviewing.run(f"{MARKER}\nRisks: 1\n", code=1) == (1, "", "")
    comments.add("person", "And at that.")
    assert reviewing.run(f"{MARKER}\nNo risks\n") == (0, "", "")

    assert [(comment["user"]["login"], comment["body"]) for comment in comments.held] == [
        ("person", "Please look at this."),
        (reviewing.bot, f"{MARKER}\nNo risks\n"),
        ("person", "And at that."),
    ]
    assert comments.tokens - {""} in ({"Bearer t0ken"}, {"t0ken"})
    called = (reviewing.folder / "called").read_text("utf-8").splitlines()
    assert called[0].startswith("review --before base-of-main --format markdown --link-base https://git")
    assert called[0].endswith("c0ffee")


def test_comment_of_another_author_is_left_alone(reviewing: Reviewing, comments: Comments) -> None:
    """A comment that only begins like a report is not replaced: its author could change it later."""
    comments.add("person", f"{MARKER}\nNo risks, believe me.\n")

    assert reviewing.run(f"{MARKER}\nRisks: 1\n", code=1)[0] == 1
    assert [comment["body"] for comment in comments.held] == [
        f"{MARKER}\nNo risks, believe me.\n",
        f"{MARKER}\nRisks: 1\n",
    ]


def test_comment_is_found_on_a_later_page(reviewing: Reviewing, comments: Comments) -> None:
    """The services answer with 100 comments at most."""
    for number in range(200):
        comments.add("person", f"{number}")
    comments.add(reviewing.bot, f"{MARKER}\nold\n")

    assert reviewing.run(f"{MARKER}\nnew\n")[0] == 0
    assert len(comments.held) == 201
    assert comments.held[-1]["body"] == f"{MARKER}\nnew\n"
    comments.held.pop()
    assert reviewing.run(f"{MARKER}\nfirst\n")[0] == 0  # two full pages, and an empty one
    assert len(comments.held) == 201


@pytest.mark.parametrize("broken", ["GET", "POST"])
def test_refused_comment_fails_the_job(reviewing: Reviewing, comments: Comments, broken: str) -> None:
    """A token without read or write permission is an error, and nothing is added twice."""
    comments.broken = broken
    code, _, error = reviewing.run(f"{MARKER}\nNo risks\n")

    assert code != 0
    assert "403" in error
    assert comments.held == []


def test_review_that_cannot_compare_leaves_the_comment(reviewing: Reviewing, comments: Comments) -> None:
    """Bad input is not a report."""
    comments.add(reviewing.bot, f"{MARKER}\nold\n")

    assert reviewing.run("", code=2)[0] == 2
    assert [comment["body"] for comment in comments.held] == [f"{MARKER}\nold\n"]


def test_fork_without_a_token_prints_the_report(tmp_path: Path, comments: Comments) -> None:
    """On GitLab; on GitHub the step is left out, and the summary of the job has the report."""
    reviewing = Reviewing("gitlab", tmp_path, comments)

    assert reviewing.run(f"{MARKER}\nRisks: 1\n", code=1, REVIEW_TOKEN="") == (1, f"{MARKER}\nRisks: 1\n", "")
    assert comments.calls == []


def test_summary_and_risks_are_kept_on_github(tmp_path: Path, comments: Comments) -> None:
    """The summary has the report; what is uploaded are the risks: the lint has a job of its own."""
    Reviewing("github", tmp_path, comments).run(f"{MARKER}\nRisks: 1\n", code=1)
    runs = json.loads((tmp_path / "review.sarif").read_text("utf-8"))["runs"]

    assert (tmp_path / "summary").read_text("utf-8") == f"{MARKER}\nRisks: 1\n"
    assert [run["tool"]["driver"]["name"] for run in runs] == ["csr-templates review"]


# Installing packages does nothing; the command of the base branch runs.
PYTHON = f'case "$*" in *"-m pip"*) exit ;; *) exec "{sys.executable}" "$@" ;; esac'
BRANCH = """\
git init -q && git add out docs src && git commit -qm base && git update-ref refs/remotes/origin/main HEAD
echo 'raise SystemExit("code of the branch")' | tee yaml.py csr_templates.py > src/csr_templates/__main__.py
echo 'echo code of the branch' > docs/starters/comment.sh
git add . && git commit -qm branch"""


def with_branch(folder: Path) -> None:
    """Create a repository whose branch changes the code of the review and of the comment."""
    for name in ("out", "src", "docs/starters"):
        shutil.copytree(ROOT / name, folder / name)
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    committer = {name.replace("AUTHOR", "COMMITTER"): value for name, value in author.items()}
    done = ran(folder, BRANCH, os.environ["PATH"], **author, **committer)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_code_of_the_branch_does_not_run(tmp_path: Path, comments: Comments) -> None:
    """The job can write comments, so the code of the base branch reviews the ``out/`` of the branch."""
    with_branch(tmp_path)
    reviewing = Reviewing("gitlab", tmp_path, comments)

    assert reviewing.steps({"python": PYTHON}, CI_MERGE_REQUEST_DIFF_BASE_SHA="origin/main") == (0, "", "")
    (comment,) = comments.held
    assert comment["body"].startswith(MARKER)
    assert "**No changes**" in comment["body"]
    assert f"No change: {', '.join(STACK_NAMES)}." in comment["body"]


def test_the_code_of_the_base_branch_is_on_the_path(tmp_path: Path, comments: Comments) -> None:
    """On GitHub, the steps that follow find the command of the base branch, and run its comment."""
    with_branch(tmp_path)
    variables = Reviewing("github", tmp_path, comments).variables
    install = step("templates.yml", "review", "Install the code of the base branch")["run"]
    done = ran(tmp_path, install, programs(tmp_path, {"python": PYTHON}), **variables)
    starters = tmp_path / "temp" / "base" / "docs" / "starters"

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "paths").read_text("utf-8") == f"{starters}\n"
    for name in ("csr-templates", "comment.sh"):
        assert (starters / name).read_bytes() == (ROOT / "docs" / "starters" / name).read_bytes()
    comment = step("templates.yml", "review", "Comment")["run"]
    assert comment == 'bash "$RUNNER_TEMP/base/docs/starters/comment.sh" review.md'
