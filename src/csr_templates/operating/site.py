"""The files of the site, and the caches of CloudFront."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from mimetypes import MimeTypes
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

from csr_templates.operating import waiting, web, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.problems import Stop, WrongInput
from csr_templates.operating.waiting import Duration, Sight

INCOMPLETE: Final = ".incomplete"
"""End of the name of a folder whose download is not complete."""

_IN_PROGRESS: Final = "InProgress"
_DURATION: Final = Duration("1 to 5 minutes", 3600)
_INDEX: Final = "index.html"
_PAGE: Final = ".html"
_EVERYTHING: Final = "/*"
_DELETED_AT_ONCE: Final = 500  # S3 allows 1,000
_TYPES: Final[Mapping[str, str]] = {
    ".avif": "image/avif",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""Media types that the table of Python 3.11 lacks, or that differ between its versions."""


class _Version(NamedTuple):
    """A version of an object, or the mark of its deletion.

    Attributes:
        time: when it was written.
        is_latest: whether it is the newest one.
        id: its ID.
        is_file: whether it is not the mark of a deletion.
    """

    time: datetime
    is_latest: bool
    id: str
    is_file: bool


def upload_site(aws: Aws, folder: Path) -> None:
    """Upload a build of the site, and wait until CloudFront serves it.

    First the assets, then the pages, so that no page needs what is missing. Files that the build no longer
    has stay, because open pages can still need them: delete-old-files.

    Args:
        folder: the build; it contains index.html.

    Example: upload-site site
    Calls: s3:PutObject, cloudfront:ListInvalidations, cloudfront:CreateInvalidation,
        cloudfront:GetInvalidation.
    Takes: minutes.
    Way back: download-site of an earlier time, and upload-site of that folder.
    """
    keys = _keys(folder)
    distribution = aws.output("Distribution", "CloudFrontDistributionId")
    bucket = aws.name("SiteBucket")
    client = aws.client("s3", aws.environment.stack_of("SiteBucket").region)
    words.say(f"Uploads {len(keys)} files of {folder} to {bucket}: first the assets, then the pages.")
    pages = [key for key in keys if key.endswith(_PAGE)]
    assets = [key for key in keys if not key.endswith(_PAGE)]
    types = _media_types()
    for group in (assets, pages):
        aws.make_repeated([partial(_put, client, bucket, folder, key, types) for key in group])
    aws.way_on = aws.command("invalidate", _EVERYTHING)
    _invalidate(aws, distribution, [_EVERYTHING])


def invalidate(aws: Aws, *paths: str) -> None:
    """Remove paths from the caches of CloudFront, and wait.

    Args:
        paths: such as "/*" for all, or /about/ for one.

    Example: invalidate /index.html '/about/*'
    Calls: cloudfront:ListInvalidations, cloudfront:CreateInvalidation, cloudfront:GetInvalidation.
    Takes: a minute or two.
    Way back: not needed; CloudFront asks for the files again.
    """
    if not paths:
        raise WrongInput(f"Specify paths, such as all: {aws.command('invalidate', _EVERYTHING)}")
    for path in paths:
        web.require_path(path)
    _invalidate(aws, aws.output("Distribution", "CloudFrontDistributionId"), paths)


def delete_old_files(aws: Aws, folder: Path) -> None:
    """Delete the files of the site that a build does not have; --dry-run only lists them.

    Wait at least a day after the upload, because open pages can still need them.

    Args:
        folder: the build that was uploaded; it contains index.html.

    Example: delete-old-files site --dry-run
    Calls: s3:DeleteObjects, s3:ListObjectsV2.
    Takes: seconds.
    Way back: download-site of an earlier time, until S3 deletes the versions.
    """
    built = set(_keys(folder))
    bucket = aws.name("SiteBucket")
    client = aws.client("s3", aws.environment.stack_of("SiteBucket").region)
    contents = aws.all_pages(client, "ListObjectsV2", Bucket=bucket).get("Contents", [])
    old = sorted({entry["Key"] for entry in contents} - built)
    if not old:
        words.say(f"{bucket} has no file that {folder} does not have.")
        return
    for key in old:
        words.say(f"  {key}")
    aws.confirm(bucket, f"This deletes {len(old)} of {len(contents)} files of {bucket}.")
    batches = [old[start : start + _DELETED_AT_ONCE] for start in range(0, len(old), _DELETED_AT_ONCE)]
    with aws.repeated(len(batches)):
        for batch in batches:
            _delete(client, bucket, batch)
    aws.end_dry_run("read which files are left")
    left = aws.all_pages(client, "ListObjectsV2", Bucket=bucket).get("Contents", [])
    words.say(f"Now {bucket} has {len(left)} files; {len(old)} files are deleted.")


