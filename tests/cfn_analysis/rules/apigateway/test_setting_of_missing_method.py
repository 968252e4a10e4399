"""Settings of stages."""

from ..harness import frame, row

stage = frame("""
  Api: {Type: AWS::ApiGateway::RestApi}
  Pets:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: pets}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !Ref Pets, HttpMethod: GET}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      MethodSettings: [{ResourcePath: <path>, HttpMethod: GET, CachingEnabled: true}]
""")

case = row(
    "<text>",
    "Resources/Stage/Properties/MethodSettings/0/ResourcePath",
    "ResourcePath is <found>: Api has /pets. The setting applies to no method.",
)

GOOD = {
    "all": stage("/*"),
    "path": stage("/~1pets"),
    "function": stage("!ImportValue path"),
}

BAD = {
    "misspelt": case(stage("/~1pet"), "/~1pet, which is the path /pet"),
    "another": case(stage("'/~1pets~1{id}'"), "/~1pets~1{id}, which is the path /pets/{id}"),
}
