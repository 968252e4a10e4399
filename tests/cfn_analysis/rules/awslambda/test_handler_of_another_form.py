"""Handlers of functions."""


def function(handler: str, more: str = "", runtime: str = "python3.13") -> str:
    """Return a template with one function."""
    return f"""
  F: {{Type: AWS::Lambda::Function, Properties: {{Runtime: {runtime}, Handler: {handler}{more}}}}}
"""


CODE = ", Code: {ZipFile: 'def handler(event, context): return 1'}"

PATH = "Resources/F/Properties/Handler"

GOOD = {
    "module": function("lambda_handler.handler"),
    "package": function("src/app.handler", runtime="nodejs22.x"),
    "inline": function("index.handler", CODE),
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
        function("app.handler", CODE),
        "Handler is app.handler, and the code in ZipFile is a file called index: every call "
        "fails. Write index.handler.",
    ),
    "inline name": (
        function("index.main", CODE),
        "Handler is index.main, and ZipFile has no main: every call fails.",
    ),
}
