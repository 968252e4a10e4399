"""Filters on log groups."""

from ..harness import frame

pattern = frame("""
  Filter: {Type: AWS::Logs::MetricFilter, Properties: {FilterPattern: <text>}}
""")

GOOD = {
    "JSON": pattern("'{ ($.status = 5*) && ($.a.b != \"x == y\") }'"),
    "exists": pattern("'{ $.error EXISTS || $.code IS NULL || $.x NOT EXISTS }'"),
    "columns": pattern("'[ip, user, ..., status=5*, bytes]'"),
    "terms": pattern("'?ERROR -Exit \"a b\"'"),
    "regular expression": pattern("'{ $.a = %[0-9]{3}% }'"),
    "everything": pattern("''"),
    "and as a value": pattern("'{ $.a = and && $.b = \"x and $y\" }'"),
    "words": pattern("'error and $.failure'"),
}

BAD = {
    "open brace": (
        pattern("'{ $.status = 500'"),
        "Resources/Filter/Properties/FilterPattern",
        'FilterPattern is "{ $.status = 500": it has 1 { and 0 }. CloudWatch Logs refuses it.',
    ),
    "two signs": (
        pattern("'{ $.status == 500 }'"),
        "Resources/Filter/Properties/FilterPattern",
        'FilterPattern is "{ $.status == 500 }": it compares with ==, which is written =. '
        "CloudWatch Logs refuses it.",
    ),
    "no dollar": (
        pattern("'{ status = 500 }'"),
        "Resources/Filter/Properties/FilterPattern",
        'FilterPattern is "{ status = 500 }": status is a field, which is written $.status. '
        "CloudWatch Logs refuses it.",
    ),
    "open quotation": (
        pattern("'\"ERROR'"),
        "Resources/Filter/Properties/FilterPattern",
        'FilterPattern is "\\"ERROR": a quotation mark is not closed. CloudWatch Logs refuses it.',
    ),
    "open column": (
        pattern("'[ip, user'"),
        "Resources/Filter/Properties/FilterPattern",
        'FilterPattern is "[ip, user": it begins with [ and does not end with ]. CloudWatch Logs refuses it.',
    ),
    "parenthesis": (
        pattern("'{ ($.a = 1 }'"),
        "Resources/Filter/Properties/FilterPattern",
        'FilterPattern is "{ ($.a = 1 }": it has 1 ( and 0 ). CloudWatch Logs refuses it.',
    ),
    "and": (
        pattern('\'{ $.a = "x" and $.b = "y" }\''),
        "Resources/Filter/Properties/FilterPattern",
        'FilterPattern is "{ $.a = \\"x\\" and $.b = \\"y\\" }": it joins conditions '
        "by and, which is written &&. CloudWatch Logs refuses it.",
    ),
    "or": (
        pattern("'{ ($.a = 1) OR ($.b = 2) }'"),
        "Resources/Filter/Properties/FilterPattern",
        'FilterPattern is "{ ($.a = 1) OR ($.b = 2) }": it joins conditions by OR, which '
        "is written ||. CloudWatch Logs refuses it.",
    ),
}
