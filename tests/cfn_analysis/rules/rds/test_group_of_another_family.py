"""Parameter groups of databases."""

from ..harness import frame

instance = frame("""
Parameters:
  Any: {Type: String}
Resources:
  Group: {Type: AWS::RDS::DBParameterGroup, Properties: {Family: <family>}}
  One: {Type: AWS::RDS::DBInstance, Properties: {DBParameterGroupName: !Ref Group, <more>}}
""")

PATH = "Resources/One/Properties/DBParameterGroupName"

GOOD = {
    "same": instance("postgres16", "Engine: postgres, EngineVersion: '16.3'"),
    "Aurora": instance("aurora-mysql8.0", "Engine: aurora-mysql, EngineVersion: 8.0.mysql_aurora.3.10.0"),
    "parameter": instance("postgres16", "Engine: postgres, EngineVersion: !Ref Any"),
    "no version": instance("mysql8.0", "Engine: mysql"),
}

BAD = {
    "engine": (
        instance("mysql8.0", "Engine: mariadb"),
        "DBParameterGroupName is Group, whose Family mysql8.0 is not of mariadb: RDS refuses it.",
    ),
    "version": (
        instance("postgres15", "Engine: postgres, EngineVersion: '16.3'"),
        "DBParameterGroupName is Group, whose Family postgres15 is not of version 16.3: RDS refuses it.",
    ),
    "Aurora": (
        instance("aurora-mysql5.7", "Engine: aurora-mysql, EngineVersion: 8.0.mysql_aurora.3.10.0"),
        "DBParameterGroupName is Group, whose Family aurora-mysql5.7 is not of version "
        "8.0.mysql_aurora.3.10.0: RDS refuses it.",
    ),
}
