"""``docs/access-log.md``: its statements for Athena read what CloudFront writes to where the template says.

The table's definition is taken apart here; the queries are run by SQLite, on a table with the same columns.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.system import DEFAULT_PROJECT, PROJECT

from .pages import ACCESS_LOG, ACCESS_LOG_JA, in_each_language, read

FILLED_IN = ("123456789012", "E1234567890ABC")  # account and distribution on the page
STATEMENTS = [block.text for block in read(ACCESS_LOG).blocks if block.language == "sql"]
TABLE, *QUERIES = STATEMENTS


def columns() -> list[str]:
    """Return the columns of the table, without the partition."""
    (text,) = re.findall(r"cloudfront_access \((.*?)\n\)", TABLE, re.DOTALL)
    definitions = [definition.strip() for definition in text.split(",")]
    assert all(re.fullmatch(r"`[^`]+` string", definition) for definition in definitions)
    return [definition.split("`")[1] for definition in definitions]


def properties() -> dict[str, str]:
    """Return the table's and the SerDe's properties."""
    return dict(re.findall(r"'([\w.]+)' = '([^']*)'", TABLE))


@pytest.fixture(scope="module")
def frontend(resources: dict[str, Any]) -> dict[str, Any]:
    """Logical ID -> properties of production's frontend."""
    return {name: resource.get("Properties", {}) for name, resource in resources["frontend"].items()}


def test_table_has_the_fields_of_the_log(frontend: dict[str, Any]) -> None:
    """Each field that the delivery writes is a column, in its order; Athena's columns are in lower case."""
    fields = frontend["AccessLogDelivery"]["RecordFields"]

    assert columns() == [field.lower() for field in fields]
    assert properties()["paths"].split(",") == fields
    assert frontend["AccessLogDestination"]["OutputFormat"] == "json"


def test_table_is_where_the_log_is(frontend: dict[str, Any]) -> None:
    """Location and partitions are the path that the delivery writes to."""
    account, distribution = FILLED_IN
    bucket = frontend["EdgeLogBucket"]["BucketName"]
    destination = frontend["AccessLogDestination"]["DestinationResourceArn"]["Fn::Sub"]
    prefix = destination.split("}/", 1)[1]
    suffix = frontend["AccessLogDelivery"]["S3SuffixPath"].replace("{DistributionId}", distribution)
    hours = {"{yyyy}": "yyyy", "{MM}": "MM", "{dd}": "dd", "{HH}": "HH"}
    folder, *time = suffix.split("/")

    assert bucket.endswith(account)
    bucket = bucket.replace(PROJECT, DEFAULT_PROJECT)
    assert f"LOCATION 's3://{bucket}/{prefix}/{folder}/'" in TABLE
    assert properties()["storage.location.template"] == f"s3://{bucket}/{prefix}/{folder}/${{hour_utc}}"
    assert properties()["projection.hour_utc.format"] == "/".join(hours[part] for part in time)
    assert "PARTITIONED BY (`hour_utc` string)" in TABLE


def test_table_covers_what_is_kept(frontend: dict[str, Any]) -> None:
    """The oldest partition is older than the oldest file."""
    rules = frontend["EdgeLogBucket"]["LifecycleConfiguration"]["Rules"]
    (rule,) = (candidate for candidate in rules if "Transitions" in candidate)
    (days,) = re.findall(r"NOW-(\d+)DAYS,NOW", properties()["projection.hour_utc.range"])

    assert int(days) > rule["ExpirationInDays"]
    for transition in rule["Transitions"]:
        if transition["StorageClass"] == "GLACIER":
            assert f"after {transition['TransitionInDays']} days" in ACCESS_LOG.read_text("utf-8")


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    """A table as Athena would see it, with two requests."""
    names = [*columns(), "hour_utc"]
    with closing(sqlite3.connect(":memory:")) as connection:
        definitions = ", ".join('"' + name + '" text' for name in names)
        connection.execute(f"CREATE TABLE cloudfront_access ({definitions})")
        for seconds, status, path, identity in (
            ("0.5", "503", "/api/slow", "the-id-from-the-response"),
            ("1.5", "200", "/api/slow", "other"),
            ("0.1", "200", "/index.html", "another"),
        ):
            row = dict.fromkeys(names, "x") | {
                "time-taken": seconds,
                "sc-status": status,
                "cs-uri-stem": path,
                "x-edge-request-id": identity,
                "hour_utc": "2026/11/25/09",
            }
            connection.execute(
                f"INSERT INTO cloudfront_access VALUES ({', '.join('?' * len(names))})", list(row.values())
            )
        yield connection


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        *zip(
            QUERIES,
            [
                [("503", "x", "/api/slow", 1)],
                [("x", "x", "x", 2)],
                [("/api/slow", 2, 1.0, 1.5), ("/index.html", 1, 0.1, 0.1)],
                1,
            ],
            strict=True,
        )
    ],
    ids=["failures", "callers", "slow", "one request"],
)
def test_queries(database: sqlite3.Connection, query: str, expected: Any) -> None:
    """Each query runs, limits the partitions, and finds what it says."""
    rows = database.execute(query).fetchall()

    assert re.search(r"^WHERE hour_utc BETWEEN '\d{4}/\d\d/\d\d/\d\d' AND ", query, re.MULTILINE)
    assert (len(rows) if isinstance(expected, int) else rows) == expected


def test_quoted_names_are_columns() -> None:
    """SQLite takes an unknown name in double quotes for a text, which Athena refuses."""
    quoted: set[str] = set()
    for query in QUERIES:
        quoted.update(re.findall(r'"([^"]+)"', query))

    assert quoted
    assert quoted <= set(columns())


def test_languages_have_the_same_statements() -> None:
    """The statements are the same in both languages."""
    for page in in_each_language(ACCESS_LOG, ACCESS_LOG_JA):
        assert [block.text for block in read(page).blocks] == STATEMENTS
