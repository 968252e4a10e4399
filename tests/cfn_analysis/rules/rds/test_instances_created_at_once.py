"""Good and broken Aurora clusters."""

HEAD = """
  Cluster: {Type: AWS::RDS::DBCluster}
  Other: {Type: AWS::RDS::DBCluster}
"""


def instances(*attributes: str, cluster: str = "!Ref Cluster") -> str:
    """Return a template with a cluster and an instance for each text of attributes."""
    return HEAD + "".join(
        f"  Instance{number}: {{Type: AWS::RDS::DBInstance, {text} "
        f"Properties: {{DBClusterIdentifier: {cluster}}}}}\n"
        for number, text in enumerate(attributes, 1)
    )


def case(text: str, *instances: str) -> tuple[str, ...]:
    """Each instance that does not wait for the first is found."""
    message = (
        "{} does not wait for Instance1: both are created at once, and the one that is ready first becomes "
        "the writer of Cluster. Add DependsOn: Instance1."
    )
    row = [text]
    for name in instances:
        row += [f"Resources/{name}", message.format(name)]
    return tuple(row)


GOOD = {
    "DependsOn": instances("", "DependsOn: Instance1,"),
    "one instance": instances(""),
    "in a row": instances("", "DependsOn: [Instance1],", "DependsOn: Instance2,"),
    "the other way round": instances("DependsOn: Instance2,", ""),
    "reference": instances("", "Metadata: {After: !GetAtt Instance1.Endpoint.Address},"),
    "never both": instances("Condition: Prod,", "Condition: NotProd,"),
    "cluster of another template": instances("", "", cluster="!ImportValue cluster"),
    "two clusters": instances("")
    + "  Alone: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Other}}\n",
}

BAD = {
    "Ref": case(instances("", ""), "Instance2"),
    "Sub": case(instances("", "", cluster="!Sub '${Cluster}'"), "Instance2"),
    "condition": case(instances("", "Condition: Prod,"), "Instance2"),
    "both or none": case(instances("Condition: Prod,", "Condition: Prod,"), "Instance2"),
    "waits for others": case(instances("", "DependsOn: Other,", ""), "Instance2", "Instance3"),
}
