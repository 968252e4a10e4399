"""Filters on log groups."""

from ..harness import frame, row

pattern = frame("""
  Filter: {Type: AWS::Logs::MetricFilter, Properties: {FilterPattern: <text>}}
""")

case = row(
    "<text>",
    "Resources/Filter/Properties/FilterPattern",
    "FilterPattern is <found>. CloudWatch Logs refuses it.",
)

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
    "open brace": case(pattern("'{ $.status = 500'"), '"{ $.status = 500": it has 1 { and 0 }'),
    "two signs": case(
        pattern("'{ $.status == 500 }'"), '"{ $.status == 500 }": it compares with ==, which is written ='
    ),
    "no dollar": case(
        pattern("'{ status = 500 }'"), '"{ status = 500 }": status is a field, which is written $.status'
    ),
    "open quotation": case(pattern("'\"ERROR'"), '"\\"ERROR": a quotation mark is not closed'),
    "open column": case(pattern("'[ip, user'"), '"[ip, user": it begins with [ and does not end with ]'),
    "parenthesis": case(pattern("'{ ($.a = 1 }'"), '"{ ($.a = 1 }": it has 1 ( and 0 )'),
    "and": case(
        pattern('\'{ $.a = "x" and $.b = "y" }\''),
        '"{ $.a = \\"x\\" and $.b = \\"y\\" }": it joins conditions by and, which is written &&',
    ),
    "or": case(
        pattern("'{ ($.a = 1) OR ($.b = 2) }'"),
        '"{ ($.a = 1) OR ($.b = 2) }": it joins conditions by OR, which is written ||',
    ),
}
