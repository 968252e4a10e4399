"""The order of the parts of a template, and the functions with a short form."""

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)
_RESOURCE = (
    "Type",
    "Condition",
    "DependsOn",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
    "Properties",
    "Fn::Transform",
)
_PARAMETER = (
    "Description",
    "Type",
    "Default",
    "AllowedValues",
    "AllowedPattern",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
    "ConstraintDescription",
    "NoEcho",
)
_OUTPUT = ("Description", "Condition", "Value", "Export")
_RULE = ("RuleCondition", "Assertions")
POLICY = ("Version", "Id", "Statement")
STATEMENT = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)

ORDER = {"Parameters": _PARAMETER, "Rules": _RULE, "Resources": _RESOURCE, "Outputs": _OUTPUT}

# Functions with a short form, by the name of their tag. Fn::GetAtt, a list written as text, is separate.
_LISTS = ("And", "Equals", "FindInMap", "If", "Join", "Not", "Or", "Select", "Split")
_TEXTS = ("Base64", "Cidr", "GetAZs", "ImportValue", "Sub")
SHORT = {"Ref": "!Ref", **{f"Fn::{name}": f"!{name}" for name in (*_LISTS, *_TEXTS)}}
# Functions that AWS documents only in the long form: the rule-specific ones, and GetStackOutput, whose short
# form cannot contain another short form.
LONG = frozenset(
    {
        "Fn::Contains",
        "Fn::EachMemberEquals",
        "Fn::EachMemberIn",
        "Fn::GetStackOutput",
        "Fn::RefAll",
        "Fn::Transform",
        "Fn::ValueOf",
        "Fn::ValueOfAll",
    }
)
