"""Code of CloudFront Functions."""

GOOD = {
    "handler": """
Resources:
  Function:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionConfig: {Comment: a, Runtime: cloudfront-js-2.0}
      FunctionCode: |
        // function main(event)
        function handler(event) {
          const request = event.request;
          return request;
        }
""",
    "old runtime": """
Resources:
  Function:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionConfig: {Comment: a, Runtime: cloudfront-js-1.0}
      FunctionCode: |
        // const and await are of 2.0
        var a = 'let it be';
        function handler(event) {
          var request = event.request;
          return request;
        }
""",
    "assigned": """
Resources:
  Function:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionConfig: {Comment: a, Runtime: cloudfront-js-2.0}
      FunctionCode: |
        var handler = function (event) { return event.request; };
""",
}

BAD = {
    "other name": (
        """
Resources:
  Function:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionConfig: {Comment: a, Runtime: cloudfront-js-2.0}
      FunctionCode: |
        function main(event) {
          return event.request;
        }
""",
        "Resources/Function/Properties/FunctionCode",
        "FunctionCode has no function called handler, which CloudFront calls. Add it.",
    ),
    "newer than its runtime": (
        """
Resources:
  Function:
    Type: AWS::CloudFront::Function
    Properties:
      FunctionConfig: {Comment: a, Runtime: cloudfront-js-1.0}
      FunctionCode: |
        function handler(event) {
          const query = event.request.rawQueryString();
          return event.request;
        }
""",
        "Resources/Function/Properties/FunctionConfig/Runtime",
        "Runtime is cloudfront-js-1.0, and the code uses const and rawQueryString(), which "
        "it does not have: the function fails. Set it to cloudfront-js-2.0.",
    ),
    "too long": (
        f"""
Resources:
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
