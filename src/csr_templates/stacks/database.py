"""The database stack: an Aurora MySQL cluster with its secret, logs, alarms and dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from awacs import logs as logs_actions
from awacs.aws import Allow, Statement
from troposphere import (
    Delete,
    Equals,
    FindInMap,
    If,
    NoValue,
    Or,
    Output,
    Parameter,
    Retain,
    RetainExceptOnCreate,
    Snapshot,
    Sub,
)
from troposphere.ec2 import SecurityGroup, SecurityGroupEgress, SecurityGroupRule
from troposphere.iam import Policy, Role
from troposphere.kms import Key
from troposphere.logs import LogGroup
from troposphere.rds import DBCluster, DBClusterParameterGroup, DBInstance, DBParameterGroup, DBSubnetGroup
from troposphere.secretsmanager import GenerateSecretString, Secret, SecretTargetAttachment
from troposphere.sns import Topic

from csr_templates.stacks import contract
from csr_templates.stacks.parts import keys
from csr_templates.stacks.parts.alarms import alarm
from csr_templates.stacks.parts.dashboards import (
    alarm_states,
    dashboard,
    dashboard_body,
    graph,
    held,
    limit,
    log_table,
    metric,
    stale_dashboard,
    threshold,
    watched,
)
from csr_templates.stacks.parts.logs import log_group
from csr_templates.stacks.parts.names import PREFIX, named
from csr_templates.stacks.parts.parameters import environment, interface, project_name, switch
from csr_templates.stacks.parts.policies import document
from csr_templates.stacks.parts.roles import service_role
from csr_templates.stacks.parts.tags import tags
from csr_templates.stacks.parts.template import StackTemplate
from csr_templates.stacks.parts.topics import topic, topic_policy

PORT = 3306

# What Aurora MySQL 3 runs on in Tokyo, without db.serverless, which needs a capacity range of its own.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html
# Performance Insights: not on db.t3. Burstable: runs in unlimited mode, which costs extra above the baseline.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Engines.html
_T3 = {"Burstable": "true", "PerformanceInsights": "false"}
_T4G = {"Burstable": "true", "PerformanceInsights": "true"}
_R = {"Burstable": "false", "PerformanceInsights": "true"}
INSTANCE_CLASSES = {
    "db.t3.medium": _T3,
    "db.t3.large": _T3,
    "db.t4g.medium": _T4G,
    "db.t4g.large": _T4G,
    "db.r5.large": _R,
    "db.r5.xlarge": _R,
    "db.r5.2xlarge": _R,
    "db.r5.4xlarge": _R,
    "db.r5.8xlarge": _R,
    "db.r5.12xlarge": _R,
    "db.r5.16xlarge": _R,
    "db.r5.24xlarge": _R,
    "db.r6g.large": _R,
    "db.r6g.xlarge": _R,
    "db.r6g.2xlarge": _R,
    "db.r6g.4xlarge": _R,
    "db.r6g.8xlarge": _R,
    "db.r6g.12xlarge": _R,
    "db.r6g.16xlarge": _R,
    "db.r6i.large": _R,
    "db.r6i.xlarge": _R,
    "db.r6i.2xlarge": _R,
    "db.r6i.4xlarge": _R,
    "db.r6i.8xlarge": _R,
    "db.r6i.12xlarge": _R,
    "db.r6i.16xlarge": _R,
    "db.r6i.24xlarge": _R,
    "db.r6i.32xlarge": _R,
    "db.r7g.large": _R,
    "db.r7g.xlarge": _R,
    "db.r7g.2xlarge": _R,
    "db.r7g.4xlarge": _R,
    "db.r7g.8xlarge": _R,
    "db.r7g.12xlarge": _R,
    "db.r7g.16xlarge": _R,
    "db.r7i.large": _R,
    "db.r7i.xlarge": _R,
    "db.r7i.2xlarge": _R,
    "db.r7i.4xlarge": _R,
    "db.r7i.8xlarge": _R,
    "db.r7i.12xlarge": _R,
    "db.r7i.16xlarge": _R,
    "db.r7i.24xlarge": _R,
    "db.r7i.48xlarge": _R,
    "db.r8a.large": _R,
    "db.r8a.xlarge": _R,
    "db.r8a.2xlarge": _R,
    "db.r8a.4xlarge": _R,
    "db.r8a.8xlarge": _R,
    "db.r8a.12xlarge": _R,
    "db.r8a.16xlarge": _R,
    "db.r8a.24xlarge": _R,
    "db.r8a.48xlarge": _R,
    "db.r8g.large": _R,
    "db.r8g.xlarge": _R,
    "db.r8g.2xlarge": _R,
    "db.r8g.4xlarge": _R,
    "db.r8g.8xlarge": _R,
    "db.r8g.12xlarge": _R,
    "db.r8g.16xlarge": _R,
    "db.r8g.24xlarge": _R,
    "db.r8g.48xlarge": _R,
}


class Parameters(NamedTuple):
    """What an environment decides."""

    instance_class: Parameter
    multi_az: Parameter
    read_replica: Parameter
    database_name: Parameter
    engine_version: Parameter
    deletion_protection: Parameter


class SecurityGroups(NamedTuple):
    """The group of the functions that may reach the database, and the database's own."""

    functions: SecurityGroup
    database: SecurityGroup


