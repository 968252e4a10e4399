"""The site: its files in S3, the caches of CloudFront, and who answers."""

from datetime import UTC, datetime, timedelta
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any

import pytest

from csr_templates.operating import site, words

from .conftest import Operator
from .recorded import FAULTS
from .scenarios import SITE_BUCKET

WORKED = "2026-11-20T09:00:00+09:00"


@pytest.fixture
def served(operator: Operator) -> Operator:
    """Production with a site, its distribution, and a new build on the disk."""
    operator.world.create_site()
    operator.world.create_distribution()
    operator.world.create_build()
    return operator


def folder_of(operator: Operator) -> str:
    """Return the folder of the build."""
    return str(operator.world.folder / "site")


def uploaded(operator: Operator) -> list[str]:
    """Return the keys of the objects that were uploaded, in order."""
    return [call.parameters["Key"] for call in operator.world.recorder.made if call.operation == "PutObject"]


def test_the_assets_are_uploaded_before_the_pages(served: Operator) -> None:
    """Each group prints one line; each file gets its media type; then the caches are emptied."""
    run = served.run("upload-site", folder_of(served))

    assert (run.status, run.err) == (0, [])
    assert sorted(uploaded(served)[:2]) == ["static/app.js", "static/font.woff2"]
    assert sorted(uploaded(served)[2:]) == ["about.html", "index.html"]
    assert served.world.site() == {
        "about.html": "text/html",
        "index.html": "text/html",
        "static/app.js": "text/javascript",
        "static/font.woff2": "font/woff2",
    }
    put = f"aws s3api put-object --region us-east-1 --bucket {SITE_BUCKET}"
    assert [line.partition(" --key")[0] for line in run.printed[:2]] == [put, put]
    assert [line.partition("  # ")[2] for line in run.printed] == [
        "and 1 more calls like this one",
        "and 1 more calls like this one",
        "",
    ]
    assert run.called[-2:] == ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
    assert '"Items":["/*"]' in run.printed[-1]


def test_an_upload_that_stops_uploads_no_page(served: Operator) -> None:
    """The first file is denied, so no other one is tried."""
    served.world.recorder.failing["s3:PutObject"] = FAULTS["denied"]()

    run = served.run("upload-site", folder_of(served))

    assert run.status == 1
    assert run.err[0].startswith("The credentials do not allow s3:PutObject.")
    assert run.err[1:] == ["Nothing was changed."]
    assert uploaded(served) == ["static/app.js"]


