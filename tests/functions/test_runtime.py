"""The functions use only what CloudFront's runtime has, and the test's runtime has nothing else."""

import re
from importlib import resources
from typing import Any

import pytest

from csr_templates.stacks.frontend import function_code, without_comment_lines
from tests.functions.conftest import Runtime
from tests.functions.deployed import code, template

FILES = resources.files("csr_templates.stacks").joinpath("functions")
NAMES = sorted(file.name for file in FILES.iterdir())
each_function = pytest.mark.parametrize("name", NAMES)
EVENT: dict[str, Any] = {"request": {"uri": "/", "rawQueryString": None, "headers": {}, "cookies": []}}

# Newer than ES 5.1 and not on AWS's list of what the runtime knows beyond that. Node would run it, CloudFront
# answers every request with an error.
UNKNOWN_SYNTAX = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish coalescing": r"\?\?",
    "logical assignment": r"(\|\||&&)=",
    "spread": r"\.\.\.\w+\s*[,\]}]",
    "for-of": r"\bfor\s*\([^)]*\bof\b",
    "class": r"\bclass\s+\w+\s*[{e]",
    "destructuring": r"\b(var|let|const)\s*[\[{]",
}


LOGICAL_IDS = [
    name
    for name, resource in template()["Resources"].items()
    if resource["Type"] == "AWS::CloudFront::Function"
]


@pytest.mark.parametrize("logical_id", LOGICAL_IDS)
def test_function_is_small(logical_id: str) -> None:
    """CloudFront takes no function of more than 10 KB."""
    assert len(code(logical_id).encode()) < 10_000


@each_function
def test_every_file_is_deployed(name: str) -> None:
    """Each file is the code of a function, or a part of it."""
    assert any(f"stacks/functions/{name}" in code(logical_id) for logical_id in LOGICAL_IDS)


@each_function
def test_comments_stay_in_the_file(name: str) -> None:
    """A template holds each line of a function but those that are comments, and says where those are."""
    lines = FILES.joinpath(name).read_text(encoding="ascii").split("\n")
    pointer, *rest = function_code(name).split("\n")

    assert pointer == f"// With comments: stacks/functions/{name}"
    assert rest == [line for line in lines if not re.match(" *//", line)]
    assert "// " not in "\n".join(rest)


def request(uri: str, headers: dict[str, str], query: str = "a=1") -> dict[str, Any]:
    """Return an event that each of the functions takes."""
    sent = {name: {"value": value} for name, value in headers.items()}
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request", "requestId": "request-1"},
        "viewer": {"ip": "192.0.2.1"},
        "request": {"method": "GET", "uri": uri, "rawQueryString": query, "headers": sent, "cookies": []},
        "response": {"statusCode": 200, "headers": sent, "cookies": {}},
    }


@pytest.mark.parametrize("logical_id", LOGICAL_IDS)
def test_code_without_comments_does_the_same(runtime: Runtime, logical_id: str) -> None:
    """The code in the template answers each event as the code in its files does."""
    deployed = code(logical_id)
    head, *pointers = re.split(r"// With comments: stacks/functions/(\w+\.js)\n", deployed)
    commented = head + "".join(FILES.joinpath(name).read_text(encoding="ascii") for name in pointers[::2])
    assert commented != deployed
    headers = [{}, {"content-type": "text/html"}, {"authorization": "a"}, {"forwarded": "a", "accept": "b"}]
    for uri in ("/", "/a", "/a/b.html", "/api", "/api/me", "/_next/static/a.js", "/.well-known/a", "/%"):
        for sent in headers:
            event = request(uri, sent)
            assert runtime.run(deployed, event) == runtime.run(commented, event)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("var a = `\n// b\n`;", "a.js, line 1: found `; write // comments, and texts in quotes."),
        ("a;\n/*\n// b */\nc;", "a.js, line 2: found /*; write // comments, and texts in quotes."),
        ("a;\n*/ b;", "a.js, line 2: found */; write // comments, and texts in quotes."),
        (
            "var a = 'b\\\n// c';",
            "a.js, line 1: found a backslash at the end; end the text on that line.",
        ),
    ],
)
def test_what_a_comment_might_be_part_of_is_refused(source: str, message: str) -> None:
    """Where a line that starts with // may not be a comment, nothing is taken out."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        without_comment_lines(source, "a.js")


def test_only_whole_lines_are_taken_out() -> None:
    """Slashes in texts, in regular expressions and behind code stay."""
    source = "a = '//'; // b\n  // c `/*\nd = /\\/\\//;\n"

    assert without_comment_lines(source, "a.js") == "a = '//'; // b\nd = /\\/\\//;\n"


@each_function
def test_function_has_no_unknown_syntax(name: str) -> None:
    """The functions hold to ES 5.1 and the few newer forms that the runtime is documented to know."""
    code = function_code(name)

    assert [syntax for syntax, pattern in UNKNOWN_SYNTAX.items() if re.search(pattern, code)] == []


@pytest.mark.parametrize(
    ("syntax", "code"),
    [
        ("optional chaining", "request.headers?.host"),
        ("nullish coalescing", "request.uri ?? '/'"),
        ("logical assignment", "uri ||= '/'"),
        ("spread", "[...values]"),
        ("for-of", "for (const value of values) {}"),
        ("class", "class Key {}"),
        ("destructuring", "const { uri } = request"),
    ],
    ids=UNKNOWN_SYNTAX,
)
def test_unknown_syntax_is_found(syntax: str, code: str) -> None:
    """Each of these is recognized."""
    assert re.search(UNKNOWN_SYNTAX[syntax], code)


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("setTimeout(function () {}, 1)", "ReferenceError: setTimeout is not defined"),
        ("fetch('https://example.com')", "ReferenceError: fetch is not defined"),
        ("new URL('https://example.com')", "ReferenceError: URL is not defined"),
        ("new Map()", "ReferenceError: Map is not defined"),
        ("process.env", "ReferenceError: process is not defined"),
        ("eval('1')", "ReferenceError: eval is not defined"),
        (
            "(function () {}).constructor('return 1')()",
            "EvalError: Code generation from strings disallowed for this context",
        ),
        ("Object.fromEntries([])", "TypeError: Object.fromEntries is not a function"),
        ("'a'.at(0)", 'TypeError: "a".at is not a function'),
        ("[[1]].flat()", "TypeError: [[1]].flat is not a function"),
        ("require('fs')", "Error: The runtime has no module 'fs'."),
        ("undeclared = 1", "ReferenceError: undeclared is not defined"),
    ],
)
def test_runtime_is_bare(runtime: Runtime, expression: str, error: str) -> None:
    """What CloudFront does not document is not there, and functions run in strict mode."""
    with pytest.raises(RuntimeError, match=f"^{re.escape(error)}$"):
        runtime.run(f"function handler(event) {{ return {expression}; }}", EVENT)


def test_runtime_has_what_is_documented(runtime: Runtime) -> None:
    """Hashes, query strings and Base64 are there."""
    code = """
    function handler(event) {
      return {
        hash: require('crypto').createHash('sha256').update('').digest('hex').length,
        query: require('querystring').parse('a=1').a,
        base64: btoa('a')
      };
    }"""

    assert runtime.run(code, EVENT) == {"hash": 64, "query": "1", "base64": "YQ=="}