class ParameterGroups(NamedTuple):
    """Settings of MySQL. Each has its level, and does nothing on the other one."""

    cluster: DBClusterParameterGroup
    instance: DBParameterGroup


class LogGroups(NamedTuple):
    """Where Aurora writes its logs to."""

    error: LogGroup
    slow_query: LogGroup
    audit: LogGroup


class Topics(NamedTuple):
    """Whom the alarms tell."""

    normal: Topic
    critical: Topic


def build() -> StackTemplate:
    """Return the database stack; the calls below are its table of contents."""
    t = StackTemplate("Aurora MySQL in two Availability Zones, with its secret, logs, alarms and dashboard")
    parameters = add_parameters(t)
    add_conditions(t, parameters)
    topics = add_topics(t)
    key = add_key(t)
    secret = add_secret(t, key)
    security_groups = add_security_groups(t)
    subnet_group = add_subnet_group(t)
    parameter_groups = add_parameter_groups(t)
    log_groups = add_log_groups(t)
    cluster = add_cluster(
        t,
        parameters,
        key,
        secret,
        subnet_group,
        security_groups.database,
        parameter_groups.cluster,
        log_groups,
    )
    role = add_monitoring_role(t)
    add_instances(t, parameters, cluster, parameter_groups.instance, role, key)
    add_alarms(t, cluster, topics)
    add_outputs(t, parameters, cluster, secret, key, subnet_group, security_groups, parameter_groups, topics)
    derive(t)
    return t


def add_parameters(t: StackTemplate) -> Parameters:
    """Add the parameters and their groups in the console."""
    project = t.add_parameter(project_name())
    env = t.add_parameter(environment())
    parameters = Parameters(
        instance_class=t.add_parameter(
            Parameter(
                "DatabaseInstanceClass",
                Type="String",
                Default="db.t3.medium",
                AllowedValues=list(INSTANCE_CLASSES),
                Description="Class of all instances. Performance Insights is on where the class supports it.",
                ConstraintDescription="must be a class that Aurora MySQL 3 runs on in ap-northeast-1",
            )
        ),
        multi_az=t.add_parameter(
            switch(
                "DatabaseMultiAZ",
                Default="true",
                Description="A second instance, in the second zone, to fail over to.",
            )
        ),
        read_replica=t.add_parameter(
            switch(
                "DatabaseReadReplica",
                Default="true",
                Description="A second instance to read from: the one that DatabaseMultiAZ asks for, too.",
            )
        ),
        database_name=t.add_parameter(
            Parameter(
                "DatabaseName",
                Type="String",
                Default="csr_lambda_prod",
                AllowedPattern="[a-zA-Z][a-zA-Z0-9_]*",
                MaxLength=64,
                Description="Database made with the cluster. Final: another name replaces the cluster.",
                ConstraintDescription=(
                    "must start with a letter, hold letters, digits and underscores, "
                    "and be at most 64 characters long"
                ),
            )
        ),
        engine_version=t.add_parameter(
            Parameter(
                "DatabaseEngineVersion",
                Type="String",
                # The 3.10 line has long-term support.
                # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.Updates.3100.html
                Default="8.0.mysql_aurora.3.10.6",
                AllowedPattern="8[.]0[.]mysql_aurora[.]3[.][0-9]{2}[.][0-9]{1,2}",
                Description="Version of Aurora MySQL 3. Moves with this value, or when AWS ends its support.",
                ConstraintDescription="must be a version of Aurora MySQL 3 such as 8.0.mysql_aurora.3.10.6",
            )
        ),
        deletion_protection=t.add_parameter(
            switch(
                "DatabaseDeletionProtection",
                Default="true",
                Description=(
                    "The cluster refuses to be deleted, also by the rollback of a first create that failed."
                ),
            )
        ),
    )
    t.set_metadata(
        interface(
            {
                "Environment": [(project, "Project"), (env, "Environment")],
                "Instances": [
                    (parameters.instance_class, "Class"),
                    (parameters.multi_az, "Second instance to fail over to"),
                    (parameters.read_replica, "Second instance to read from"),
                ],
                "Database": [
                    (parameters.database_name, "Name"),
                    (parameters.engine_version, "Version"),
                    (parameters.deletion_protection, "Deletion protection"),
                ],
            }
        )
    )
    return parameters


