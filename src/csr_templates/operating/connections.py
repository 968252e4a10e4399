"""How many connections of the database the function can open with its concurrency."""

from __future__ import annotations

import re
from typing import Final

from csr_templates.connection_limits import (
    FOR_OTHERS,
    MAX_CONNECTIONS,
    POOL_SIZE,
    most_environments,
    of_environment,
)
from csr_templates.operating import clusters, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.problems import Stop

_GROUP: Final = "DatabaseParameterGroup"


def say(aws: Aws, executions: int, limit: int | Unknown | None) -> None:
    """Print the arithmetic: what the function can open, and what an instance accepts.

    Args:
        aws: the account.
        executions: most execution environments at the same time.
        limit: what ``limit_of_instance`` has returned.
    """
    if isinstance(limit, Unknown):
        words.say(f"What an instance of the database accepts ({MAX_CONNECTIONS}): {limit}")
        return
    if limit is None:
        words.say(f"The parameter group of the database does not set {MAX_CONNECTIONS}.")
        return
    of_each = of_environment(_pool_size(aws), len(clusters.numbers(aws)))
    needed = executions * of_each + FOR_OTHERS
    arithmetic = (
        f"Connections of an instance of the database: {executions} executions x {of_each} + {FOR_OTHERS} "
        f"(for operators and RDS) = {needed}; it accepts {limit} ({MAX_CONNECTIONS})."
    )
    if needed <= limit:
        words.say(arithmetic)
        return
    most = most_environments(limit, of_each)
    words.say(f"{arithmetic} That is too many: from {most} executions down, you can still log in.")


def limit_of_instance(aws: Aws) -> int | None:
    """Return the connections that an instance accepts; None if its parameter group does not set them."""
    rds = clusters.client(aws)
    group = aws.physical_id(_GROUP)
    answer = aws.all_pages(rds, "DescribeDBParameters", DBParameterGroupName=group, Source="user")
    for parameter in answer["Parameters"]:
        if parameter["ParameterName"] == MAX_CONNECTIONS and parameter.get("ParameterValue", "").isdecimal():
            return int(parameter["ParameterValue"])
    return None


def _pool_size(aws: Aws) -> int:
    """Return the connections of an execution environment to an endpoint, as the template says.

    The variables of the function are encrypted with a key that the person on call cannot use. The room works
    without a parser of YAML.

    Raises:
        Stop: the template does not say it.
    """
    template = aws.environment.stack_of("ApiFunction").template
    match = re.search(rf"^ +{POOL_SIZE}: '(\d+)'$", template.read_text("utf-8"), re.MULTILINE)
    if match is None:
        raise Stop(f"{template} has no {POOL_SIZE}.")
    return int(match[1])
