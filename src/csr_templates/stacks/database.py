"""The database stack: an Aurora MySQL cluster with its secret, logs, alarms and dashboard."""

from collections.abc import Collection
from functools import partial
from typing import Any, NamedTuple

import awacs.logs
import awacs.sns
from awacs import aws
from troposphere import (
    And,
    Condition,
    Delete,
    Equals,
    FindInMap,
    If,
    Not,
    NoValue,
    Or,
    Output,
    Parameter,
    Retain,
    RetainExceptOnCreate,
    Snapshot,
    Sub,
    ec2,
    iam,
    kms,
    logs,
    rds,
    secretsmanager,
)

from csr_templates.stacks import contract
from csr_templates.stacks.dashboards.database import overview
from csr_templates.stacks.parts import (
    alarms,
    dashboards,
    findings,
    keys,
    log_groups,
    names,
    policies,
    roles,
    topics,
)
from csr_templates.stacks.parts.parameters import (
    environment,
    log_retention,
    permissions_boundary,
    project_name,
    runbook_url,
    switch,
)
from csr_templates.stacks.parts.template import StackTemplate


def build(stacks: Collection[str] = contract.STACK_NAMES) -> StackTemplate:
    """Return the database stack; the calls below are its table of contents.

    ``stacks`` are the names of the stacks of the system.
    """
    t = StackTemplate(
        "Aurora MySQL in two Availability Zones, with its secret, logs, alarms and dashboard",
        derive=partial(derive, stacks=stacks),
    )
    parameters = add_parameters(t)
    conditions = add_conditions(t, parameters)
    alarm_topics = add_alarm_topics(t)
    key = add_key(t)
    secret = add_secret(t, key)
    security_groups = add_security_groups(t)
    subnet_group = add_subnet_group(t)
    parameter_groups = add_parameter_groups(t)
    cluster_logs = add_log_groups(t, parameters)
    cluster = add_cluster(
        t,
        parameters,
        conditions,
        key,
        secret,
        subnet_group,
        security_groups.database,
        parameter_groups.cluster,
        cluster_logs,
    )
    role = add_monitoring_role(t, parameters, conditions)
    instances = add_instances(t, parameters, conditions, cluster, parameter_groups.instance, role, key)
    add_event_subscriptions(t, conditions, cluster, instances, alarm_topics)
    add_alarms(t, parameters, conditions, cluster, instances, alarm_topics)
    add_outputs(
        t, parameters, cluster, secret, key, subnet_group, security_groups, parameter_groups, alarm_topics
    )
    add_dashboard(t)
    return t


class Parameters(NamedTuple):
    """The parameters of the environment."""

    instance_class: Parameter
    multi_az: Parameter
    read_replica: Parameter
    database_name: Parameter
    engine_version: Parameter
    deletion_protection: Parameter
    log_retention: Parameter
    permissions_boundary: Parameter


def add_parameters(t: StackTemplate) -> Parameters:
    """Add the parameters, each with its label and group in the console."""
    t.add_parameter(project_name(), label="Project", group="Environment")
    t.add_parameter(environment(), label="Environment", group="Environment")
    t.add_parameter(runbook_url(), label="On-call page", group="Environment")
    return Parameters(
        instance_class=t.add_parameter(
            Parameter(
                "DatabaseInstanceClass",
                Type="String",
                Default="db.t3.medium",
                AllowedValues=list(instance_classes()),
                Description=(
                    "Class of all DB instances. A change restarts them one after the other. "
                    "Performance Insights is enabled if the class supports it."
                ),
                ConstraintDescription=(
                    "must be an instance class that Aurora MySQL 3 supports in ap-northeast-1"
                ),
            ),
            label="Instance class",
            group="Instances",
        ),
        multi_az=t.add_parameter(
            switch(
                "DatabaseMultiAZ",
                Default="true",
                Description="Create a second instance, in the second zone, as the failover target.",
            ),
            label="Second instance for failover",
            group="Instances",
        ),
        read_replica=t.add_parameter(
            switch(
                "DatabaseReadReplica",
                Default="true",
                Description=(
                    "Create a second instance for reads. It is the same instance that DatabaseMultiAZ "
                    "creates."
                ),
            ),
            label="Second instance for reads",
            group="Instances",
        ),
        database_name=t.add_parameter(
            Parameter(
                "DatabaseName",
                Type="String",
                Default="csr_lambda_prod",
                AllowedPattern="[a-zA-Z][a-zA-Z0-9_]*",
                MaxLength=64,
                Description=(
                    "Name of the database that is created with the cluster. Cannot be changed after creation."
                ),
                ConstraintDescription=(
                    "must start with a letter, contain only letters, digits and underscores, "
                    "and be at most 64 characters long"
                ),
            ),
            label="Name",
            group="Database",
        ),
        engine_version=t.add_parameter(
            Parameter(
                "DatabaseEngineVersion",
                Type="String",
                # The 3.10 line has long-term support.
                # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.Updates.3100.html
                Default="8.0.mysql_aurora.3.10.6",
                AllowedPattern="8[.]0[.]mysql_aurora[.]3[.][0-9]{2}[.][0-9]{1,2}",
                Description="Engine version of Aurora MySQL 3. An upgrade interrupts the database.",
                ConstraintDescription="must be a version of Aurora MySQL 3 such as 8.0.mysql_aurora.3.10.6",
            ),
            label="Engine version",
            group="Database",
        ),
        deletion_protection=t.add_parameter(
            switch(
                "DatabaseDeletionProtection",
                Default="true",
                Description=(
                    "Prevent the deletion of the cluster, even by the rollback of a failed creation. "
                    "If false, automated backups are deleted with the cluster."
                ),
            ),
            label="Deletion protection",
            group="Database",
        ),
        log_retention=t.add_parameter(log_retention(), label="Log retention (days)", group="Logs"),
        permissions_boundary=t.add_parameter(
            permissions_boundary(), label="Permissions boundary", group="Roles"
        ),
    )