def add_conditions(t: StackTemplate, parameters: Parameters) -> None:
    """Add what the parameters decide."""
    t.add_mapping("InstanceClasses", INSTANCE_CLASSES)
    # An Aurora replica is both: what is failed over to and what is read from.
    t.add_condition(
        "HasReader",
        Or(Equals(parameters.multi_az.Ref(), "true"), Equals(parameters.read_replica.Ref(), "true")),
    )
    t.add_condition(
        "IsBurstable",
        Equals(FindInMap("InstanceClasses", parameters.instance_class.Ref(), "Burstable"), "true"),
    )
    t.add_condition(
        "HasPerformanceInsights",
        Equals(FindInMap("InstanceClasses", parameters.instance_class.Ref(), "PerformanceInsights"), "true"),
    )


def add_topics(t: StackTemplate) -> Topics:
    """Add the topics that the alarms are sent to."""
    t.section("Alarm topics")
    key = contract.imported(contract.ALARMS_KEY_ARN)
    normal = t.add_resource(topic("DatabaseAlarmTopic", "database-alarms", KmsMasterKeyId=key))
    critical = t.add_resource(
        topic("DatabaseCriticalAlarmTopic", "database-critical-alarms", KmsMasterKeyId=key)
    )
    t.add_resource(topic_policy("DatabaseAlarmTopicsPolicy", normal.Ref(), critical.Ref()))
    return Topics(normal, critical)


def add_key(t: StackTemplate) -> Key:
    """Add the key. RDS and Secrets Manager use it with the rights of whoever calls them."""
    t.section("Key")
    return t.add_resource(
        keys.key("DatabaseKey", "database-key", "Encrypts the database, its snapshots and its secret")
    )


def add_secret(t: StackTemplate, key: Key) -> Secret:
    """Add the administrator's name and password. Nobody chooses or types the password."""
    t.section("Secret")
    return t.add_resource(
        Secret(
            "DatabaseSecret",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            Name=named("db-credentials"),
            Description="Administrator of the Aurora cluster",
            KmsKeyId=key.GetAtt("Arn"),
            # Final: another setting makes another password, and the cluster would keep the old one.
            GenerateSecretString=GenerateSecretString(
                SecretStringTemplate='{"username": "admin"}',
                GenerateStringKey="password",
                PasswordLength=32,  # RDS takes 8 to 41 characters
                ExcludePunctuation=True,  # RDS refuses some of it, and URLs and shells trip over more
            ),
            Tags=tags("db-credentials"),
        )
    )


