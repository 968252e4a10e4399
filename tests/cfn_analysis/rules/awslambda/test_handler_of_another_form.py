"""Handlers of functions."""

from ..harness import frame

function = frame("""
  F: {Type: AWS::Lambda::Function, Properties: {Runtime: <runtime=python3.13>, Handler: <handler><more=>}}
""")

CODE = ", Code: {ZipFile: 'def handler(event, context): return 1'}"

PATH = "Resources/F/Properties/Handler"

GOOD = {
    "module": function("lambda_handler.handler"),
    "package": function("src/app.handler", runtime="nodejs22.x"),
    "inline": function("index.handler", more=CODE),
    "Java": function("example.Handler::run", runtime="java21"),
}

BAD = {
    "no function": (
        function("handler"),
        "Handler is handler, but python3.13 requires MODULE.FUNCTION, such as app.handler: every call fails.",
    ),
    "file": (
        function("app.py"),
        "Handler is app.py, but python3.13 requires MODULE.FUNCTION, such as app.handler: every call fails.",
    ),
    "inline": (
        function("app.handler", more=CODE),
        "Handler is app.handler, and the code in ZipFile is a file called index: every call "
        "fails. Write index.handler.",
    ),
    "inline name": (
        function("index.main", more=CODE),
        "Handler is index.main, and ZipFile has no main: every call fails.",
    ),
}