def download_site(aws: Aws, time: str, folder: Path) -> None:
    """Download the site as it was at a time, for upload-site.

    Until it is complete, the folder has .incomplete at the end of its name.

    Args:
        time: such as 2026-11-25T10:30:00+09:00 or 2026-11-25T01:30:00Z.
        folder: a new or empty folder.

    Example: download-site 2026-11-25T10:30:00+09:00 old-site
    Calls: s3:ListObjectVersions, s3:GetObject.
    Takes: seconds, for many files a minute.
    """
    moment = words.moment(time)
    if moment > words.now():
        raise WrongInput(
            f"{words.in_jst(moment)} is in the future. The time now is {words.in_jst(words.now())}. A time "
            "with Z at its end is in UTC."
        )
    try:
        incomplete = _new_folder(folder)
        _download(aws, moment, folder, incomplete)
    except OSError as error:
        raise Stop(f"Cannot write {error.filename or folder}: {error.strerror}.") from error


def who_answers(aws: Aws, path: str = "/") -> None:
    """Request a path of the site, and show status, headers and the beginning of the body.

    A redirect is shown, not followed.

    Args:
        path: begins with /; without one, the first page.

    Example: who-answers /about/
    Calls: cloudformation:DescribeStacks.
    Takes: seconds, without an answer 30 seconds.
    """
    web.require_path(path)
    web.show(web.get(aws.output("Distribution", "CloudFrontDistributionURL"), path))


# ---- A build ----


def _keys(folder: Path) -> list[str]:
    """Return the keys of the files of a build, in alphabetical order. Links are followed.

    Raises:
        Stop: it is not a build of the site.
    """
    if folder.name.endswith(INCOMPLETE):
        raise Stop(f"The download of {folder} is not complete. Repeat it.")
    index = folder / _INDEX
    if not index.is_file() or not index.stat().st_size:
        raise Stop(f"{index} is missing or empty: this is not a build of the site.")
    keys = []
    for parent, _, names in os.walk(folder, followlinks=True):
        keys += [(Path(parent) / name).relative_to(folder).as_posix() for name in names]
    return sorted(keys)


def _media_types() -> MimeTypes:
    """Return a table of media types that does not depend on the files and the registry of the machine."""
    types = MimeTypes()
    for ending, media_type in _TYPES.items():
        types.add_type(media_type, ending)
    return types


def _put(client: Any, bucket: str, folder: Path, key: str, types: MimeTypes) -> None:
    media_type, _ = types.guess_type(key)
    content_type: dict[str, str] = {}
    if media_type:
        content_type["ContentType"] = media_type
    try:
        body = (folder / key).open("rb")
    except OSError as error:
        raise Stop(f"Cannot read {folder / key}: {error.strerror}.") from error
    with body:
        client.put_object(Bucket=bucket, Key=key, Body=body, **content_type)


# ---- In AWS ----


def _invalidate(aws: Aws, distribution: str, paths: Sequence[str]) -> None:
    client = aws.client("cloudfront", aws.environment.stack_of("Distribution").region)
    running = aws.ask(partial(in_progress, aws, client, distribution))
    if isinstance(running, Unknown):
        words.say(f"Other invalidations: {running.why}")
    elif running:
        words.say(f"In progress already: {', '.join(running)}. What changed since then needs another one.")
    words.say(f"Removes {', '.join(paths)} from the caches of the distribution {distribution}.")
    answer = client.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": len(paths), "Items": list(paths)},
            "CallerReference": words.now().isoformat(),
        },
    )
    aws.end_dry_run("wait until all locations of CloudFront have removed them")
    invalidation = answer["Invalidation"]["Id"]
    aws.way_on = aws.command("show-state")  # it shows what is in progress; another one would start again
    look = partial(_invalidated, client, distribution, invalidation)
    waiting.for_effect(aws, f"the invalidation {invalidation}", look, _DURATION, aws.way_on)