def add_security_groups(t: StackTemplate) -> SecurityGroups:
    """Add the security groups of the database and of the functions that may reach it.

    The database's group names the functions' group, so the way back, the functions' rule towards the
    database, is a resource of its own: two groups that name each other cannot be made.
    """
    t.section("Security groups")
    functions = t.add_resource(
        SecurityGroup(
            "LambdaSecurityGroup",
            GroupName=named("lambda-sg"),
            # Final: another description is another group, and its name would be taken.
            GroupDescription="Lambda functions: HTTPS to anywhere, MySQL to the database",
            VpcId=contract.imported(contract.VPC_ID),
            SecurityGroupEgress=[
                SecurityGroupRule(
                    Description="HTTPS to AWS and the internet",
                    IpProtocol="tcp",
                    FromPort=443,
                    ToPort=443,
                    CidrIp="0.0.0.0/0",
                )
            ],
            Tags=tags("lambda-sg"),
        )
    )
    database = t.add_resource(
        SecurityGroup(
            "DatabaseSecurityGroup",
            GroupName=named("database-sg"),
            # Final: another description is another group, and its name would be taken.
            GroupDescription="Aurora: MySQL from the Lambda functions",
            VpcId=contract.imported(contract.VPC_ID),
            SecurityGroupIngress=[
                SecurityGroupRule(
                    Description="MySQL from the Lambda functions",
                    IpProtocol="tcp",
                    FromPort=PORT,
                    ToPort=PORT,
                    SourceSecurityGroupId=functions.GetAtt("GroupId"),
                )
            ],
            # Without a rule here EC2 adds one that allows everything.
            SecurityGroupEgress=[
                SecurityGroupRule(
                    Description="Nowhere: it only answers", IpProtocol="-1", CidrIp="127.0.0.1/32"
                )
            ],
            Tags=tags("database-sg"),
        )
    )
    t.add_resource(
        SecurityGroupEgress(
            "LambdaToDatabase",
            Description="MySQL to the database",
            GroupId=functions.GetAtt("GroupId"),
            IpProtocol="tcp",
            FromPort=PORT,
            ToPort=PORT,
            DestinationSecurityGroupId=database.GetAtt("GroupId"),
        )
    )
    return SecurityGroups(functions, database)


def add_subnet_group(t: StackTemplate) -> DBSubnetGroup:
    """Add the subnets that the instances, and those of a restored cluster, run in."""
    t.section("Subnet group")
    return t.add_resource(
        DBSubnetGroup(
            "DatabaseSubnetGroup",
            DBSubnetGroupDescription="The private subnets",
            SubnetIds=[
                contract.imported(contract.PRIVATE_SUBNET_1_ID),
                contract.imported(contract.PRIVATE_SUBNET_2_ID),
            ],
            Tags=tags("database-subnet-group"),
        )
    )


def add_parameter_groups(t: StackTemplate) -> ParameterGroups:
    """Add the settings of MySQL.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ParameterGroups.html
    """
    t.section("Parameter groups")
    cluster = t.add_resource(
        DBClusterParameterGroup(
            "DatabaseClusterParameterGroup",
            Description="Character set, time zone, TLS and audit of the cluster",
            Family="aurora-mysql8.0",
            Parameters={
                "character_set_server": "utf8mb4",
                "collation_server": "utf8mb4_0900_ai_ci",
                "time_zone": "UTC",  # like the clocks of Lambda and CloudWatch
                "require_secure_transport": "ON",  # no connection without TLS
                "server_audit_logging": "1",
                "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
                "innodb_print_all_deadlocks": "1",  # to the error log
            },
            Tags=tags("database-cluster-parameters"),
        )
    )
    instance = t.add_resource(
        DBParameterGroup(
            "DatabaseParameterGroup",
            Description="Connections and slow query log of each instance",
            Family="aurora-mysql8.0",
            Parameters={
                "max_connections": str(
                    contract.DATABASE_MAX_CONNECTIONS
                ),  # a class with 4 GiB would allow 90
                "slow_query_log": "1",
                "long_query_time": "1",  # seconds
                "log_output": "FILE",  # tables are not exported
            },
            Tags=tags("database-parameters"),
        )
    )
    return ParameterGroups(cluster, instance)


