import re
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value

FORMS = {
    "nodejs": (r"[^.].*\.[A-Za-z_$][\w$]*", "FILE.FUNCTION, such as index.handler"),
    "python": (r"[^.].*\.[A-Za-z_]\w*", "MODULE.FUNCTION, such as app.handler"),
    "ruby": (r"[^.].*\.[A-Za-z_][\w.:]*", "FILE.METHOD, such as app.handler"),
}


class HandlerOfAnotherForm(Rule):
    """Handler that Lambda cannot find.

    Each runtime reads Handler differently, and Lambda accepts any text when the function is created: every
    call then fails with 'Unable to import module' or 'Cannot find module'. Code in ZipFile is a file called
    index, so its handler begins with index., and its function must be in the text.
    """

    id = "E9570"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html"
    finding_class = "values"
    looks_at = properties_of(FUNCTION)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        runtime, handler = (only_value(validator, properties.get(name)) for name in ("Runtime", "Handler"))
        if not isinstance(runtime, str) or not isinstance(handler, str):
            return
        form, example = next((FORMS[name] for name in FORMS if runtime.startswith(name)), ("", ""))
        inline = sub_text(value_at(properties, ("Code", "ZipFile")))
        if form and (not re.fullmatch(form, handler) or handler.endswith((".py", ".js", ".mjs", ".rb"))):
            yield RuleFinding(
                ("Handler",), f"Handler is {handler}, but {runtime} requires {example}: every call fails."
            )
        elif form and inline is not None:
            file, _, name = handler.rpartition(".")
            if file != "index":
                yield RuleFinding(
                    ("Handler",),
                    f"Handler is {handler}, and the code in ZipFile is a file called index: every call "
                    f"fails. Write index.{name}.",
                )
            elif not re.search(rf"\b{re.escape(name)}\b", inline):
                yield RuleFinding(
                    ("Handler",), f"Handler is {handler}, and ZipFile has no {name}: every call fails."
                )
