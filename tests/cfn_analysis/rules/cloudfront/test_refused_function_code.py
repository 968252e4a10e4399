"""Code of CloudFront Functions."""


def function(code: str, runtime: str = "2.0") -> str:
    """Return a template with one function of these lines."""
    lines = "".join(f"        {line}\n" for line in code.strip().splitlines())
    return f"""
  Function:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionConfig: {{Comment: a, Runtime: cloudfront-js-{runtime}}}
      FunctionCode: |
{lines}"""


GOOD = {
    "all that the runtime has": """
  Web: {Type: "AWS::CloudFront::Function", Properties: {FunctionConfig: {Runtime: cloudfront-js-2.0},
      FunctionCode: "
    var c = require('crypto');
    function handler(event) { event.request.headers['x-key'] = {value: 'a'}; return event.request; }"}}
""",
    "handler": function("""
// function main(event)
function handler(event) {
  const request = event.request;
  return request;
}
"""),
    "old runtime": function(
        """
// const and await are of 2.0
var a = 'let it be';
function handler(event) {
  var request = event.request;
  return request;
}
""",
        "1.0",
    ),
    "assigned": function("var handler = function (event) { return event.request; };"),
}

BAD = {
    "event of another service": (
        """
  Web: {Type: "AWS::CloudFront::Function", Properties: {FunctionConfig: {Runtime: cloudfront-js-2.0},
      FunctionCode: "function handler(event) { return event.Records[0].cf.request; }"}}
""",
        "Resources/Web/Properties/FunctionCode",
        "FunctionCode reads event.Records, which is the form of Lambda@Edge. Read event.request or "
        "event.response.",
    ),
    "module": (
        """
  Web: {Type: "AWS::CloudFront::Function", Properties: {FunctionConfig: {Runtime: cloudfront-js-2.0},
      FunctionCode: "var h = require('https'); function handler(event) { return event.request; }"}}
""",
        "Resources/Web/Properties/FunctionCode",
        "FunctionCode requires https, which the runtime does not have. It has buffer, cloudfront, crypto, "
        "querystring.",
    ),
    "capital letters": (
        """
  Web: {Type: "AWS::CloudFront::Function", Properties: {FunctionConfig: {Runtime: cloudfront-js-2.0},
      FunctionCode: "
    function handler(event) { event.request.headers['X-Key'] = {value: 'a'}; return event.request; }"}}
""",
        "Resources/Web/Properties/FunctionCode",
        "FunctionCode has the header X-Key, and names of headers are lowercase. Write x-key.",
    ),
    "nothing returned": (
        """
  Web: {Type: "AWS::CloudFront::Function", Properties: {FunctionConfig: {Runtime: cloudfront-js-2.0},
      FunctionCode: "function handler(event) { if (event.request) { return event.request; } }"}}
""",
        "Resources/Web/Properties/FunctionCode",
        "FunctionCode returns nothing from handler: every request fails. Return the request or the response.",
    ),
    "other name": (
        function("""
function main(event) {
  return event.request;
}
"""),
        "Resources/Function/Properties/FunctionCode",
        "FunctionCode has no function called handler, which CloudFront calls. Add it.",
    ),
    "newer than its runtime": (
        function(
            """
function handler(event) {
  const query = event.request.rawQueryString();
  return event.request;
}
""",
            "1.0",
        ),
        "Resources/Function/Properties/FunctionConfig/Runtime",
        "Runtime is cloudfront-js-1.0, and the code uses const and rawQueryString(), which it does not have: "
        "the function fails. Set it to cloudfront-js-2.0.",
    ),
    "too long": (
        f"""
  Function:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionConfig: {{Comment: a, Runtime: cloudfront-js-2.0}}
      FunctionCode: "function handler(event) {{ return event.request; }} // {"a" * 10_240}"
""",
        "Resources/Function/Properties/FunctionCode",
        "FunctionCode is 10293 bytes long: CloudFront accepts 10240. Shorten it.",
    ),
}