def add_log_groups(t: StackTemplate) -> LogGroups:
    """Add the log groups. Aurora would make them itself, without our key and for ever."""
    t.section("Log groups")
    prefix = f"/aws/rds/cluster/{PREFIX}-aurora-cluster/"
    key = contract.imported(contract.LOGS_KEY_ARN)
    error = t.add_resource(
        log_group(
            "DatabaseErrorLogGroup", "database-error-log", LogGroupName=Sub(prefix + "error"), KmsKeyId=key
        )
    )
    slow_query = t.add_resource(
        log_group(
            "DatabaseSlowQueryLogGroup",
            "database-slow-query-log",
            LogGroupName=Sub(prefix + "slowquery"),
            KmsKeyId=key,
        )
    )
    audit = t.add_resource(
        log_group(
            "DatabaseAuditLogGroup", "database-audit-log", LogGroupName=Sub(prefix + "audit"), KmsKeyId=key
        )
    )
    return LogGroups(error, slow_query, audit)


def add_cluster(
    t: StackTemplate,
    parameters: Parameters,
    key: Key,
    secret: Secret,
    subnet_group: DBSubnetGroup,
    security_group: SecurityGroup,
    parameter_group: DBClusterParameterGroup,
    log_groups: LogGroups,
) -> DBCluster:
    """Add the cluster, which holds the data, and complete the secret with its address."""
    t.section("Cluster")
    resolved = "{{resolve:secretsmanager:${Secret}:SecretString:%s}}"
    cluster = t.add_resource(
        DBCluster(
            "DatabaseCluster",
            DependsOn=list(log_groups),  # what Aurora finds it uses, what it does not find it makes
            DeletionPolicy=Snapshot,
            UpdateReplacePolicy=Snapshot,
            DBClusterIdentifier=named("aurora-cluster"),
            Engine="aurora-mysql",
            EngineVersion=parameters.engine_version.Ref(),
            EngineLifecycleSupport="open-source-rds-extended-support-disabled",  # it is charged by the hour
            AutoMinorVersionUpgrade=False,
            DatabaseName=parameters.database_name.Ref(),
            MasterUsername=Sub(resolved % "username", Secret=secret.Ref()),
            MasterUserPassword=Sub(resolved % "password", Secret=secret.Ref()),
            EnableIAMDatabaseAuthentication=True,
            Port=PORT,
            DBSubnetGroupName=subnet_group.Ref(),
            VpcSecurityGroupIds=[security_group.GetAtt("GroupId")],
            DBClusterParameterGroupName=parameter_group.Ref(),
            StorageEncrypted=True,
            KmsKeyId=key.GetAtt("Arn"),
            BackupRetentionPeriod=30,  # days
            PreferredBackupWindow="17:00-18:00",  # UTC; 02:00-03:00 in Tokyo
            PreferredMaintenanceWindow="sat:18:30-sat:19:00",  # UTC; Sunday 03:30-04:00 in Tokyo
            CopyTagsToSnapshot=True,
            DeletionProtection=parameters.deletion_protection.Ref(),
            EnableCloudwatchLogsExports=["audit", "error", "slowquery"],
            DatabaseInsightsMode="standard",
            Tags=tags("aurora-cluster"),
        )
    )
    t.add_resource(
        SecretTargetAttachment(
            "DatabaseSecretAttachment",
            SecretId=secret.Ref(),
            TargetId=cluster.Ref(),
            TargetType="AWS::RDS::DBCluster",
        )
    )
    return cluster


def add_monitoring_role(t: StackTemplate) -> Role:
    """Add the role that Enhanced Monitoring writes with: AWS's own policy, within this account and region.

    Its log group RDSOSMetrics is shared by all databases of the account, so it is not ours to encrypt.
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html
    """
    t.section("Enhanced Monitoring")
    log_groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:RDS*"
    return t.add_resource(
        service_role(
            "DatabaseMonitoringRole",
            "database-monitoring-role",
            Description="Lets Enhanced Monitoring write the metrics of the instances to CloudWatch Logs",
            service="monitoring.rds.amazonaws.com",
            SourceArn=Sub("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db:*"),
            policy=Policy(
                PolicyName="WriteMetrics",
                PolicyDocument=document(
                    Statement(
                        Effect=Allow,
                        Action=[logs_actions.CreateLogGroup, logs_actions.PutRetentionPolicy],
                        Resource=[Sub(log_groups)],
                    ),
                    Statement(
                        Effect=Allow,
                        Action=[
                            logs_actions.CreateLogStream,
                            logs_actions.DescribeLogStreams,
                            logs_actions.GetLogEvents,
                            logs_actions.PutLogEvents,
                        ],
                        Resource=[Sub(log_groups + ":log-stream:*")],
                    ),
                ),
            ),
        )
    )