# Classes of Aurora MySQL 3 in Tokyo, without db.serverless, which needs a capacity range.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html
# Performance Insights: not on db.t3. Burstable: runs in unlimited mode, which costs extra above the baseline.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Engines.html
# LowMemory: a sixteenth of the memory, in bytes. Most of the memory is used by the buffer pool.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Summary.html
GIB_OF_T_CLASSES = {"medium": 4, "large": 8}
GIB_OF_R_CLASSES = {"large": 16, "xlarge": 32} | {f"{n}xlarge": 32 * n for n in (2, 4, 8, 12, 16, 24, 32, 48)}
T_FAMILIES = {"t3": "false", "t4g": "true"}  # whether they have Performance Insights
R_FAMILIES = {
    "r5": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
    "r6g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "r6i": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
    "r7g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "r7i": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
    "r8a": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
    "r8g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
}


def instance_classes() -> dict[str, dict[str, Any]]:
    """Return the facts of each class."""
    classes: dict[str, dict[str, Any]] = {}
    for family, performance_insights in T_FAMILIES.items():
        for size, gib in GIB_OF_T_CLASSES.items():
            classes[f"db.{family}.{size}"] = _facts("true", performance_insights, gib)
    for family, sizes in R_FAMILIES.items():
        for size in sizes.split():
            classes[f"db.{family}.{size}"] = _facts("false", "true", GIB_OF_R_CLASSES[size])
    return classes


def _facts(burstable: str, performance_insights: str, gib: int) -> dict[str, Any]:
    return {
        "Burstable": burstable,
        "PerformanceInsights": performance_insights,
        "LowMemory": gib * 2**30 // 16,
    }


class Conditions(NamedTuple):
    """The conditions on the parameters."""

    has_reader: str
    is_burstable: str
    has_performance_insights: str
    has_deletion_protection: str
    has_protected_reader: str
    has_permissions_boundary: str


def add_conditions(t: StackTemplate, parameters: Parameters) -> Conditions:
    """Add the conditions, and the mapping of the instance classes that two of them use."""
    t.add_mapping("InstanceClasses", instance_classes())
    fact = partial(FindInMap, "InstanceClasses", parameters.instance_class.Ref())
    # An Aurora replica is both a failover target and a reader.
    has_reader = t.add_condition(
        "HasReader",
        Or(Equals(parameters.multi_az.Ref(), "true"), Equals(parameters.read_replica.Ref(), "true")),
    )
    is_burstable = t.add_condition("IsBurstable", Equals(fact("Burstable"), "true"))
    has_performance_insights = t.add_condition(
        "HasPerformanceInsights", Equals(fact("PerformanceInsights"), "true")
    )
    has_deletion_protection = t.add_condition(
        "HasDeletionProtection", Equals(parameters.deletion_protection.Ref(), "true")
    )
    has_protected_reader = t.add_condition(
        "HasProtectedReader", And(Condition(has_reader), Condition(has_deletion_protection))
    )
    has_permissions_boundary = t.add_condition(
        "HasPermissionsBoundary", Not(Equals(parameters.permissions_boundary.Ref(), ""))
    )
    return Conditions(
        has_reader,
        is_burstable,
        has_performance_insights,
        has_deletion_protection,
        has_protected_reader,
        has_permissions_boundary,
    )


def add_alarm_topics(t: StackTemplate) -> topics.AlarmTopics:
    """Add the alarm topics."""
    t.section("Alarm topics")
    ours = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}"
    alarm_topics = topics.alarm_topics(
        "DatabaseAlarmTopic",
        "DatabaseCriticalAlarmTopic",
        "DatabaseAlarmTopicsPolicy",
        "database",
        contract.import_value(contract.ALARMS_KEY_ARN),
        # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html
        policies.allow_database_events(
            awacs.sns.Publish,
            sources=[
                # CloudFormation generates the instance names from the stack name, and RDS converts them to
                # lower case.
                Sub(f"{ours}:db:{names.PREFIX}-*"),
                Sub(f"{ours}:cluster:{names.PREFIX}-aurora-cluster"),
            ],
        ),
    )
    for resource in alarm_topics:
        t.add_resource(resource)
    return alarm_topics


