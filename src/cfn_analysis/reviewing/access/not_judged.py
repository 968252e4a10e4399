"""Changes that may grant access and that this package does not compare: a person must read them."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from cfn_analysis.model.access_properties import other_policies
from cfn_analysis.model.references import place_in_words
from cfn_analysis.reviewing import kinds, sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

NOT_JUDGED: Final[Mapping[str, str]] = {
    "AWS::ApiGateway::Authorizer": "which requests an API accepts",
    "AWS::ApiGatewayV2::Authorizer": "which requests an API accepts",
    "AWS::AppStream::ApplicationEntitlementAssociation": "which users can start an application",
    "AWS::AppStream::Entitlement": "which users can start an application",
    "AWS::AppStream::StackUserAssociation": "which users can start an application",
    "AWS::AppStream::User": "who can sign in to AppStream",
    "AWS::AppSync::ApiKey": "callers with an API key",
    "AWS::BedrockAgentCore::Policy": "a Cedar policy",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": "what members of a chat channel can do",
    "AWS::Chatbot::SlackChannelConfiguration": "what members of a chat channel can do",
    "AWS::CleanRooms::ConfiguredTable": "which queries other members can run on a table",
    "AWS::CleanRooms::ConfiguredTableAssociation": "which queries other members can run on a table",
    "AWS::CloudFront::KeyGroup": "whose signatures CloudFront accepts",
    "AWS::CloudFront::TrustStore": "the certificates of clients that are accepted",
    "AWS::Cognito::IdentityPoolPrincipalTag": "tags of users that policies depend on",
    "AWS::Cognito::IdentityPoolRoleAttachment": "the roles of the users of an identity pool",
    "AWS::Cognito::UserPoolGroup": "the role of the users in a group",
    "AWS::Cognito::UserPoolIdentityProvider": "an identity provider whose users can sign in",
    "AWS::Cognito::UserPoolUser": "who can sign in",
    "AWS::Cognito::UserPoolUserToGroupAttachment": "who is in a group of users",
    "AWS::Config::AggregationAuthorization": "another account that can collect the configuration",
    "AWS::Connect::SecurityProfile": "what users can do in Amazon Connect",
    "AWS::Connect::User": "who can sign in to Amazon Connect",
    "AWS::DataZone::ProjectMembership": "who is a member of a project",
    "AWS::EC2::ClientVpnAuthorizationRule": "which networks VPN clients can reach",
    "AWS::EC2::NetworkInterfacePermission": "another account that can attach a network interface",
    "AWS::EC2::SnapshotBlockPublicAccess": "whether snapshots can be shared publicly",
    "AWS::EC2::VPCBlockPublicAccessExclusion": "a network that is exempt from Block Public Access",
    "AWS::EC2::VPCBlockPublicAccessOptions": "whether internet access of all networks is blocked",
    "AWS::EC2::VerifiedAccessTrustProvider": "an identity provider whose users can connect",
    "AWS::EKS::AccessEntry": "what a principal can do in a cluster",
    "AWS::EKS::IdentityProviderConfig": "an identity provider whose users can connect",
    "AWS::EKS::PodIdentityAssociation": "the role of the pods of a service account",
    "AWS::EMR::StudioSessionMapping": "what a user can do in a studio",
    "AWS::ElastiCache::User": "what a user can do in a cache",
    "AWS::ElastiCache::UserGroup": "which users can use a cache",
    "AWS::ElasticLoadBalancingV2::TrustStore": "the certificates of clients that are accepted",
    "AWS::ElasticLoadBalancingV2::TrustStoreRevocation": "the certificates of clients that are revoked",
    "AWS::IAM::AccessKey": "credentials of a user",
    "AWS::IAM::OIDCProvider": "an identity provider whose users can assume roles",
    "AWS::IAM::SAMLProvider": "an identity provider whose users can assume roles",
    "AWS::IAM::UserToGroupAddition": "users that get all permissions of a group",
    "AWS::IdentityStore::GroupMembership": "a user that gets all permissions of a group",
    "AWS::ImageBuilder::DistributionConfiguration": "which accounts can start an image",
    "AWS::IoT::Authorizer": "which devices can connect",
    "AWS::IoT::CACertificate": "whose device certificates are accepted",
    "AWS::IoT::Certificate": "a certificate with which devices connect",
    "AWS::IoT::RoleAlias": "a role that devices can assume",
    "AWS::IoTSiteWise::AccessPolicy": "what a user can do in a portal or project",
    "AWS::LakeFormation::DataLakeSettings": "who administers the data lake, and default permissions",
    "AWS::LakeFormation::TagAssociation": "tags that permissions on data depend on",
    "AWS::Location::APIKey": "callers with an API key",
    "AWS::ManagedBlockchain::Accessor": "callers with a token",
    "AWS::MediaConnect::FlowEntitlement": "another account that can use a flow",
    "AWS::MemoryDB::ACL": "which users can use a database",
    "AWS::MemoryDB::User": "what a user can do in a database",
    "AWS::Oam::Link": "another account that can read metrics, logs and traces",
    "AWS::OpsWorks::UserProfile": "a user that can sign in to instances",
    "AWS::PCAConnectorAD::TemplateGroupAccessControlEntry": "who can request certificates",
    "AWS::QuickSight::Assignment": "an IAM policy for users",
    "AWS::QuickSight::CustomPermissions": "what users can do in QuickSight",
    "AWS::RAM::Permission": "what other accounts can do with shared resources",
    "AWS::RAM::PermissionAssociation": "what other accounts can do with shared resources",
    "AWS::RAM::PrincipalAssociation": "an account, organization or principal that resources are shared with",
    "AWS::RAM::ResourceAssociation": "a resource that is shared with other accounts",
    "AWS::RAM::ResourceShare": "resources that are shared with other accounts",
    "AWS::Redshift::EndpointAuthorization": "another account that can create an endpoint for a cluster",
    "AWS::RolesAnywhere::Profile": "roles for workloads outside of AWS",
    "AWS::RolesAnywhere::TrustAnchor": "a certificate authority whose workloads can assume roles",
    "AWS::Route53GlobalResolver::AccessSource": "from which addresses queries are accepted",
    "AWS::Route53GlobalResolver::AccessToken": "clients with a token",
    "AWS::S3::AccessGrant": "who can read or write a location",
    "AWS::S3::AccessGrantsInstance": "an identity provider whose users can be granted access",
    "AWS::S3::AccessGrantsLocation": "a location and the role that reads and writes it",
    "AWS::SSO::ApplicationAssignment": "a user or group that can use an application",
    "AWS::SSO::Assignment": "a user or group that gets a permission set in an account",
    "AWS::SecurityHub::DelegatedAdmin": "an account that administers the organization",
    "AWS::SecurityLake::Subscriber": "another account that can read security data",
    "AWS::ServiceCatalog::LaunchRoleConstraint": "the role with which users launch a product",
    "AWS::ServiceCatalog::PortfolioShare": "another account that can use a portfolio",
    "AWS::Shield::DRTAccess": "the role of the Shield Response Team",
    "AWS::StorageGateway::NFSFileShare": "which clients can mount a share",
    "AWS::StorageGateway::SMBFileShare": "which users can mount a share",
    "AWS::Transfer::User": "who can transfer files, and to which folders",
    "AWS::VerifiedPermissions::IdentitySource": "an identity provider whose tokens are accepted",
    "AWS::VerifiedPermissions::Policy": "a Cedar policy",
    "AWS::VerifiedPermissions::PolicyTemplate": "a Cedar policy",
    "AWS::WorkSpacesWeb::IdentityProvider": "an identity provider whose users can sign in",
    "AWS::WorkSpacesWeb::IpAccessSettings": "the addresses from which users can sign in",
    "AWS::WorkSpacesWeb::TrustStore": "the certificates that are accepted",
}
"""Type that grants access in a way of its own -> what it determines: the page of the type."""

_LABELS: Final = frozenset({"Description", "Tags"})
# Those that restrict access, so that a removal may open it.
_RESTRICTING: Final = frozenset(
    {
        "AWS::EC2::SnapshotBlockPublicAccess",
        "AWS::EC2::VPCBlockPublicAccessOptions",
        "AWS::ElasticLoadBalancingV2::TrustStoreRevocation",
        "AWS::LakeFormation::DataLakeSettings",
        "AWS::LakeFormation::TagAssociation",
        "AWS::QuickSight::CustomPermissions",
        "AWS::WorkSpacesWeb::IpAccessSettings",
    }
)


def not_judged(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield the changed resources that may grant access without being compared.

    A new environment has no earlier state to compare with.
    """
    if not environment.before:
        return
    for node, outcome in environment.resources.items():
        change = outcome.change
        if change.type in NOT_JUDGED:
            if change.type in _RESTRICTING if change.action == REMOVE else _is_edited(change):
                what = NOT_JUDGED[change.type]
                yield risk(
                    kinds.NOT_JUDGED, node, sentences.ACCESS_NOT_COMPARED, what=what, action=change.action
                )
        elif change.action != REMOVE:
            region = environment.after[node.stack].built.region
            if places := _unread(change, region):
                yield risk(
                    kinds.NOT_JUDGED, node, sentences.POLICY_NOT_READ, places=places, action=change.action
                )


def _is_edited(change: ResourceChange) -> bool:
    """Return whether it is new, or more changes than labels and the ID of a resource that is replaced."""
    own = [cause for cause in change.causes if cause.follows is None and cause.place]
    return change.action == ADD or any(cause.place[0] not in _LABELS for cause in own)


def _unread(change: ResourceChange, region: str) -> tuple[str, ...]:
    """Return the places of changed policies that are not policies of IAM, or not known."""
    old, new = (
        {
            place_in_words(place): json.dumps(policy, sort_keys=True, default=str)
            for place, policy in (other_policies(change.type, region, side.properties) if side else ())
        }
        for side in (change.before, change.after)
    )
    return tuple(place for place, text in new.items() if old.get(place) != text)
