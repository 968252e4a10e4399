"""Services, their task definitions and their load balancers."""

from ..harness import frame, row

service = frame("""
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {<targets=TargetType: ip>}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: <mode=awsvpc>
      ContainerDefinitions: [{Name: web, PortMappings: [{ContainerPort: 80}]}]
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: <task=!Ref Task>
      LoadBalancers: [{ContainerName: <name=web>, ContainerPort: <port=80>, TargetGroupArn: !Ref Targets}]
""")

case = row("<text>", "Resources/Service/Properties/LoadBalancers/0/<property>", "<message>")

GOOD = {
    "fits": service(),
    "as a text": service(port="'80'"),
    "instances of a bridge": service("TargetType: instance", "bridge"),
    "task of another template": service(task="!ImportValue task", name="other"),
    "name that is not known": service(name="!ImportValue name"),
}

BAD = {
    "provider of another cluster": (
        """
  Cluster: {Type: AWS::ECS::Cluster, Properties: {CapacityProviders: [FARGATE]}}
  One: {Type: AWS::ECS::Service, Properties: {Cluster: !Ref Cluster,
      CapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT}]}}
""",
        "Resources/One/Properties/CapacityProviderStrategy/0/CapacityProvider",
        "CapacityProvider is FARGATE_SPOT, and Cluster has only FARGATE: ECS refuses the service. Add it "
        "to CapacityProviders of the cluster.",
    ),
    "container": case(
        service(name="app"),
        "ContainerName",
        "ContainerName is app, and Task has only web: ECS refuses the service. Write the name of a "
        "container.",
    ),
    "port": case(
        service(port=8080),
        "ContainerPort",
        "ContainerPort is 8080, and web in Task maps only 80: ECS refuses the service. Write one of them.",
    ),
    "default target type": case(
        service("Port: 80"),
        "TargetGroupArn",
        "TargetGroupArn is Targets, whose TargetType is instance, and the tasks of Task have their own "
        "addresses: ECS refuses the service. Set TargetType: ip.",
    ),
}