def add_key(t: StackTemplate) -> kms.Key:
    """Add the key. RDS and Secrets Manager use it with the permissions of their callers."""
    t.section("Key")
    return t.add_resource(
        keys.key("DatabaseKey", "database-key", "Encrypts the database, its snapshots and its secret")
    )


def add_secret(t: StackTemplate, key: kms.Key) -> secretsmanager.Secret:
    """Add the secret with the name and the generated password of the administrator."""
    t.section("Secret")
    return t.add_resource(
        secretsmanager.Secret(
            "DatabaseSecret",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            Name=names.name("db-credentials"),
            Description="Administrator of the Aurora cluster",
            KmsKeyId=key.GetAtt("Arn"),
            # Must not be changed: a new password would be generated, but the cluster would keep the old one.
            GenerateSecretString=secretsmanager.GenerateSecretString(
                SecretStringTemplate='{"username": "csradmin"}',  # not admin, which is easy to guess
                GenerateStringKey="password",
                PasswordLength=32,  # RDS accepts 8 to 41 characters
                ExcludePunctuation=True,  # RDS refuses some; others need escaping in URLs and shells
            ),
            Tags=names.tags(),
        )
    )


PORT = 3306


class SecurityGroups(NamedTuple):
    """The security groups of the functions with access to the database, and of the database."""

    functions: ec2.SecurityGroup
    database: ec2.SecurityGroup


def add_security_groups(t: StackTemplate) -> SecurityGroups:
    """Add the security groups of the database and of the functions with access to it.

    The group of the database refers to the group of the functions, so the rule of the functions for the
    database is a separate resource: two groups that refer to each other cannot be created.
    """
    t.section("Security groups")
    functions = t.add_resource(
        ec2.SecurityGroup(
            "LambdaSecurityGroup",
            GroupName=names.name("lambda-sg"),
            # Must not be changed: a new description replaces the group, whose name would be in use.
            GroupDescription="Lambda functions: outbound HTTPS, and MySQL to the database",
            VpcId=contract.import_value(contract.VPC_ID),
            SecurityGroupEgress=[
                ec2.SecurityGroupRule(
                    Description="HTTPS to AWS services and the internet",
                    IpProtocol="tcp",
                    FromPort=443,
                    ToPort=443,
                    CidrIp="0.0.0.0/0",
                )
            ],
            Tags=names.tags("lambda-sg"),
        )
    )
    database = t.add_resource(
        ec2.SecurityGroup(
            "DatabaseSecurityGroup",
            GroupName=names.name("database-sg"),
            # Must not be changed: a new description replaces the group, whose name would be in use.
            GroupDescription="Aurora: MySQL from the Lambda functions",
            VpcId=contract.import_value(contract.VPC_ID),
            SecurityGroupIngress=[
                ec2.SecurityGroupRule(
                    Description="MySQL from the Lambda functions",
                    IpProtocol="tcp",
                    FromPort=PORT,
                    ToPort=PORT,
                    SourceSecurityGroupId=functions.GetAtt("GroupId"),
                )
            ],
            # Without a rule, EC2 adds one that allows all traffic.
            SecurityGroupEgress=[
                ec2.SecurityGroupRule(
                    Description="No outbound connections", IpProtocol="-1", CidrIp="127.0.0.1/32"
                )
            ],
            Tags=names.tags("database-sg"),
        )
    )
    t.add_resource(
        ec2.SecurityGroupEgress(
            "LambdaToDatabase",
            Description="MySQL to the Aurora cluster",
            GroupId=functions.GetAtt("GroupId"),
            IpProtocol="tcp",
            FromPort=PORT,
            ToPort=PORT,
            DestinationSecurityGroupId=database.GetAtt("GroupId"),
        )
    )
    return SecurityGroups(functions, database)


def add_subnet_group(t: StackTemplate) -> rds.DBSubnetGroup:
    """Add the subnet group of the instances, also for a restored cluster."""
    t.section("Subnet group")
    return t.add_resource(
        rds.DBSubnetGroup(
            "DatabaseSubnetGroup",
            DBSubnetGroupDescription="Private subnets of the Aurora cluster",
            SubnetIds=[
                contract.import_value(contract.PRIVATE_SUBNET_1_ID),
                contract.import_value(contract.PRIVATE_SUBNET_2_ID),
            ],
            Tags=names.tags("database-subnet-group"),
        )
    )


class ParameterGroups(NamedTuple):
    """Parameter groups of MySQL. A parameter has an effect only in the group of its level."""

    cluster: rds.DBClusterParameterGroup
    instance: rds.DBParameterGroup


