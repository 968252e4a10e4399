"""Rules for cfn-lint: ``cfn-lint -a csr_templates.rules -- FILE`` runs them on any template."""

from csr_templates.rules.account_roles import AccountRoleDeleted
from csr_templates.rules.additional_metrics import AdditionalMetricWithoutData
from csr_templates.rules.alarm_dimensions import AlarmOnMissingMetric
from csr_templates.rules.alarm_evaluation import AlarmWithoutEvaluation
from csr_templates.rules.alarm_regions import AlarmOutsideUsEast1
from csr_templates.rules.alarm_topic_keys import AlarmTopicKeyWithoutCloudWatch
from csr_templates.rules.alarm_topic_managed_keys import AlarmTopicWithManagedKey
from csr_templates.rules.alarm_topic_policies import AlarmTopicPolicyWithoutCloudWatch
from csr_templates.rules.alarms import AlarmWithoutActionOrDescription
from csr_templates.rules.api_host_headers import HostForwardedToApi
from csr_templates.rules.archived_sites import ServedObjectsArchived
from csr_templates.rules.bypassed_aliases import AliasBypassed
from csr_templates.rules.cache_clusters import CachingWithoutCache
from csr_templates.rules.cache_encryption import UnencryptedCache
from csr_templates.rules.cache_key_parameters import UndeclaredCacheKey
from csr_templates.rules.cache_methods import CacheOfMoreThanGet
from csr_templates.rules.cache_paths import CacheKeyWithoutPath
from csr_templates.rules.cache_users import CacheKeyWithoutUserOrQuery
from csr_templates.rules.cluster_alarms import ClusterAlarmWithoutRole
from csr_templates.rules.conditional_names import ConditionalRetainedName
from csr_templates.rules.connection_alarms import ConnectionsAlarmOutOfReach
from csr_templates.rules.dead_letter_roles import DeadLettersNotAllowed
from csr_templates.rules.default_certificates import MinimumTlsWithDefaultCertificate
from csr_templates.rules.deployment_stages import DeploymentWithStageBesideStage
from csr_templates.rules.deployments import DeploymentBeforeMethods
from csr_templates.rules.distribution_certificates import CertificateOutsideUsEast1
from csr_templates.rules.distribution_logs import LogBucketWithoutLists
from csr_templates.rules.dynamic_references import UnresolvedDynamicReference
from csr_templates.rules.error_pages import ErrorPageBesideApi
from csr_templates.rules.execution_logs import StageBeforeExecutionLogGroup
from csr_templates.rules.exported_logs import ExportedLogSwitchedOff
from csr_templates.rules.exports import DuplicateExport
from csr_templates.rules.flow_log_fields import UnknownFlowLogField
from csr_templates.rules.function_versions import VersionNeverReplaced
from csr_templates.rules.group_egress import SecurityGroupOpenOutward
from csr_templates.rules.group_texts import SecurityGroupRuleText
from csr_templates.rules.ignores import IgnoreWithoutReason
from csr_templates.rules.instance_classes import InstanceClassOfAuroraVersion2
from csr_templates.rules.integration_timeouts import FunctionOutlivesIntegration
from csr_templates.rules.log_group_keys import LogGroupKeyIsNoArn
from csr_templates.rules.member_properties import ClusterPropertyOnMember
from csr_templates.rules.metric_names import MisspeltMetric
from csr_templates.rules.parameter_levels import ClusterParameterInInstanceGroup
from csr_templates.rules.performance_insights import PerformanceInsightsOnSmallClass
from csr_templates.rules.policy_resources import PolicyResourceWithoutArn
from csr_templates.rules.provisioned_concurrency import ProvisionedAboveReserved
from csr_templates.rules.refused_parameters import RefusedDatabaseParameter
from csr_templates.rules.return_traffic import ReturnTrafficBlocked
from csr_templates.rules.secret_keys import SecretWithoutDecrypt
from csr_templates.rules.short_forms import ShortFormInShortForm
from csr_templates.rules.stage_logging import StageLogsBeforeAccountRole
from csr_templates.rules.unchecked_parameters import UncheckedParameter
from csr_templates.rules.unkeyed_methods import UnkeyedMethod
from csr_templates.rules.unpublished_functions import UnpublishedFunction
from csr_templates.rules.usage_plan_stages import UsagePlanBeforeStage
from csr_templates.rules.usage_plans import UsagePlanWithoutKey
from csr_templates.rules.vpc_functions import VpcFunctionIncomplete
from csr_templates.rules.waiting_instances import InstancesMadeAtOnce
from csr_templates.rules.web_acl_actions import RuleWithWrongAction
from csr_templates.rules.web_acl_logs import WafLogDestinationWithoutPrefix
from csr_templates.rules.web_acl_priorities import RepeatedRulePriority
from csr_templates.rules.web_acl_scope import CloudFrontScopeOutsideUsEast1
from csr_templates.rules.website_buckets import UnreachableWebsite

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
    "InstancesMadeAtOnce",
    "LogBucketWithoutLists",
    "LogGroupKeyIsNoArn",
    "MinimumTlsWithDefaultCertificate",
    "MisspeltMetric",
    "PerformanceInsightsOnSmallClass",
    "PolicyResourceWithoutArn",
    "ProvisionedAboveReserved",
    "RefusedDatabaseParameter",
    "RepeatedRulePriority",
    "ReturnTrafficBlocked",
    "RuleWithWrongAction",
    "SecretWithoutDecrypt",
    "SecurityGroupOpenOutward",
    "SecurityGroupRuleText",
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
