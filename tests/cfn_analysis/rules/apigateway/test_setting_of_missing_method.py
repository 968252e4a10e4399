"""Settings of stages."""

from ..harness import frame

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

GOOD = {
    "all": stage("/*"),
    "path": stage("/~1pets"),
    "function": stage("!ImportValue path"),
}

BAD = {
    "misspelt": (
        stage("/~1pet"),
        "Resources/Stage/Properties/MethodSettings/0/ResourcePath",
        "ResourcePath is /~1pet, which is the path /pet: Api has /pets. The setting applies to no method.",
    ),
    "another": (
        stage("'/~1pets~1{id}'"),
        "Resources/Stage/Properties/MethodSettings/0/ResourcePath",
        "ResourcePath is /~1pets~1{id}, which is the path /pets/{id}: Api has /pets. The setting "
        "applies to no method.",
    ),
}