def add_parameter_groups(t: StackTemplate) -> ParameterGroups:
    """Add the parameter groups of MySQL.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ParameterGroups.html
    """
    t.section("Parameter groups")
    cluster = t.add_resource(
        rds.DBClusterParameterGroup(
            "DatabaseClusterParameterGroup",
            Description="Character set, time zone, TLS and audit log of the cluster",
            Family="aurora-mysql8.0",
            Parameters={
                "character_set_server": "utf8mb4",
                "collation_server": "utf8mb4_0900_ai_ci",
                "time_zone": "UTC",  # as in Lambda and CloudWatch
                "require_secure_transport": "ON",  # no connection without TLS
                "server_audit_logging": "1",
                "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
            },
            Tags=names.tags("database-cluster-parameters"),
        )
    )
    instance = t.add_resource(
        rds.DBParameterGroup(
            "DatabaseParameterGroup",
            Description="Maximum connections and slow query log of each instance",
            Family="aurora-mysql8.0",
            Parameters={
                # A class with 4 GiB would allow 90.
                "max_connections": str(contract.DATABASE_MAX_CONNECTIONS),
                "slow_query_log": "1",
                "long_query_time": "1",  # seconds
                "log_output": "FILE",  # tables are not exported
                "innodb_print_all_deadlocks": "1",  # to the error log
            },
            Tags=names.tags("database-parameters"),
        )
    )
    return ParameterGroups(cluster, instance)


def add_log_groups(t: StackTemplate, parameters: Parameters) -> list[logs.LogGroup]:
    """Add the log groups. Aurora would create them without our key and without retention."""
    t.section("Log groups")
    log_group = partial(
        log_groups.log_group,
        KmsKeyId=contract.import_value(contract.LOGS_KEY_ARN),
        RetentionInDays=parameters.log_retention.Ref(),
    )
    cluster = f"/aws/rds/cluster/{names.PREFIX}-aurora-cluster"
    return [
        t.add_resource(log_group("DatabaseErrorLogGroup", LogGroupName=Sub(f"{cluster}/error"))),
        t.add_resource(
            log_group(
                "DatabaseSlowQueryLogGroup",
                LogGroupName=Sub(f"{cluster}/slowquery"),
            )
        ),
        t.add_resource(log_group("DatabaseAuditLogGroup", LogGroupName=Sub(f"{cluster}/audit"))),
    ]


def add_cluster(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    key: kms.Key,
    secret: secretsmanager.Secret,
    subnet_group: rds.DBSubnetGroup,
    security_group: ec2.SecurityGroup,
    parameter_group: rds.DBClusterParameterGroup,
    cluster_logs: list[logs.LogGroup],
) -> rds.DBCluster:
    """Add the cluster, which contains the data, and add its address to the secret."""
    t.section("Cluster")
    resolved = "{{resolve:secretsmanager:${Secret}:SecretString:%s}}"
    cluster = t.add_resource(
        rds.DBCluster(
            "DatabaseCluster",
            DependsOn=cluster_logs,  # Aurora creates missing log groups
            DeletionPolicy=Snapshot,
            UpdateReplacePolicy=Snapshot,
            Metadata=findings.accepted(
                W9505="DatabaseName cannot be changed after creation: another one replaces the cluster."
            ),
            DBClusterIdentifier=names.name("aurora-cluster"),
            Engine="aurora-mysql",
            EngineVersion=parameters.engine_version.Ref(),
            EngineLifecycleSupport="open-source-rds-extended-support-disabled",  # billed by the hour
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
            # By default they are deleted with the cluster, and only its final snapshot is retained.
            DeleteAutomatedBackups=If(conditions.has_deletion_protection, False, True),
            EnableCloudwatchLogsExports=["audit", "error", "slowquery"],
            DatabaseInsightsMode="standard",
            Tags=names.tags(),
        )
    )
    t.add_resource(
        secretsmanager.SecretTargetAttachment(
            "DatabaseSecretAttachment",
            SecretId=secret.Ref(),
            TargetId=cluster.Ref(),
            TargetType="AWS::RDS::DBCluster",
        )
    )
    return cluster


def add_monitoring_role(t: StackTemplate, parameters: Parameters, conditions: Conditions) -> iam.Role:
    """Add the role of Enhanced Monitoring: the AWS managed policy, limited to this account and region.

    Its log group RDSOSMetrics is shared by all databases of the account, so this stack does not encrypt it.
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html
    """
    t.section("Enhanced Monitoring")
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:RDS*"
    return t.add_resource(
        roles.service_role(
            "MonitoringRole",
            "database-monitoring-role",
            Description="Allows Enhanced Monitoring to write the metrics of the instances to CloudWatch Logs",
            service="monitoring.rds.amazonaws.com",
            PermissionsBoundary=If(
                conditions.has_permissions_boundary, parameters.permissions_boundary.Ref(), NoValue
            ),
            SourceArn=Sub("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db:*"),
            policy=iam.Policy(
                PolicyName="WriteMetrics",
                PolicyDocument=policies.document(
                    aws.Statement(
                        Effect=aws.Allow,
                        Action=[awacs.logs.CreateLogGroup, awacs.logs.PutRetentionPolicy],
                        Resource=[Sub(arn)],
                    ),
                    aws.Statement(
                        Effect=aws.Allow,
                        Action=[
                            awacs.logs.CreateLogStream,
                            awacs.logs.DescribeLogStreams,
                            awacs.logs.GetLogEvents,
                            awacs.logs.PutLogEvents,
                        ],
                        Resource=[Sub(f"{arn}:log-stream:*")],
                    ),
                ),
            ),
        )
    )


