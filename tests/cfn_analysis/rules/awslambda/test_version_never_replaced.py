"""Good and broken Lambda versions."""

from ..harness import frame

version = frame("""
Parameters:
  Release: {Type: String, Default: "1"}
Conditions:
  Prod: !Equals [!Ref Release, "1"]
Resources:
  Function: {Type: AWS::Lambda::Function}
  <logical_id=Version>: {Type: AWS::Lambda::Version, <attributes=> Properties: {<properties>}}
""")

message = frame(
    "Version has only FunctionName <function>, which stays the same when the code changes: no "
    "new version is published. Add a Description or CodeSha256 that changes with the code."
)

PATH = "Resources/Version/Properties"

GOOD = {
    "description": version("FunctionName: !Ref Function, Description: !Ref Release"),
    "hash of the code": version("FunctionName: !Ref Function, CodeSha256: !If [Prod, !Ref Release, a]"),
    "hash in the ID": version("FunctionName: !Ref Function", "Version0123456789abcdef"),
    "date in the ID": version("FunctionName: !Ref Function", "Version20261124"),
    "function of another template": version("FunctionName: !ImportValue function"),
}

BAD = {
    "Ref": (
        version("FunctionName: !Ref Function"),
        message('{"Ref": "Function"}'),
    ),
    "GetAtt": (
        version("FunctionName: !GetAtt Function.Arn"),
        message('{"Fn::GetAtt": ["Function", "Arn"]}'),
    ),
    "Sub": (
        version("FunctionName: !Sub '${Function}'"),
        message('{"Fn::Sub": "${Function}"}'),
    ),
    "condition, and a property that is not of the code": (
        version(
            "FunctionName: !Ref Function, RuntimePolicy: {UpdateRuntimeOn: Auto}",
            attributes="Condition: Prod,",
        ),
        message('{"Ref": "Function"}'),
    ),
}