def add_instances(
    t: StackTemplate,
    parameters: Parameters,
    cluster: DBCluster,
    parameter_group: DBParameterGroup,
    role: Role,
    key: Key,
) -> None:
    """Add the instances. They are numbered because a failover makes the reader the writer.

    All have the same settings of monitoring, since Database Insights needs that. These stand here and not at
    the cluster, which is updated first: a larger class and Performance Insights arrive together.
    """
    t.section("Instances")
    instance = partial(
        DBInstance,
        DeletionPolicy=Delete,  # the data is the cluster's
        UpdateReplacePolicy=Delete,
        DBClusterIdentifier=cluster.Ref(),
        DBInstanceClass=parameters.instance_class.Ref(),
        Engine="aurora-mysql",
        AutoMinorVersionUpgrade=False,  # long-term support is for those who choose the day themselves
        DBParameterGroupName=parameter_group.Ref(),
        PubliclyAccessible=False,
        MonitoringInterval=60,  # seconds
        MonitoringRoleArn=role.GetAtt("Arn"),
        EnablePerformanceInsights=If("HasPerformanceInsights", True, False),
        PerformanceInsightsRetentionPeriod=If("HasPerformanceInsights", 7, NoValue),  # days
        PerformanceInsightsKMSKeyId=If("HasPerformanceInsights", key.GetAtt("Arn"), NoValue),
    )
    first = t.add_resource(
        instance(
            "DatabaseInstance1",
            AvailabilityZone=contract.imported(contract.PRIVATE_SUBNET_1_ZONE),
            PromotionTier=0,
            PreferredMaintenanceWindow="sat:19:30-sat:20:00",  # UTC; Sunday 04:30-05:00 in Tokyo
            Tags=tags("aurora-instance-1"),
        )
    )
    t.add_resource(
        instance(
            "DatabaseInstance2",
            Condition="HasReader",
            DependsOn=first,  # the instance that is there first becomes the writer
            AvailabilityZone=contract.imported(contract.PRIVATE_SUBNET_2_ZONE),
            PromotionTier=1,
            PreferredMaintenanceWindow="sat:19:00-sat:19:30",  # UTC; Sunday 04:00-04:30 in Tokyo
            Tags=tags("aurora-instance-2"),
        )
    )


