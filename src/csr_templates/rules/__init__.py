"""Rules for cfn-lint: ``cfn-lint -a csr_templates.rules -- FILE`` runs them on any template."""

from csr_templates.rules.apigateway.account_role_deleted import AccountRoleDeleted
from csr_templates.rules.apigateway.cache_key_without_path import CacheKeyWithoutPath
from csr_templates.rules.apigateway.cache_key_without_user_or_query import CacheKeyWithoutUserOrQuery
from csr_templates.rules.apigateway.cache_of_more_than_get import CacheOfMoreThanGet
from csr_templates.rules.apigateway.caching_without_cache import CachingWithoutCache
from csr_templates.rules.apigateway.deployment_before_methods import DeploymentBeforeMethods
from csr_templates.rules.apigateway.deployment_with_stage_beside_stage import DeploymentWithStageBesideStage
from csr_templates.rules.apigateway.stage_before_execution_log_group import StageBeforeExecutionLogGroup
from csr_templates.rules.apigateway.stage_logs_before_account_role import StageLogsBeforeAccountRole
from csr_templates.rules.apigateway.unchecked_parameter import UncheckedParameter
from csr_templates.rules.apigateway.undeclared_cache_key import UndeclaredCacheKey
from csr_templates.rules.apigateway.unencrypted_cache import UnencryptedCache
from csr_templates.rules.apigateway.unkeyed_method import UnkeyedMethod
from csr_templates.rules.apigateway.usage_plan_before_stage import UsagePlanBeforeStage
from csr_templates.rules.apigateway.usage_plan_without_key import UsagePlanWithoutKey
from csr_templates.rules.awslambda.alias_bypassed import AliasBypassed
from csr_templates.rules.awslambda.dead_letters_not_allowed import DeadLettersNotAllowed
from csr_templates.rules.awslambda.function_outlives_integration import FunctionOutlivesIntegration
from csr_templates.rules.awslambda.provisioned_above_reserved import ProvisionedAboveReserved
from csr_templates.rules.awslambda.unpublished_function import UnpublishedFunction
from csr_templates.rules.awslambda.version_never_replaced import VersionNeverReplaced
from csr_templates.rules.awslambda.vpc_function_incomplete import VpcFunctionIncomplete
from csr_templates.rules.cloudfront.certificate_outside_us_east1 import CertificateOutsideUsEast1
from csr_templates.rules.cloudfront.error_page_beside_api import ErrorPageBesideApi
from csr_templates.rules.cloudfront.host_forwarded_to_api import HostForwardedToApi
from csr_templates.rules.cloudfront.log_bucket_without_lists import LogBucketWithoutLists
from csr_templates.rules.cloudfront.minimum_tls_with_default_certificate import (
    MinimumTlsWithDefaultCertificate,
)
from csr_templates.rules.cloudwatch.additional_metric_without_data import AdditionalMetricWithoutData
from csr_templates.rules.cloudwatch.alarm_on_missing_metric import AlarmOnMissingMetric
from csr_templates.rules.cloudwatch.alarm_outside_us_east1 import AlarmOutsideUsEast1
from csr_templates.rules.cloudwatch.alarm_without_action_or_description import AlarmWithoutActionOrDescription
from csr_templates.rules.cloudwatch.alarm_without_evaluation import AlarmWithoutEvaluation
from csr_templates.rules.cloudwatch.cluster_alarm_without_role import ClusterAlarmWithoutRole
from csr_templates.rules.cloudwatch.connections_alarm_out_of_reach import ConnectionsAlarmOutOfReach
from csr_templates.rules.cloudwatch.misspelt_metric import MisspeltMetric
from csr_templates.rules.ec2.refused_security_group_text import RefusedSecurityGroupText
from csr_templates.rules.ec2.return_traffic_blocked import ReturnTrafficBlocked
from csr_templates.rules.ec2.security_group_open_outward import SecurityGroupOpenOutward
from csr_templates.rules.ec2.unknown_flow_log_field import UnknownFlowLogField
from csr_templates.rules.iam.policy_resource_without_arn import PolicyResourceWithoutArn
from csr_templates.rules.iam.secret_without_decrypt import SecretWithoutDecrypt
from csr_templates.rules.logs.log_group_key_without_arn import LogGroupKeyWithoutArn
from csr_templates.rules.rds.cluster_parameter_in_instance_group import ClusterParameterInInstanceGroup
from csr_templates.rules.rds.cluster_property_on_member import ClusterPropertyOnMember
from csr_templates.rules.rds.exported_log_switched_off import ExportedLogSwitchedOff
from csr_templates.rules.rds.instance_class_of_aurora_version2 import InstanceClassOfAuroraVersion2
from csr_templates.rules.rds.instances_created_at_once import InstancesCreatedAtOnce
from csr_templates.rules.rds.performance_insights_on_small_class import PerformanceInsightsOnSmallClass
from csr_templates.rules.rds.refused_database_parameter import RefusedDatabaseParameter
from csr_templates.rules.s3.served_objects_archived import ServedObjectsArchived
from csr_templates.rules.s3.unreachable_website import UnreachableWebsite
from csr_templates.rules.sns.alarm_topic_key_without_cloud_watch import AlarmTopicKeyWithoutCloudWatch
from csr_templates.rules.sns.alarm_topic_policy_without_cloud_watch import AlarmTopicPolicyWithoutCloudWatch
from csr_templates.rules.sns.alarm_topic_with_managed_key import AlarmTopicWithManagedKey
from csr_templates.rules.template.conditional_retained_name import ConditionalRetainedName
from csr_templates.rules.template.duplicate_export import DuplicateExport
from csr_templates.rules.template.ignore_without_reason import IgnoreWithoutReason
from csr_templates.rules.template.short_form_in_short_form import ShortFormInShortForm
from csr_templates.rules.template.unresolved_dynamic_reference import UnresolvedDynamicReference
from csr_templates.rules.wafv2.cloud_front_scope_outside_us_east1 import CloudFrontScopeOutsideUsEast1
from csr_templates.rules.wafv2.repeated_rule_priority import RepeatedRulePriority
from csr_templates.rules.wafv2.rule_with_wrong_action import RuleWithWrongAction
from csr_templates.rules.wafv2.waf_log_destination_without_prefix import WafLogDestinationWithoutPrefix