def _invalidated(client: Any, distribution: str, invalidation: str) -> Sight:
    answer = client.get_invalidation(DistributionId=distribution, Id=invalidation)["Invalidation"]
    paths = ", ".join(answer["InvalidationBatch"]["Paths"]["Items"])
    if answer["Status"] == _IN_PROGRESS:
        return Sight(f"some locations of CloudFront can still serve the old {paths}")
    return Sight(f"no location of CloudFront serves the old {paths}", is_there=True)


def in_progress(aws: Aws, client: Any, distribution: str) -> list[str]:
    """Return the invalidations of a distribution that are in progress, each with its age."""
    answer = aws.all_pages(client, "ListInvalidations", DistributionId=distribution)
    return [
        f"invalidation {invalidation['Id']}, begun {words.age(invalidation['CreateTime'])}"
        for invalidation in answer.get("InvalidationList", {}).get("Items", [])
        if invalidation["Status"] == _IN_PROGRESS
    ]


def _delete(client: Any, bucket: str, keys: Iterable[str]) -> None:
    """Delete objects, of which S3 keeps the versions.

    Raises:
        Stop: S3 has not deleted one of them.
    """
    objects = [{"Key": key} for key in keys]
    answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    failed = [f"{error['Key']} ({error['Code']})" for error in answer.get("Errors", [])]
    if failed:
        raise Stop(f"S3 has not deleted {', '.join(failed)}.")


# ---- A download ----


def _new_folder(folder: Path) -> Path:
    """Return the folder for the files of an incomplete download, which does not exist yet.

    Raises:
        Stop: the folder has files, perhaps of another time; upload-site would upload them too.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Stop(f"{folder} exists and is not empty. Name a new folder. Nothing was downloaded.")
    incomplete = folder.absolute().with_name(f"{folder.absolute().name}{INCOMPLETE}")
    if incomplete.exists():
        words.say(f"Removes {incomplete} of an earlier attempt.")
        shutil.rmtree(incomplete)
    return incomplete


def _download(aws: Aws, moment: datetime, folder: Path, incomplete: Path) -> None:
    bucket = aws.name("SiteBucket")
    client = aws.client("s3", aws.environment.stack_of("SiteBucket").region)
    answer = aws.attempt(partial(aws.all_pages, client, "ListObjectVersions", Bucket=bucket))
    if isinstance(answer, Unknown):
        words.say(f"Files: {answer}")
        return
    versions = _versions_at(answer, moment)
    if not versions:
        raise Stop(f"{bucket} had no files at {words.in_jst(moment)}.")
    words.say(f"Downloads {len(versions)} files of {bucket}, as of {words.in_jst(moment)}.")
    incomplete.mkdir(parents=True)
    reads = {
        key: partial(_get, client, bucket, key, version, incomplete) for key, version in versions.items()
    }
    results = aws.in_parallel(reads)
    missing = [(key, str(result)) for key, result in results.items() if isinstance(result, Unknown)]
    words.table(("file", "state"), missing)
    if missing:
        words.say(f"{incomplete} is not complete. Repeat the command.")
        return
    if folder.exists():
        folder.rmdir()
    incomplete.rename(folder)
    words.say(f"The files are in {folder}. To go back to them: {aws.command('upload-site', str(folder))}")


def _versions_at(answer: Mapping[str, Any], moment: datetime) -> dict[str, str]:
    """Return the files that existed at a time, as key -> ID of the version. Keys of folders are left out.

    Raises:
        Stop: a key leads out of the folder.
    """
    newest: dict[str, _Version] = {}
    for member, is_file in (("Versions", True), ("DeleteMarkers", False)):
        for entry in answer.get(member, []):
            time = entry["LastModified"].replace(microsecond=0)
            version = _Version(time, entry["IsLatest"], entry["VersionId"], is_file)
            key = entry["Key"]
            if time <= moment and (key not in newest or newest[key] < version):
                newest[key] = version
    keys = [key for key in sorted(newest) if newest[key].is_file and not key.endswith("/")]
    for key in keys:
        if key.startswith("/") or ".." in PurePosixPath(key).parts:
            raise Stop(f"The key {key} is outside the folder. Nothing was downloaded.")
    return {key: newest[key].id for key in keys}


def _get(client: Any, bucket: str, key: str, version: str, folder: Path) -> None:
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    body = client.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"]
    with path.open("wb") as file:
        shutil.copyfileobj(body, file)
