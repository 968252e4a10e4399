"""Good and broken formats of flow logs."""

from ..harness import frame

flow_log = frame("""
Parameters:
  Format: {Type: String, Default: "${version} ${windowstart}"}
  Any: {Type: String}
Resources:
  Log: {Type: AWS::EC2::FlowLog, Properties: {LogFormat: <log_format>}}
""")


def case(log_format: str, *fields: str) -> tuple[str, ...]:
    """Fields that flow logs do not have are found, with the name that is meant."""
    found = [flow_log(log_format)]
    for field, advice in zip(fields[::2], fields[1::2], strict=True):
        found += [
            "Resources/Log/Properties/LogFormat",
            f"LogFormat contains the field {field}, which flow logs do not have: EC2 refuses the flow log. "
            f"{advice}",
        ]
    return tuple(found)


GOOD = {
    "default fields": flow_log("'${start} ${end} ${action} ${log-status}'"),
    "later fields": flow_log(
        "'${vpc-id} ${tgw-src-eni} ${reject-reason} ${next-hop-vpc-id} ${instance-tag}'"
    ),
    "Sub": flow_log("!Sub '${!start} ${!end}'"),
    "not known": flow_log("!Ref Any"),
    "both branches": flow_log("!If [Prod, '${start}', !Ref AWS::NoValue]"),
}

BAD = {
    "names that are taken for fields, each once": case(
        "'${windowstart} ${windowend} ${flowlogstatus} ${windowend}'",
        *("windowstart", "Did you mean start?"),
        *("windowend", "Did you mean end?"),
        *("flowlogstatus", "Did you mean log-status?"),
    ),
    "spelling": case("'${log_status}'", "log_status", "Did you mean log-status?"),
    "nothing like it": case("'${quux}'", "quux", "Remove it."),
    "parameter default": case("!Ref Format", "windowstart", "Did you mean start?"),
    "Sub": case("!Sub '${!windowend}'", "windowend", "Did you mean end?"),
    "one branch": case("!If [Prod, '${start}', '${windowend}']", "windowend", "Did you mean end?"),
}