def add_alarms(t: StackTemplate, cluster: DBCluster, topics: Topics) -> None:
    """Add the alarms.

    They watch by role: an average over the whole cluster would hide a busy writer behind an idle reader. The
    dashboard shows them as they are here.
    """
    t.section("Alarms")
    writer_alarm = partial(
        alarm,
        Namespace="AWS/RDS",
        dimensions={"DBClusterIdentifier": cluster.Ref(), "Role": "WRITER"},
    )
    t.add_resource(
        writer_alarm(
            "DatabaseCPUAlarm",
            "database-cpu-high",
            AlarmDescription=(
                "The writer's CPU is high. Look for a new slow query first: in the slow query log, or in "
                "Database Insights where the class has it."
            ),
            MetricName="CPUUtilization",
            Statistic="Average",
            EvaluationPeriods=2,
            Threshold=70,  # percent
            notify=topics.critical.Ref(),
        )
    )
    t.add_resource(
        writer_alarm(
            "DatabaseConnectionsAlarm",
            "database-connections-high",
            AlarmDescription=(
                "The writer holds many of the connections it can have. Look at the concurrency of the Lambda "
                "function first, then for queries that keep their connections waiting."
            ),
            MetricName="DatabaseConnections",
            Statistic="Maximum",
            EvaluationPeriods=2,
            Threshold=100,  # of max_connections
            notify=topics.critical.Ref(),
        )
    )
    t.add_resource(
        alarm(
            "DatabaseReadLatencyAlarm",
            "database-read-latency-high",
            AlarmDescription=(
                "Reads from storage are slow. Look in the slow query log for queries without an index first, "
                "then at the freeable memory."
            ),
            Namespace="AWS/RDS",
            MetricName="ReadLatency",
            dimensions={
                "DBClusterIdentifier": cluster.Ref(),
                "Role": If("HasReader", "READER", "WRITER"),
            },
            Statistic="Average",
            EvaluationPeriods=3,
            Threshold=0.2,  # seconds
            notify=topics.normal.Ref(),
        )
    )
    t.add_resource(
        writer_alarm(
            "DatabaseWriteLatencyAlarm",
            "database-write-latency-high",
            AlarmDescription=(
                "Writes to storage are slow. Look for a bulk load or a long transaction first, then at AWS "
                "Health."
            ),
            MetricName="WriteLatency",
            Statistic="Average",
            EvaluationPeriods=3,
            Threshold=0.2,  # seconds
            notify=topics.critical.Ref(),
        )
    )
    t.add_resource(
        alarm(
            "DatabaseSurplusCreditsAlarm",
            "database-surplus-credits-charged",
            AlarmDescription=(
                "An instance uses more CPU than its T class earns in a day, and that is charged extra. Look "
                "for what keeps it busy first; if that is the normal load, take a larger class."
            ),
            Namespace="AWS/RDS",
            MetricName="CPUSurplusCreditsCharged",
            dimensions={"DBClusterIdentifier": cluster.Ref()},
            Statistic="Maximum",  # of all instances
            EvaluationPeriods=1,
            Threshold=0,  # credits
            notify=topics.normal.Ref(),
            condition="IsBurstable",
        )
    )


def add_outputs(
    t: StackTemplate,
    parameters: Parameters,
    cluster: DBCluster,
    secret: Secret,
    key: Key,
    subnet_group: DBSubnetGroup,
    security_groups: SecurityGroups,
    parameter_groups: ParameterGroups,
    topics: Topics,
) -> None:
    """Add what the api stack reads, and what operators need to connect, to restore and to subscribe."""
    t.add_output(
        contract.output(
            contract.DATABASE_CLUSTER_ENDPOINT,
            "Host name of the writer",
            cluster.GetAtt("Endpoint.Address"),
        )
    )
    t.add_output(
        contract.output(
            contract.DATABASE_CLUSTER_READ_ENDPOINT,
            "Host name of the reader; without a reader it leads to the writer",
            cluster.GetAtt("ReadEndpoint.Address"),
        )
    )
    t.add_output(
        contract.output(contract.DATABASE_PORT, "Port of both hosts", cluster.GetAtt("Endpoint.Port"))
    )
    t.add_output(
        contract.output(contract.DATABASE_NAME, "Name of the database", parameters.database_name.Ref())
    )
    t.add_output(
        contract.output(
            contract.DATABASE_SECRET_ARN, "ARN of the secret with user name and password", secret.Ref()
        )
    )
    t.add_output(
        contract.output(
            contract.DATABASE_KEY_ARN, "ARN of the key of the secret and the database", key.GetAtt("Arn")
        )
    )
    t.add_output(
        contract.output(
            contract.LAMBDA_SECURITY_GROUP_ID,
            "ID of the group of the functions that may reach the database",
            security_groups.functions.GetAtt("GroupId"),
        )
    )
    t.add_output(
        Output(
            "DatabaseSecurityGroupId",
            Description="ID of the database's security group; a restore needs it",
            Value=security_groups.database.GetAtt("GroupId"),
        )
    )
    t.add_output(
        Output(
            "DatabaseSubnetGroupName",
            Description="Name of the subnet group; a restore needs it",
            Value=subnet_group.Ref(),
        )
    )
    t.add_output(
        Output(
            "DatabaseClusterParameterGroupName",
            Description="Name of the cluster's parameter group; a restore needs it",
            Value=parameter_groups.cluster.Ref(),
        )
    )
    t.add_output(
        Output(
            "DatabaseParameterGroupName",
            Description="Name of the instances' parameter group; a restore needs it",
            Value=parameter_groups.instance.Ref(),
        )
    )
    t.add_output(
        Output(
            "DatabaseClusterResourceId",
            Description="ID of the cluster in policies that allow rds-db:connect",
            Value=cluster.GetAtt("DBClusterResourceId"),
        )
    )
    t.add_output(
        Output("DatabaseAlarmTopicArn", Description="ARN of the topic for alarms", Value=topics.normal.Ref())
    )
    t.add_output(
        Output(
            "DatabaseCriticalAlarmTopicArn",
            Description="ARN of the topic for critical alarms",
            Value=topics.critical.Ref(),
        )
    )


