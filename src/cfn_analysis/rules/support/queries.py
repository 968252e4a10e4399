"""The saved queries of CloudWatch Logs Insights.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.documents import document_texts

_QUOTED = re.compile(r"(?<![\w)])/(?:[^/\\\n]|\\.)+/|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")


def commands(validator: Validator, properties: Any) -> Iterator[list[str]]:
    """Yield the commands of each text of an ``AWS::Logs::QueryDefinition`` in the Logs Insights language.

    Comments are left out, and texts and patterns are replaced with ``x``. A name in backticks keeps them.
    """
    if properties.get("QueryLanguage", "CWLI") != "CWLI":
        return
    for text in document_texts(validator, properties.get("QueryString")):
        plain = _QUOTED.sub(lambda quoted: "`x`" if quoted[0].startswith("`") else "x", text)
        lines = [line for line in plain.splitlines() if not line.lstrip().startswith("#")]
        yield [command.strip() for command in "\n".join(lines).split("|")]
