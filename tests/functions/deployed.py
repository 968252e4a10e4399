"""The code of the functions as CloudFront gets it: from the text of the template."""

from functools import cache
from typing import Any

from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import resolve
from csr_templates import frontend, render


@cache
def template() -> dict[str, Any]:
    """Return the frontend template as it is read back from its text."""
    return load(render(frontend.build().to_dict()))


def code(logical_id: str, **parameters: str) -> str:
    """Return the code of a function in a stack with these parameters."""
    resources = resolve(template(), parameters, region="us-east-1")["Resources"]
    function_code: str = resources[logical_id]["Properties"]["FunctionCode"]
    return function_code
