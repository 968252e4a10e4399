"""The state of the system: the words of scenarios.yaml."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class State(NamedTuple):
    """The state of the system in a minute. Rates are per minute. The defaults are those of a normal minute.

    Attributes:
        pages: requests for pages and files of the site.
        calls: of the API, through CloudFront.
        keyless: calls to the API's own address, without a key.
        access_log: on, or off: API Gateway cannot write the access log.
        missing_pages: requests for pages that do not exist.
        refused_calls: calls that the application answers with 4XX.
        blocked: requests that WAF blocks.
        wrongly_blocked: legitimate requests that WAF blocks too: none, api (all calls) or all.
        key: right, or wrong: the API does not accept the key that CloudFront sends.
        site: up, empty (404), forbidden (403), failing (5XX) or gone (no answer).
        seconds: duration of invocations: seconds, share.
        raised: invocations that end with an error.
        timeouts: share of the invocations that take until the function's timeout.
        throttled: invocations that Lambda refuses besides those above the reserved concurrency.
        dead_letters: messages in the dead-letter queue; below 0 if it was not in use for hours.
        writer: up, stuck (it runs, and its engine does not respond) or down.
        reader: up, stuck or down.
        writer_cpu: percent.
        reader_cpu: percent.
        read_latency: seconds, of the reader; of the writer where there is no reader.
        sessions: connections to the writer besides those of functions.
        reader_sessions: the same to the reader.
        write_latency: seconds.
        replica_lag: milliseconds.
        free_memory: MiB, of the writer.
        memory_health: of the writer: 0 (healthy), 5 (moderate) or 10 (critical).
        reader_memory_health: of the reader.
        free_storage: GiB, of the writer.
        surplus_credits: charged in five minutes.
        failed_ports: connections for which the first NAT gateway had no port.
        dropped: packets that it dropped.
        failed_ports_2: of the second NAT gateway.
        dropped_2: of the second one.
        certificate_days: until the certificate expires, at minute 0.
        data: on, or off: nothing is sent to CloudWatch.
    """

    pages: float = 400.0
    calls: float = 400.0
    keyless: float = 0.0
    access_log: str = "on"
    missing_pages: float = 2.0
    refused_calls: float = 0.4
    blocked: float = 2.0
    wrongly_blocked: str = "none"
    key: str = "right"
    site: str = "up"
    seconds: tuple[tuple[float, float], ...] = ((0.08, 0.9), (0.4, 0.08), (1.5, 0.02))
    raised: float = 0.0
    timeouts: float = 0.0
    throttled: float = 0.0
    dead_letters: float = -1.0
    writer: str = "up"
    reader: str = "up"
    writer_cpu: float = 25.0
    reader_cpu: float = 20.0
    read_latency: float = 0.002
    sessions: float = 5.0
    reader_sessions: float = 5.0
    write_latency: float = 0.004
    replica_lag: float = 20.0
    free_memory: float = 900.0
    memory_health: float = 0.0
    reader_memory_health: float = 0.0
    free_storage: float = 20.0
    surplus_credits: float = 0.0
    failed_ports: float = 0.0
    dropped: float = 0.0
    failed_ports_2: float = 0.0
    dropped_2: float = 0.0
    certificate_days: float = 200.0
    data: str = "on"


LOADS: Final[Mapping[str, State]] = {
    "day": State(),
    "night": State(pages=4.0, calls=2.0, missing_pages=0.0, refused_calls=0.0, blocked=0.0),
    "idle": State(pages=0.0, calls=0.0, missing_pages=0.0, refused_calls=0.0, blocked=0.0),
}