def test_a_fault_among_many_files_is_a_sentence(served: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the call, which another thread has made; the pages are not uploaded."""
    for number in range(40):
        (served.world.folder / "site" / "static" / f"{number}.js").write_text("x", "utf-8")
    put = site._put  # so that the fault does not meet the first file

    def put_with_fault(client: Any, bucket: str, folder: Path, key: str, types: MimeTypes) -> None:
        if key == "static/7.js":
            served.world.recorder.failing["s3:PutObject"] = FAULTS["denied"]()
        put(client, bucket, folder, key, types)

    monkeypatch.setattr(site, "_put", put_with_fault)

    run = served.run("upload-site", folder_of(served))

    assert run.status == 1
    assert run.err[0].startswith("The credentials do not allow s3:PutObject.")
    assert run.err[1:] == ["Done before it stopped: s3:PutObject.", "Continue with: the same command again"]
    assert not [key for key in uploaded(served) if key.endswith(".html")]


def test_a_file_that_cannot_be_read_is_a_sentence(served: Operator) -> None:
    """A link to nothing."""
    unreadable = served.world.folder / "site" / "static" / "z.js"
    unreadable.symlink_to("missing")

    run = served.run("upload-site", folder_of(served))

    assert (run.status, run.err[0]) == (1, f"Cannot read {unreadable}: No such file or directory.")


def test_an_invalidation_that_fails_is_the_way_on(served: Operator) -> None:
    """The files need not be uploaded again."""
    served.world.recorder.failing["cloudfront:CreateInvalidation"] = FAULTS["throttled"]()

    run = served.run("upload-site", folder_of(served))

    assert run.status == 1
    assert run.err[-1] == "Continue with: csr-operate prod invalidate '/*'"


@pytest.mark.parametrize("command", ["upload-site", "delete-old-files"])
def test_what_is_not_a_complete_build_is_refused(served: Operator, command: str) -> None:
    """A folder without a first page, with an empty one, and an incomplete download."""
    folder = served.world.folder
    (folder / "empty").mkdir()
    (folder / "empty" / "index.html").touch()
    (folder / "site.incomplete").mkdir()
    (folder / "site.incomplete" / "index.html").write_text("x", "utf-8")
    reasons = {
        "static": f"{folder}/static/index.html is missing or empty: this is not a build of the site.",
        "empty": f"{folder}/empty/index.html is missing or empty: this is not a build of the site.",
        "site.incomplete": f"The download of {folder}/site.incomplete is not complete. Repeat it.",
    }
    for name, reason in reasons.items():
        run = served.run(command, str(folder / name))
        assert (run.status, run.err) == (1, [reason, "Nothing was changed."])


def test_paths_are_removed_from_the_caches(served: Operator) -> None:
    """A path without a slash, and none at all, are refused."""
    run = served.run("invalidate", "/about/", "/static/*")

    assert (run.status, run.err) == (0, [])
    assert '{"Quantity":2,"Items":["/about/","/static/*"]}' in run.printed[0]
    assert served.run("invalidate", "about/").err[0] == (
        "The path about/ does not begin with /. Give it as /about/"
    )
    nothing = served.run("invalidate")
    assert (nothing.status, nothing.err[0]) == (
        2,
        "Specify paths, such as all: csr-operate prod invalidate '/*'",
    )


# ---- Old files ----


def test_old_files_are_listed_and_only_then_deleted(served: Operator) -> None:
    """A link of the build is a file of it, as for the upload."""
    (served.world.folder / "site" / "static" / "link.js").symlink_to("app.js")
    served.world.put_file("static/link.js", "x")
    served.world.put_old_file()

    listed = served.run("delete-old-files", folder_of(served), "--dry-run")
    refused = served.run("delete-old-files", folder_of(served), "--confirm", "yes")
    run = served.run("delete-old-files", folder_of(served), "--confirm", SITE_BUCKET)

    assert "  static/old.js" in listed.out
    assert refused.err == [f"yes was given, not {SITE_BUCKET}.", "Nothing was changed."]
    assert (run.status, run.err) == (0, [])
    assert sorted(served.world.site()) == ["index.html", "static/link.js"]
    again = served.run("delete-old-files", folder_of(served))
    assert (again.status, again.printed) == (0, [])


def test_what_s3_has_not_deleted_is_an_error(served: Operator) -> None:
    """S3 answers 200 then."""
    served.world.put_old_file()
    errors = [{"Key": "static/old.js", "Code": "AccessDenied"}]
    served.world.recorder.coming["s3:DeleteObjects"] = [{"Errors": errors}]

    run = served.run("delete-old-files", folder_of(served), "--confirm", SITE_BUCKET)

    assert run.status == 1
    assert run.err[0] == "S3 has not deleted static/old.js (AccessDenied)."


def test_many_old_files_are_deleted_in_batches(served: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line stands for all of them."""
    monkeypatch.setattr("csr_templates.operating.site._DELETED_AT_ONCE", 2)
    for number in range(5):
        served.world.put_file(f"static/old-{number}.js", "x")

    run = served.run("delete-old-files", folder_of(served), "--confirm", SITE_BUCKET)

    assert run.called.count("s3:DeleteObjects") == 3
    assert [line.partition("  # ")[2] for line in run.printed] == ["and 2 more calls like this one"]
    assert sorted(served.world.site()) == ["index.html"]


# ---- An earlier state ----


def test_the_site_is_downloaded_as_it_was(served: Operator) -> None:
    """Objects of folders, later versions and deleted files are left out."""
    s3 = served.world.client("s3", "us-east-1")
    served.world.put_file("static/", "")
    served.world.put_file("static/deleted.js", "x")
    s3.delete_object(Bucket=SITE_BUCKET, Key="static/deleted.js")
    served.world.put_file("static/app.js", "first")
    versions = s3.list_object_versions(Bucket=SITE_BUCKET)
    served.world.put_file("static/app.js", "second")
    later = s3.list_object_versions(Bucket=SITE_BUCKET)["Versions"]
    before = {version["VersionId"] for version in versions["Versions"]}
    moment = words.moment(WORKED)
    for version in later:
        is_new = version["VersionId"] not in before
        version["LastModified"] = moment + timedelta(seconds=1) if is_new else moment
    markers = [{**marker, "LastModified": moment} for marker in versions["DeleteMarkers"]]
    answer = {"Versions": later, "DeleteMarkers": markers}
    served.world.recorder.coming["s3:ListObjectVersions"] = [answer]

    old = served.world.folder / "old"
    run = served.run("download-site", WORKED, str(old))

    assert (run.status, run.err) == (0, [])
    files = {path.relative_to(old).as_posix(): path.read_text() for path in old.rglob("*") if path.is_file()}
    assert files == {"index.html": "<html>", "static/app.js": "first"}
    assert run.out[-1] == (f"The files are in {old}. To go back to them: csr-operate prod upload-site {old}")
    assert not (served.world.folder / "old.incomplete").exists()
    again = served.run("download-site", WORKED, str(old))
    assert again.err == [f"{old} exists and is not empty. Name a new folder. Nothing was downloaded."]


def test_an_incomplete_download_keeps_another_name(served: Operator) -> None:
    """upload-site refuses it, and the repeated command begins again."""
    served.world.put_file("static/app.js", "x")
    old = served.world.folder / "old"
    served.world.recorder.failing["s3:GetObject"] = FAULTS["time-out"]()

    run = served.run("download-site", datetime.now(UTC).isoformat(), str(old))

    assert run.status == 1
    assert run.err[0].startswith("AWS does not respond to s3:GetObject.")
    assert run.out[-1] == f"{old}.incomplete is not complete. Repeat the command."
    assert not old.exists()
    assert served.run("upload-site", f"{old}.incomplete").status == 1
    assert served.run("download-site", datetime.now(UTC).isoformat(), str(old)).status == 0
    assert (old / "index.html").exists()


@pytest.mark.parametrize("key", ["../outside.js", "/outside.js"])
def test_a_key_cannot_lead_out_of_the_folder(served: Operator, key: str) -> None:
    """Anyone who can write to the bucket could otherwise write to the operator's disk."""
    entry = {"Key": key, "VersionId": "1", "IsLatest": True, "LastModified": words.moment(WORKED)}
    served.world.recorder.coming["s3:ListObjectVersions"] = [{"Versions": [entry]}]

    run = served.run("download-site", WORKED, str(served.world.folder / "old"))

    assert run.err == [f"The key {key} is outside the folder. Nothing was downloaded."]


def test_a_time_without_files_or_zone_is_refused(served: Operator) -> None:
    """Japan's time and UTC differ by nine hours, so a time needs its zone."""
    old = str(served.world.folder / "old")

    assert served.run("download-site", "2020-01-01T00:00:00Z", old).err == [
        f"{SITE_BUCKET} had no files at 2020-01-01 09:00:00 JST."
    ]
    for time in ("yesterday", "2026-11-25T10:30:00", "2026-13-25T10:30:00Z"):
        run = served.run("download-site", time, old)
        assert (run.status, run.err) == (
            2,
            [f"The time is {time}. Give it as 2026-11-25T10:30:00+09:00 or 2026-11-25T01:30:00Z."],
        )


def test_a_time_in_the_future_is_refused(served: Operator) -> None:
    """A time of Japan with Z at its end would give the present site as that of an earlier time."""
    run = served.run("download-site", "2099-01-01T09:00:00Z", str(served.world.folder / "old"))

    assert run.status == 2
    assert run.err[0].startswith("2099-01-01 18:00:00 JST is in the future. The time now is ")
    assert not (served.world.folder / "old").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(served: Operator, tmp_path: Path) -> None:
    """The parent is a file."""
    (tmp_path / "file").touch()

    run = served.run("download-site", datetime.now(UTC).isoformat(), str(tmp_path / "file" / "old"))

    assert run.status == 1
    assert run.err[0].startswith(f"Cannot write {tmp_path / 'file'}")


# ---- Who answers ----


def test_who_answers_shows_status_headers_and_body(operator: Operator) -> None:
    """A redirect is shown; a path gets its percent encoding; control characters are not obeyed."""
    web = operator.world.start_web()
    web.status, web.headers, web.body = 301, {"location": "/about/"}, "moved\x1b[2J\n" + "x" * 2000

    run = operator.run("who-answers", "/検索?q=a b")

    assert (run.status, run.err) == (0, [])
    assert run.out[1] == "301 Moved Permanently"
    assert "location: /about/" in run.out
    assert "\x1b" not in "\n".join(run.out)
    assert len(run.out[-1]) < 1500
    assert [request.path for request in web.requests] == ["/%E6%A4%9C%E7%B4%A2?q=a%20b"]


def test_a_path_without_a_slash_is_refused(operator: Operator) -> None:
    """It would become a part of the name of the host, whose name is then not resolved."""
    web = operator.world.start_web()

    for command in ("who-answers", "call-api"):
        run = operator.run(command, "api/x")
        assert (run.status, run.err) == (2, ["The path api/x does not begin with /. Give it as /api/x"])
    assert web.requests == []


def test_a_site_that_does_not_answer_is_a_sentence(operator: Operator) -> None:
    """No connection, a name that is not resolved, and a server without TLS."""
    outputs = operator.world.stacks.stacks["frontend"].outputs
    web = operator.world.start_web()
    port = web.url.rpartition(":")[2]
    reasons = {
        f"https://127.0.0.1:{port}": "There is no connection to 127.0.0.1 (",
        "http://name.invalid": "The name name.invalid is not resolved. Check its DNS records",
    }
    for url, reason in reasons.items():
        outputs["CloudFrontDistributionURL"] = url
        run = operator.run("who-answers")
        assert run.status == 1
        assert run.err[0].startswith(reason)