class Instances(NamedTuple):
    """Each instance can be the writer. The second exists only with a reader."""

    first: rds.DBInstance
    second: rds.DBInstance


def add_instances(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    cluster: rds.DBCluster,
    parameter_group: rds.DBParameterGroup,
    role: iam.Role,
    key: kms.Key,
) -> Instances:
    """Add the instances. They are numbered, because a failover promotes the reader to the writer.

    All have the same monitoring settings, which Database Insights requires. The settings are on the
    instances, not on the cluster, which is updated first, so that a larger class and Performance Insights are
    set together.
    """
    t.section("Instances")
    instance = partial(
        rds.DBInstance,
        DeletionPolicy=Delete,  # the data is the cluster's
        UpdateReplacePolicy=Delete,
        DBClusterIdentifier=cluster.Ref(),
        DBInstanceClass=parameters.instance_class.Ref(),
        Engine="aurora-mysql",
        AutoMinorVersionUpgrade=False,  # with long-term support, the operator chooses the date of an upgrade
        DBParameterGroupName=parameter_group.Ref(),
        PubliclyAccessible=False,
        MonitoringInterval=60,  # seconds
        MonitoringRoleArn=role.GetAtt("Arn"),
        EnablePerformanceInsights=If(conditions.has_performance_insights, True, False),
        PerformanceInsightsRetentionPeriod=If(conditions.has_performance_insights, 7, NoValue),  # days
        # Also without Performance Insights, where CloudFormation does not send it. Its removal is refused,
        # which would block a change to a class without, and the rollback of a change to one with it.
        # https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds (aws-rds-dbinstance:
        # ImmutabilityHelper, Translator)
        PerformanceInsightsKMSKeyId=key.GetAtt("Arn"),
    )
    first = t.add_resource(
        instance(
            "DatabaseInstance1",
            AvailabilityZone=contract.import_value(contract.PRIVATE_SUBNET_1_ZONE),
            PromotionTier=0,
            PreferredMaintenanceWindow="sat:19:30-sat:20:00",  # UTC; Sunday 04:30-05:00 in Tokyo
            Tags=names.tags("aurora-instance-1"),
        )
    )
    second = t.add_resource(
        instance(
            "DatabaseInstance2",
            Condition=conditions.has_reader,
            DependsOn=first,  # the first available instance becomes the writer
            AvailabilityZone=contract.import_value(contract.PRIVATE_SUBNET_2_ZONE),
            PromotionTier=1,
            PreferredMaintenanceWindow="sat:19:00-sat:19:30",  # UTC; Sunday 04:00-04:30 in Tokyo
            Tags=names.tags("aurora-instance-2"),
        )
    )
    return Instances(first, second)


def add_event_subscriptions(
    t: StackTemplate,
    conditions: Conditions,
    cluster: rds.DBCluster,
    instances: Instances,
    alarm_topics: topics.AlarmTopics,
) -> None:
    """Add the event subscriptions of cluster and instances, for events without a metric, such as a failover.

    Events are best effort, so there is also an alarm on missing data. A region allows 20 subscriptions.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
    """
    t.section("Event subscriptions")
    of_cluster = partial(
        rds.EventSubscription,
        DependsOn=alarm_topics.policy,  # RDS refuses a topic without permission to publish
        SourceType="db-cluster",
        SourceIds=[cluster.Ref()],
    )
    of_instances = partial(
        rds.EventSubscription,
        DependsOn=alarm_topics.policy,
        SourceType="db-instance",
        SourceIds=[instances.first.Ref(), If(conditions.has_reader, instances.second.Ref(), NoValue)],
    )
    t.add_resource(
        of_cluster(
            "DatabaseClusterFailures",
            SnsTopicArn=alarm_topics.critical.Ref(),
            EventCategories=["failover", "failure", "deletion"],
            Tags=names.tags("database-cluster-failures"),
        )
    )
    t.add_resource(
        of_instances(
            "DatabaseInstanceFailures",
            SnsTopicArn=alarm_topics.critical.Ref(),
            EventCategories=[
                # Shutdowns and restarts. A cluster that is stopped every night, as in dev, would probably
                # notify the operator on call each time.
                If(conditions.has_deletion_protection, "availability", NoValue),
                "failure",
                "low storage",
                "recovery",
                "deletion",
            ],
            Tags=names.tags("database-instance-failures"),
        )
    )
    changes = ["maintenance", "configuration change", "notification"]
    t.add_resource(
        of_cluster(
            "DatabaseClusterChanges",
            SnsTopicArn=alarm_topics.normal.Ref(),
            EventCategories=changes,
            Tags=names.tags("database-cluster-changes"),
        )
    )
    t.add_resource(
        of_instances(
            "DatabaseInstanceChanges",
            SnsTopicArn=alarm_topics.normal.Ref(),
            EventCategories=[*changes, "security patching"],
            Tags=names.tags("database-instance-changes"),
        )
    )