__all__ = [
    "AccountRoleDeleted",
    "AdditionalMetricWithoutData",
    "AlarmOnMissingMetric",
    "AlarmOutsideUsEast1",
    "AlarmTopicKeyWithoutCloudWatch",
    "AlarmTopicPolicyWithoutCloudWatch",
    "AlarmTopicWithManagedKey",
    "AlarmWithoutActionOrDescription",
    "AlarmWithoutEvaluation",
    "AliasBypassed",
    "CacheKeyWithoutPath",
    "CacheKeyWithoutUserOrQuery",
    "CacheOfMoreThanGet",
    "CachingWithoutCache",
    "CertificateOutsideUsEast1",
    "CloudFrontScopeOutsideUsEast1",
    "ClusterAlarmWithoutRole",
    "ClusterParameterInInstanceGroup",
    "ClusterPropertyOnMember",
    "ConditionalRetainedName",
    "ConnectionsAlarmOutOfReach",
    "DeadLettersNotAllowed",
    "DeploymentBeforeMethods",
    "DeploymentWithStageBesideStage",
    "DuplicateExport",
    "ErrorPageBesideApi",
    "ExportedLogSwitchedOff",
    "FunctionOutlivesIntegration",
    "HostForwardedToApi",
    "IgnoreWithoutReason",
    "InstanceClassOfAuroraVersion2",
    "InstancesCreatedAtOnce",
    "LogBucketWithoutLists",
    "LogGroupKeyWithoutArn",
    "MinimumTlsWithDefaultCertificate",
    "MisspeltMetric",
    "PerformanceInsightsOnSmallClass",
    "PolicyResourceWithoutArn",
    "ProvisionedAboveReserved",
    "RefusedDatabaseParameter",
    "RefusedSecurityGroupText",
    "RepeatedRulePriority",
    "ReturnTrafficBlocked",
    "RuleWithWrongAction",
    "SecretWithoutDecrypt",
    "SecurityGroupOpenOutward",
    "ServedObjectsArchived",
    "ShortFormInShortForm",
    "StageBeforeExecutionLogGroup",
    "StageLogsBeforeAccountRole",
    "UncheckedParameter",
    "UndeclaredCacheKey",
    "UnencryptedCache",
    "UnkeyedMethod",
    "UnknownFlowLogField",
    "UnpublishedFunction",
    "UnreachableWebsite",
    "UnresolvedDynamicReference",
    "UsagePlanBeforeStage",
    "UsagePlanWithoutKey",
    "VersionNeverReplaced",
    "VpcFunctionIncomplete",
    "WafLogDestinationWithoutPrefix",
]