def derive(t: StackTemplate) -> None:
    """Make what follows from the rest of the template: the dashboard. Call it again after a change.

    Raises:
        DashboardError: something that the dashboard shows is no longer there.
    """
    t.section("Dashboard")
    t.resources.pop("DatabaseDashboard", None)
    t.add_resource(dashboard("DatabaseDashboard", "database", overview(t.to_dict())))


def stale(template: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each derived value that no longer follows from the rest of a template."""
    return stale_dashboard(template, "DatabaseDashboard", overview, "database.derive(t)")


def overview(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the dashboard: is something wrong, and is it the writer, the reader or a query?"""
    cluster = {"DBClusterIdentifier": {"Ref": "DatabaseCluster"}}
    writer = cluster | {"Role": "WRITER"}
    reader = cluster | {"Role": "READER"}
    connections = held(template, "DatabaseParameterGroup")["Properties"]["Parameters"]["max_connections"]
    return dashboard_body(
        [alarm_states(template, "Alarms")],
        [
            graph(
                "CPU",
                "percent",
                [
                    watched(template, "DatabaseCPUAlarm", "Writer"),
                    watched(template, "DatabaseCPUAlarm", "Reader", Role="READER"),
                ],
                [threshold(template, "DatabaseCPUAlarm")],
            ),
            graph(
                "Connections",
                "connections",
                [
                    watched(template, "DatabaseConnectionsAlarm", "Writer"),
                    watched(template, "DatabaseConnectionsAlarm", "Reader", Role="READER"),
                ],
                [threshold(template, "DatabaseConnectionsAlarm"), limit("max_connections", int(connections))],
            ),
        ],
        [
            graph(
                "Read latency",
                "seconds",
                [
                    watched(template, "DatabaseReadLatencyAlarm", "Writer", Role="WRITER"),
                    watched(template, "DatabaseReadLatencyAlarm", "Reader", Role="READER"),
                ],
                [threshold(template, "DatabaseReadLatencyAlarm")],
            ),
            graph(
                "Write latency",
                "seconds",
                [watched(template, "DatabaseWriteLatencyAlarm", "Writer")],
                [threshold(template, "DatabaseWriteLatencyAlarm")],
            ),
        ],
        [
            graph(
                "Replica lag",
                "milliseconds",
                [metric("AWS/RDS", "AuroraReplicaLag", "Reader", "Maximum", 60, reader)],
            ),
            graph(
                "Freeable memory",
                "bytes",
                [
                    metric("AWS/RDS", "FreeableMemory", "Writer", "Minimum", 60, writer),
                    metric("AWS/RDS", "FreeableMemory", "Reader", "Minimum", 60, reader),
                ],
            ),
        ],
        [
            graph(
                "Deadlocks",
                "per second",
                [metric("AWS/RDS", "Deadlocks", "Writer", "Average", 60, writer)],
            ),
            graph(
                "Slow queries",
                "log entries",
                [
                    metric(
                        "AWS/Logs",
                        "IncomingLogEvents",
                        "All instances",
                        "Sum",
                        60,
                        {"LogGroupName": {"Ref": "DatabaseSlowQueryLogGroup"}},
                    )
                ],
            ),
            graph(
                "Surplus CPU credits charged (T classes)",
                "credits",
                [watched(template, "DatabaseSurplusCreditsAlarm", "All instances")],
                [threshold(template, "DatabaseSurplusCreditsAlarm")],
            ),
        ],
        [
            log_table(
                "Newest slow queries",
                "DatabaseSlowQueryLogGroup",
                "fields @timestamp, @logStream, @message | sort @timestamp desc | limit 20",
            )
        ],
    )