def add_alarms(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    cluster: rds.DBCluster,
    instances: Instances,
    alarm_topics: topics.AlarmTopics,
) -> None:
    """Add the alarms.

    They use the dimension Role: an average of the whole cluster would hide a busy writer with an idle reader.
    The dashboard shows their metrics and thresholds.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/dimensions.html
    """
    t.section("Alarms")
    alarm = partial(alarms.alarm, Namespace="AWS/RDS")
    description = partial(alarms.description, Dashboard="database")
    of_cluster = {"DBClusterIdentifier": cluster.Ref()}
    writer_alarm = partial(alarm, dimensions=of_cluster | {"Role": "WRITER"})
    reader_alarm = partial(alarm, dimensions=of_cluster | {"Role": "READER"}, Condition=conditions.has_reader)
    t.add_resource(
        writer_alarm(
            "DatabaseCPUAlarm",
            "database-cpu-high",
            AlarmDescription=description(
                Users="API responses are slow.",
                First="The slow queries (show-slow-queries): is there a new one?",
                Then="The requests on the api dashboard: are there more than usual?",
                Related="Can cause lambda-duration and api-latency.",
            ),
            MetricName="CPUUtilization",
            Statistic="Average",
            EvaluationPeriods=2,
            Threshold=70,
            unit="percent",
            notify=alarm_topics.critical.Ref(),
        )
    )
    t.add_resource(
        writer_alarm(
            "DatabaseConnectionsAlarm",
            "database-connections-high",
            AlarmDescription=description(
                Users="Nothing yet. When no connections are left, the API returns errors.",
                First="The concurrency on the api dashboard: each execution environment holds a connection.",
                Then="The connections: are they idle, or do slow queries keep them open?",
                Related="Can be caused by lambda-concurrency-high. Can cause lambda-errors and api-5xx.",
            ),
            MetricName="DatabaseConnections",
            Statistic="Maximum",
            EvaluationPeriods=2,
            Threshold=100,  # of max_connections
            unit="connections",
            notify=alarm_topics.critical.Ref(),
        )
    )
    t.add_resource(
        alarm(
            "DatabaseReadLatencyAlarm",
            "database-read-latency-high",
            AlarmDescription=description(
                Users="Some pages load slowly.",
                First="The latest slow queries: does one read without an index?",
                Then="The freeable memory: when it is low, more data is read from storage.",
                Related="Can be caused by database-memory-low. Can cause api-latency.",
            ),
            MetricName="ReadLatency",
            dimensions=of_cluster | {"Role": If(conditions.has_reader, "READER", "WRITER")},
            Statistic="Average",
            EvaluationPeriods=3,
            Threshold=0.2,
            unit="seconds",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        writer_alarm(
            "DatabaseWriteLatencyAlarm",
            "database-write-latency-high",
            AlarmDescription=description(
                Users="Saving data is slow.",
                First="Is a bulk load or a long transaction running?",
                Then="AWS Health: is there an event for Aurora?",
                Related="Can cause lambda-duration and api-latency.",
            ),
            MetricName="WriteLatency",
            Statistic="Average",
            EvaluationPeriods=3,
            Threshold=0.2,
            unit="seconds",
            notify=alarm_topics.critical.Ref(),
        )
    )
    t.add_resource(
        alarm(
            "DatabaseSurplusCreditsAlarm",
            "database-surplus-credits-charged",
            AlarmDescription=description(
                Users=(
                    "Nothing. The T class uses more CPU credits than it earns in a day, and AWS charges for "
                    "them."
                ),
                First="The CPU of the writer and the reader: which one is busy, and why?",
                Then="If that is the normal load, choose a larger class.",
                Related=(
                    "At the baseline of the class, where charges start, database-cpu-high does not fire."
                ),
            ),
            MetricName="CPUSurplusCreditsCharged",
            dimensions=of_cluster,
            Statistic="Maximum",  # of all instances
            EvaluationPeriods=1,
            Threshold=0,
            unit="credits",
            notify=alarm_topics.normal.Ref(),
            Condition=conditions.is_burstable,
        )
    )
    # Every running instance has it each minute, probably also if its engine does not respond, because it is
    # measured by the hypervisor.
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.overview.html
    silence: dict[str, Any] = {
        "MetricName": "CPUUtilization",
        "Statistic": "SampleCount",
        "EvaluationPeriods": 3,
        "ComparisonOperator": "LessThanThreshold",
        "Threshold": 1,
        "unit": "samples",
        "TreatMissingData": "breaching",
        "WarmUpConfiguration": alarms.warm_up(60),
    }
    t.add_resource(
        writer_alarm(
            "DatabaseSilentAlarm",
            "database-silent",
            # A cluster that is stopped intentionally, as in dev, does not notify the operator on call.
            Condition=conditions.has_deletion_protection,
            DependsOn=instances.first,  # otherwise it would wait for data of missing instances
            AlarmDescription=description(
                Users="Every request that needs the database fails.",
                First="The status of the cluster, the writer and the reader (show-database).",
                Then="The events in the same output: a failover, a restart, a deletion, or no storage left?",
                Related="Can cause lambda-errors, api-5xx and api-mostly-failing.",
            ),
            notify=alarm_topics.critical.Ref(),
            **silence,
        )
    )
    t.add_resource(
        reader_alarm(
            "DatabaseReaderSilentAlarm",
            "database-reader-silent",
            Condition=conditions.has_protected_reader,
            DependsOn=instances.second,
            AlarmDescription=description(
                Users=(
                    "Nothing yet. The writer takes over the reads. If the writer fails too, there is no "
                    "failover target."
                ),
                First="The status of the reader (show-database).",
                Then="The events in the same output: a failure, a restart, or a deletion?",
                Related="Fires together with database-silent if the whole cluster is stopped.",
            ),
            notify=alarm_topics.normal.Ref(),
            **silence,
        )
    )
    t.add_resource(
        reader_alarm(
            "DatabaseReaderCPUAlarm",
            "database-reader-cpu-high",
            AlarmDescription=description(
                Users="Pages that only read data are slow.",
                First="The latest slow queries: is there a new one?",
                Then="Is a report or an export running?",
                Related="Can cause database-replica-lag and api-latency.",
            ),
            MetricName="CPUUtilization",
            Statistic="Average",
            EvaluationPeriods=2,
            Threshold=70,
            unit="percent",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        reader_alarm(
            "DatabaseReaderConnectionsAlarm",
            "database-reader-connections-high",
            AlarmDescription=description(
                Users="Nothing yet. When no connections are left, pages that only read data fail.",
                First=(
                    "The concurrency on the api dashboard: each execution environment can hold a connection."
                ),
                Then=("The connections of the reader: are they idle, or do slow queries keep them open?"),
                Related="Can be caused by lambda-concurrency-high.",
            ),
            MetricName="DatabaseConnections",
            Statistic="Maximum",
            EvaluationPeriods=2,
            Threshold=100,  # of max_connections
            unit="connections",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        reader_alarm(
            "DatabaseReplicaLagAlarm",
            "database-replica-lag",
            AlarmDescription=description(
                Users="Data that was just saved is missing on the next page.",
                First="The CPU of the reader: is it busy?",
                Then="Is a bulk load or a long transaction running?",
                Related="Can be caused by database-reader-cpu-high.",
            ),
            MetricName="AuroraReplicaLag",
            Statistic="Maximum",
            EvaluationPeriods=3,
            Threshold=1000,
            unit="milliseconds",
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        writer_alarm(
            "DatabaseMemoryAlarm",
            "database-memory-low",
            AlarmDescription=description(
                # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQLOOM.html
                Users=(
                    "Nothing yet. If memory runs out, the writer refuses queries and closes connections, or "
                    "restarts."
                ),
                First="The connections: each one uses memory.",
                Then="The latest slow queries: does one sort or join many rows?",
                Related="Can cause lambda-errors, database-read-latency-high and a failover.",
            ),
            MetricName="FreeableMemory",
            Statistic="Minimum",
            EvaluationPeriods=3,
            ComparisonOperator="LessThanThreshold",
            Threshold=FindInMap("InstanceClasses", parameters.instance_class.Ref(), "LowMemory"),
            unit="bytes",
            notify=alarm_topics.normal.Ref(),
        )
    )
    # The engine refuses queries and closes connections while memory is low, so the period is short. AWS
    # documents the metric for instances. Whether it also exists with the dimension Role is not verified.
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQLOOM.html
    memory_health: dict[str, Any] = {
        "MetricName": "AuroraMemoryHealthState",  # 0: healthy, 5: moderate, 10: critical
        "Statistic": "Maximum",
        "Period": 60,  # seconds
        "EvaluationPeriods": 2,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 10,
        "unit": "",
    }
    t.add_resource(
        writer_alarm(
            "DatabaseMemoryCriticalAlarm",
            "database-memory-critical",
            AlarmDescription=description(
                Users="Some requests fail, because the writer refuses queries and closes connections.",
                First="The slow queries (show-slow-queries): does one sort or join many rows?",
                Then="The connections: each one uses memory.",
                Related="Can cause lambda-errors and api-5xx.",
            ),
            notify=alarm_topics.critical.Ref(),
            **memory_health,
        )
    )
    t.add_resource(
        reader_alarm(
            "DatabaseReaderMemoryCriticalAlarm",
            "database-reader-memory-critical",
            AlarmDescription=description(
                Users=(
                    "Some pages that only read data fail, because the reader refuses queries and closes "
                    "connections."
                ),
                First="The latest slow queries: does one sort or join many rows?",
                Then="Is a report or an export running?",
            ),
            notify=alarm_topics.normal.Ref(),
            **memory_health,
        )
    )
    t.add_resource(
        writer_alarm(
            "DatabaseStorageAlarm",
            "database-storage-low",
            AlarmDescription=description(
                Users="Nothing yet. If local storage runs out, large queries and index changes fail.",
                First="Is an ALTER TABLE or a large sort running?",
                Then="In the RDS console, the sizes of the log files.",
                Related="Can cause lambda-errors.",
            ),
            MetricName="FreeLocalStorage",  # for temporary tables and logs; the data has no such limit
            Statistic="Minimum",
            EvaluationPeriods=3,
            ComparisonOperator="LessThanThreshold",
            Threshold=2147483648,  # 2 GiB
            unit="bytes",
            notify=alarm_topics.normal.Ref(),
        )
    )


def add_outputs(
    t: StackTemplate,
    parameters: Parameters,
    cluster: rds.DBCluster,
    secret: secretsmanager.Secret,
    key: kms.Key,
    subnet_group: rds.DBSubnetGroup,
    security_groups: SecurityGroups,
    parameter_groups: ParameterGroups,
    alarm_topics: topics.AlarmTopics,
) -> None:
    """Add the outputs for the api stack, and for operators to connect, restore and subscribe."""
    t.add_output(
        [
            contract.output(
                contract.DATABASE_CLUSTER_ENDPOINT,
                "Writer endpoint",
                cluster.GetAtt("Endpoint.Address"),
            ),
            contract.output(
                contract.DATABASE_CLUSTER_READ_ENDPOINT,
                "Reader endpoint; without a reader, it connects to the writer",
                cluster.GetAtt("ReadEndpoint.Address"),
            ),
            contract.output(
                contract.DATABASE_PORT, "Port of both endpoints", cluster.GetAtt("Endpoint.Port")
            ),
            contract.output(contract.DATABASE_NAME, "Name of the database", parameters.database_name.Ref()),
            contract.output(
                contract.DATABASE_SECRET_ARN,
                "ARN of the secret with the user name and password",
                secret.Ref(),
            ),
            contract.output(
                contract.DATABASE_KEY_ARN,
                "ARN of the KMS key of the secret and the database",
                key.GetAtt("Arn"),
            ),
            contract.output(
                contract.LAMBDA_SECURITY_GROUP_ID,
                "ID of the security group of the functions that can connect to the database",
                security_groups.functions.GetAtt("GroupId"),
            ),
            Output(
                "DatabaseSecurityGroupId",
                Description="ID of the security group of the database; needed for a restore",
                Value=security_groups.database.GetAtt("GroupId"),
            ),
            Output(
                "DatabaseSubnetGroupName",
                Description="Name of the DB subnet group; needed for a restore",
                Value=subnet_group.Ref(),
            ),
            Output(
                "DatabaseClusterParameterGroupName",
                Description="Name of the DB cluster parameter group; needed for a restore",
                Value=parameter_groups.cluster.Ref(),
            ),
            Output(
                "DatabaseParameterGroupName",
                Description="Name of the DB parameter group of the instances; needed for a restore",
                Value=parameter_groups.instance.Ref(),
            ),
            Output(
                "DatabaseClusterResourceId",
                Description="Resource ID of the cluster, for policies that allow rds-db:connect",
                Value=cluster.GetAtt("DBClusterResourceId"),
            ),
            Output(
                "DatabaseAlarmTopicArn",
                Description="ARN of the topic for alarms",
                Value=alarm_topics.normal.Ref(),
            ),
            Output(
                "DatabaseCriticalAlarmTopicArn",
                Description="ARN of the topic for critical alarms",
                Value=alarm_topics.critical.Ref(),
            ),
        ]
    )


def add_dashboard(t: StackTemplate) -> None:
    """Add the dashboard, without rows: they show the other resources."""
    t.section("Dashboard")
    t.add_resource(dashboards.dashboard("DatabaseDashboard", "database", []))  # derive() adds the rows


def derive(t: StackTemplate, stacks: Collection[str] = contract.STACK_NAMES) -> None:
    """Update the dashboard, which is derived from the rest of the template. ``t.to_dict`` calls this.

    Args:
        t: the template.
        stacks: names of the stacks of the system; the dashboard links to those of the others.

    Raises:
        DashboardError: the dashboard shows a removed resource.
    """
    if "DatabaseDashboard" in t.resources:
        t.resources["DatabaseDashboard"].DashboardBody = dashboards.content(overview(t.for_reading(), stacks))
