"""A small model of the running system: the metrics that its services send to CloudWatch in each minute.

Visitors send requests through WAF and CloudFront to the bucket of the site and to the API, which calls the
function and the database. A scenario specifies the differences (``State``), and the model computes the
metrics of all services from them, so no scenario sets the metric of an alarm. Each service sends its metrics
with the dimensions and in the region of the AWS documentation. An alarm with other dimensions has no data.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from .deployed import Environment, access_log_format
from .evaluation import DAY
from .log_filters import matches
from .state import LOADS, State
from .streams import Metric, Points

PROBES: Final = 18.0  # requests per minute of each probe, from the health checkers of three regions
CACHED: Final = 0.3  # share of the calls, if there is a cache
WRITES: Final = 0.2  # share of the invocations
IDLE_CPU: Final = 5.0  # percent

# Resources that send metrics, if the environment has them: stack, logical ID.
PARTS: Final = (
    ("network", "NatGateway1"),
    ("network", "NatGateway2"),
    ("database", "DatabaseInstance1"),
    ("database", "DatabaseInstance2"),
    ("api", "ApiStage"),
    ("frontend", "Distribution"),
    ("frontend", "SiteProbe"),
    ("frontend", "ApiProbe"),
    ("frontend", "WebACL"),
)
Parts = frozenset[str]


class Call(NamedTuple):
    """Calls of the API with the same result.

    Attributes:
        status: status of the response.
        error_type: ``$context.error.responseType``, or - if the response is from the application.
        seconds: duration until the response.
        times: number of calls in the minute.
        invoked: whether the function was invoked.
        viewer: whether the call was made through CloudFront.
    """

    status: int
    error_type: str
    seconds: float
    times: float
    invoked: bool = False
    viewer: bool = True


class Sent(NamedTuple):
    """Data of one metric that a service sent in a minute."""

    metric: Metric
    points: Points


class Update(NamedTuple):
    """An update of the frontend stack that starts in minute 0.

    Attributes:
        before: the environment before it.
        complete: logical ID -> minute in which the resource is changed.
    """

    before: Environment
    complete: Mapping[str, int]


class System:
    """The services of an environment."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.tokyo = environment.regions["api"]
        self.virginia = environment.regions["frontend"]
        p = environment.parameters
        self.has_cache = p["ApiCacheEnabled"] == "true"
        self.concurrency = float(p["LambdaReservedConcurrency"]) or 1000.0
        self.provisioned = float(p["LambdaProvisionedConcurrency"])
        function = environment.of_type("api", "AWS::Lambda::Function")["ApiFunction"]  # that the API calls
        self.function = function["FunctionName"]
        self.timeout = float(function["Timeout"])
        (self.api,) = (api["Name"] for api in environment.of_type("api", "AWS::ApiGateway::RestApi").values())
        (stage,) = environment.of_type("api", "AWS::ApiGateway::Stage").values()
        self.stage = stage["StageName"]
        (plan,) = environment.of_type("api", "AWS::ApiGateway::UsagePlan").values()
        self.quota = float(plan["Quota"]["Limit"])  # requests in a day, from midnight in UTC
        self.most_calls = 60 * float(plan["Throttle"]["RateLimit"])  # in a minute
        group, _ = stage["AccessLogSetting"]["DestinationArn"]["Fn::GetAtt"]
        self.access_log = environment.resources["api"][group]["Properties"]["LogGroupName"]
        (self.cluster,) = (
            cluster["DBClusterIdentifier"]
            for cluster in environment.of_type("database", "AWS::RDS::DBCluster").values()
        )
        self.web_acls = [
            web_acl["VisibilityConfig"]["MetricName"]
            for web_acl in environment.of_type("frontend", "AWS::WAFv2::WebACL").values()
        ]
        self.measures_origin = bool(
            environment.of_type("frontend", "AWS::CloudFront::MonitoringSubscription")
        )
        self.certificate = p["CertificateArn"]
        (group_of_instances,) = environment.of_type("database", "AWS::RDS::DBParameterGroup").values()
        self.most_connections = float(group_of_instances["Parameters"]["max_connections"])
        self.domains = _domains(environment)
        self.minute = cache(self._minute)

    def metrics(
        self,
        states: Mapping[int, State],
        *,
        first_create: bool = False,
        midnight: int = 0,
        update: Update | None = None,
    ) -> dict[Metric, dict[int, Points]]:
        """Return all metrics for a sequence of states.

        Args:
            states: minute -> state, for every minute.
            first_create: whether the creation of the first stack starts in minute 0.
            midnight: a minute in which a day starts in UTC.
            update: an update of the frontend stack that starts in minute 0.
        """
        since = {
            name: self.environment.created[stack][name] + 1 if first_create else min(states)
            for stack, name in PARTS
            if name in self.environment.resources[stack]
        }
        streams: dict[Metric, dict[int, Points]] = defaultdict(dict)
        spent = 0.0  # requests counted toward the daily quota
        answered: Mapping[str, bool] = {}
        for minute, state in states.items():
            if (minute - midnight) % DAY == 0:
                spent = 0.0
            parts = frozenset(name for name, first in since.items() if first <= minute)
            used_up = spent >= self.quota
            state = self._with_probes(state, parts)
            if state.key == "right" and state.wrongly_blocked == "none":
                spent += min(state.calls, self.most_calls)
            resolves = update is None or self._resolves(minute, update)
            answers = {
                "SiteProbe": resolves and state.site == "up" and state.wrongly_blocked != "all",
                "ApiProbe": resolves
                and state.site != "gone"
                and ("ApiProbe" not in parts or self._api_answers(state, parts, used_up=used_up)),
            }
            unhealthy = frozenset(
                probe for probe in answers if not answers[probe] and not answered.get(probe, True)
            )
            if state.data == "on":
                for metric, points in self.minute(state, parts, used_up, unhealthy):
                    streams[metric][minute] = points
            days = state.certificate_days - minute / DAY
            if self.certificate and days > 0 and minute % (DAY // 2) == 300 and state.data == "on":
                streams[self._certificate_metric()][minute] = ((float(int(days)), 1.0),)
            answered = answers
        return streams

    @staticmethod
    def _with_probes(state: State, parts: Parts) -> State:
        """Return a state with the calls of the probe of the API."""
        return state._replace(calls=state.calls + PROBES) if "ApiProbe" in parts else state

    def _resolves(self, minute: int, update: Update) -> bool:
        """Return whether the name that the probes request is a name of the distribution.

        The update removes an old name from the distribution first, and a new name works as soon as its record
        exists.
        """
        new, old = self.environment, update.before
        probed = new if minute >= update.complete.get("SiteProbe", 0) else old
        host = _probed_host(probed)
        if not isinstance(host, str) or host in self.domains & _domains(old):
            return True  # the name of CloudFront, or a name that remains
        if host in _domains(old):
            return minute < 0
        records = [
            name
            for name, record in new.of_type("frontend", "AWS::Route53::RecordSet").items()
            if record["Name"] == host
        ]
        return all(minute >= update.complete[name] for name in records)

    def _api_answers(self, state: State, parts: Parts, *, used_up: bool) -> bool:
        """Return whether the path of the API's probe, which is never cached, can answer successfully.

        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
        """
        return any(
            call.invoked and call.status < 400 and call.seconds <= 2
            for call in self.calls(state, parts, used_up=used_up)
        )

    def _minute(self, state: State, parts: Parts, used_up: bool, unhealthy: frozenset[str]) -> list[Sent]:
        sent: list[Sent] = []
        calls: list[Call] = []
        if "ApiStage" in parts:
            calls = list(self.calls(state, parts, used_up=used_up))
            sent += self._api(calls)
            sent += self._function(state, calls)
            sent += self._log_metrics(calls) if state.access_log == "on" else []
        if "Distribution" in parts:
            sent += self._distribution(state, calls, parts)
        blocked = state.blocked + self._wrongly_blocked(state, parts)
        if "WebACL" in parts and blocked:
            # https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
            dimensions = (("WebACL", self.web_acls[0]), ("Rule", "ALL"))
            sent.append(
                self._sent(self.virginia, "AWS/WAFV2", "BlockedRequests", ((1.0, blocked),), *dimensions)
            )
        for probe in sorted({"SiteProbe", "ApiProbe"} & parts):
            # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
            status = ((0.0 if probe in unhealthy else 1.0, 1.0),)
            sent.append(
                self._sent(
                    self.virginia, "AWS/Route53", "HealthCheckStatus", status, ("HealthCheckId", probe)
                )
            )
        sent += self._database(state, calls, parts)
        sent += self._network(state, parts)
        return sent

    def calls(self, state: State, parts: Parts, *, used_up: bool) -> Iterator[Call]:
        """Yield the results of the calls of a minute.

        Responses of the gateway itself:
        https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
        """
        if state.keyless:
            yield Call(403, "INVALID_API_KEY", 0.005, state.keyless, viewer=False)
        if not state.calls or state.wrongly_blocked != "none":
            return
        if state.key == "wrong":
            yield Call(403, "INVALID_API_KEY", 0.005, state.calls)
            return
        if used_up:
            yield Call(429, "QUOTA_EXCEEDED", 0.005, state.calls)
            return
        let_in = min(state.calls, self.most_calls)
        if state.calls > let_in:
            yield Call(429, "THROTTLED", 0.005, state.calls - let_in)
        cached = let_in * CACHED if self.has_cache else 0.0
        if cached:
            yield Call(200, "-", 0.005, cached)
        yield from self._invocations(state, parts, let_in - cached)

    def _invocations(self, state: State, parts: Parts, times: float) -> Iterator[Call]:
        """Yield the results of the calls that invoke the function."""
        busy = self.busy(state, times)
        refused = times * (1 - self.concurrency / busy) if busy > self.concurrency else 0.0
        refused = min(times, refused + state.throttled)
        if refused:
            yield Call(500, "API_CONFIGURATION_ERROR", 0.02, refused)
        rest = times - refused
        writer = state.writer == "up" and "DatabaseInstance1" in parts
        reader = state.reader == "up" and "DatabaseInstance2" in parts
        lost = 0.0
        if not writer:
            lost = WRITES if reader else 1.0  # without a reader: the writer
        free = self.most_connections - state.sessions
        if busy > free:  # each running invocation needs a connection
            lost = max(lost, 1 - free / min(busy, self.concurrency))
        failed = min(rest, rest * lost + state.raised)
        if failed:
            yield Call(502, "INTEGRATION_FAILURE", 1.0, failed, invoked=True)
        rest -= failed
        late = rest * state.timeouts
        if late:
            yield Call(504, "INTEGRATION_TIMEOUT", self.timeout, late, invoked=True)
        rest -= late
        own = min(rest, state.refused_calls)
        if own:
            yield Call(404, "-", 0.03, own, invoked=True)
        for seconds, share in state.seconds:
            if (rest - own) * share:
                yield Call(200, "-", seconds, (rest - own) * share, invoked=True)

    def busy(self, state: State, invocations: float) -> float:
        """Return the maximum concurrent invocations in the minute."""
        mean = sum(seconds * share for seconds, share in state.seconds) * (1 - state.timeouts)
        return 1.2 * invocations / 60 * (mean + self.timeout * state.timeouts)

    def _api(self, calls: Sequence[Call]) -> Iterator[Sent]:
        """Yield the metrics of API Gateway.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
        """
        total = sum(call.times for call in calls)
        if not total:
            return
        for dimensions in ((("ApiName", self.api),), (("ApiName", self.api), ("Stage", self.stage))):
            for name, lowest in (("4XXError", 400), ("5XXError", 500)):
                count = sum(call.times for call in calls if lowest <= call.status < lowest + 100)
                yield self._sent(self.tokyo, "AWS/ApiGateway", name, _flags(count, total), *dimensions)
            yield self._sent(self.tokyo, "AWS/ApiGateway", "Count", ((1.0, total),), *dimensions)
            latency = tuple((1000 * call.seconds + 15, call.times) for call in calls)
            yield self._sent(self.tokyo, "AWS/ApiGateway", "Latency", latency, *dimensions)

    def _function(self, state: State, calls: Sequence[Call]) -> Iterator[Sent]:
        """Yield the metrics of Lambda and the dead-letter queue.

        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        dimension = ("FunctionName", self.function)
        ran = [call for call in calls if call.invoked]
        total = sum(invocation.times for invocation in ran)
        throttled = sum(call.times for call in calls if call.error_type == "API_CONFIGURATION_ERROR")
        if total:
            errors = sum(invocation.times for invocation in ran if invocation.status >= 500)
            duration = tuple((1000 * invocation.seconds, invocation.times) for invocation in ran)
            yield self._sent(self.tokyo, "AWS/Lambda", "Errors", _flags(errors, total), dimension)
            yield self._sent(self.tokyo, "AWS/Lambda", "Duration", duration, dimension)
            running = max(1.0, min(self.busy(state, total), self.concurrency))
            yield self._sent(self.tokyo, "AWS/Lambda", "ConcurrentExecutions", ((running, 1.0),), dimension)
        if total or throttled:
            points = _flags(throttled, total + throttled)
            yield self._sent(self.tokyo, "AWS/Lambda", "Throttles", points, dimension)
        if state.dead_letters >= 0:
            # Sent only while the queue is in use.
            # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
            points = ((state.dead_letters, 1.0),)
            metric = "ApproximateNumberOfMessagesVisible"
            yield self._sent(self.tokyo, "AWS/SQS", metric, points, ("QueueName", "DeadLetterQueue"))

    def _log_metrics(self, calls: Sequence[Call]) -> Iterator[Sent]:
        """Count the lines of the access log as CloudWatch Logs does, with the filters of the template."""
        if not calls:
            return
        lines = [(self.access_log_line(call), call.times) for call in calls]
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
        events = ((1.0, sum(call.times for call in calls)),)
        yield self._sent(
            self.tokyo, "AWS/Logs", "IncomingLogEvents", events, ("LogGroupName", self.access_log)
        )
        for log_metric in self.environment.log_metrics:
            if log_metric.log_group != self.access_log:
                continue
            count = sum(times for line, times in lines if matches(log_metric.pattern, line))
            if count:
                yield self._sent(self.tokyo, log_metric.namespace, log_metric.name, ((1.0, count),))
            elif log_metric.default is not None:
                yield self._sent(
                    self.tokyo, log_metric.namespace, log_metric.name, ((float(log_metric.default), 1.0),)
                )

    def access_log_line(self, call: Call) -> str:
        """Return a line of the access log, in the format of the template.

        A hyphen replaces missing values.
        """
        context = {
            "status": str(call.status),
            "error.responseType": call.error_type,
            "identity.apiKeyId": "-" if call.error_type == "INVALID_API_KEY" else "abcde12345",
        }
        return re.sub(
            r"\$context\.([\w.]+)",
            lambda variable: context.get(variable[1], "-"),
            json.dumps(access_log_format(self.environment)),
        )

    @staticmethod
    def _wrongly_blocked(state: State, parts: Parts) -> float:
        """Return the number of legitimate requests that WAF blocks."""
        if "WebACL" not in parts or state.wrongly_blocked == "none":
            return 0.0
        pages = state.pages + (PROBES if "SiteProbe" in parts else 0.0)
        return state.calls + (pages if state.wrongly_blocked == "all" else 0.0)

    def _distribution(self, state: State, calls: Sequence[Call], parts: Parts) -> Iterator[Sent]:
        """Yield the metrics of CloudFront.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
        """
        if state.site == "gone":
            return
        viewed = [call for call in calls if call.viewer]
        pages = state.pages + (PROBES if "SiteProbe" in parts else 0.0)
        blocked = self._wrongly_blocked(state, parts)
        if state.wrongly_blocked == "all":
            pages = 0.0
        total = pages + state.missing_pages + state.blocked + blocked + sum(call.times for call in viewed)
        if not total:
            return
        refused = failed = 0.0
        if state.site in {"empty", "forbidden"}:
            refused = pages
        if state.site == "failing":
            failed = pages
        refused += state.missing_pages + state.blocked + blocked
        refused += sum(call.times for call in viewed if 400 <= call.status < 500)
        failed += sum(call.times for call in viewed if call.status >= 500)
        dimensions = (("DistributionId", "Distribution"), ("Region", "Global"))
        for name, count in (("4xxErrorRate", refused), ("5xxErrorRate", failed)):
            rate = ((100 * count / total, 1.0),)
            yield self._sent(self.virginia, "AWS/CloudFront", name, rate, *dimensions)
        yield self._sent(self.virginia, "AWS/CloudFront", "Requests", ((1.0, total),), *dimensions)
        if self.measures_origin:
            latency = self._origin_latency(state, viewed)
            if latency:
                yield self._sent(self.virginia, "AWS/CloudFront", "OriginLatency", latency, *dimensions)

    @staticmethod
    def _origin_latency(state: State, viewed: Sequence[Call]) -> Points:
        """Return milliseconds -> requests that CloudFront forwards: a tenth of the pages, and all calls."""
        latency = [(1000 * call.seconds + 35, call.times) for call in viewed]
        if state.pages and state.wrongly_blocked != "all":
            latency.insert(0, (40.0, state.pages / 10))
        return tuple(latency)

    def _database(self, state: State, calls: Sequence[Call], parts: Parts) -> Iterator[Sent]:
        """Yield the metrics of RDS.

        If an engine does not respond, only the hypervisor still measures something: the CPU utilization.
        https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
        https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.overview.html
        """
        invoked = sum(call.times for call in calls if call.invoked)
        environments = max(self.provisioned, self.busy(state, invoked))
        writer = state.writer == "up" and "DatabaseInstance1" in parts
        reader = state.reader == "up" and "DatabaseInstance2" in parts
        if writer:
            connections = state.sessions + environments * (1 if reader else 2)
            connections = min(connections, self.most_connections)
            read_latency = LOADS["day"].read_latency if reader else state.read_latency
            yield from self._instance("WRITER", state.writer_cpu, connections, read_latency)
            yield self._of_role("WRITER", "AuroraMemoryHealthState", state.memory_health)
            for name, value in (
                ("WriteLatency", state.write_latency),
                ("FreeableMemory", state.free_memory * 2**20),
                ("FreeLocalStorage", state.free_storage * 2**30),
            ):
                yield self._of_role("WRITER", name, value)
        if reader:
            connections = min(state.reader_sessions + environments, self.most_connections)
            yield from self._instance("READER", state.reader_cpu, connections, state.read_latency)
            yield self._of_role("READER", "AuroraReplicaLag", state.replica_lag)
            yield self._of_role("READER", "AuroraMemoryHealthState", state.reader_memory_health)
        for role, condition, name in (
            ("WRITER", state.writer, "DatabaseInstance1"),
            ("READER", state.reader, "DatabaseInstance2"),
        ):
            if condition == "stuck" and name in parts:
                yield self._of_role(role, "CPUUtilization", IDLE_CPU)
        if writer or reader:
            points = ((state.surplus_credits, 1.0),)
            dimension = ("DBClusterIdentifier", self.cluster)
            yield self._sent(self.tokyo, "AWS/RDS", "CPUSurplusCreditsCharged", points, dimension)

    def _instance(self, role: str, cpu: float, connections: float, latency: float) -> Iterator[Sent]:
        yield self._of_role(role, "CPUUtilization", cpu)
        yield self._of_role(role, "DatabaseConnections", connections)
        yield self._of_role(role, "ReadLatency", latency)

    def _of_role(self, role: str, name: str, value: float) -> Sent:
        dimensions = (("DBClusterIdentifier", self.cluster), ("Role", role))
        return self._sent(self.tokyo, "AWS/RDS", name, ((value, 1.0),), *dimensions)

    def _network(self, state: State, parts: Parts) -> Iterator[Sent]:
        """Yield the metrics of the NAT gateways.

        https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
        """
        for name, failed, dropped in (
            ("NatGateway1", state.failed_ports, state.dropped),
            ("NatGateway2", state.failed_ports_2, state.dropped_2),
        ):
            if name in parts:
                dimension = ("NatGatewayId", name)
                for metric, value in (("ErrorPortAllocation", failed), ("PacketsDropCount", dropped)):
                    yield self._sent(self.tokyo, "AWS/NATGateway", metric, ((value, 1.0),), dimension)

    def _certificate_metric(self) -> Metric:
        """Return the metric of ACM.

        https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
        """
        dimensions = frozenset({("CertificateArn", self.certificate)})
        return Metric(self.virginia, "AWS/CertificateManager", "DaysToExpiry", dimensions)

    @staticmethod
    def _sent(region: str, namespace: str, name: str, points: Points, *dimensions: tuple[str, str]) -> Sent:
        return Sent(Metric(region, namespace, name, frozenset(dimensions)), points)


def _domains(environment: Environment) -> frozenset[str]:
    """Return the custom domain names of the distribution."""
    names: set[str] = set()
    for distribution in environment.of_type("frontend", "AWS::CloudFront::Distribution").values():
        names.update(distribution["DistributionConfig"].get("Aliases", ()))
    return frozenset(names)


def _probed_host(environment: Environment) -> object:
    """Return the name that the probe of the site requests: text, or a reference to that of CloudFront."""
    probe = environment.of_type("frontend", "AWS::Route53::HealthCheck")["SiteProbe"]
    return probe["HealthCheckConfig"]["FullyQualifiedDomainName"]


def _flags(count: float, total: float) -> Points:
    """Return the points of a metric that is 1 for some of the requests and 0 for the others."""
    points = ((0.0, total - count), (1.0, count))
    return tuple(point for point in points if point[1] > 1e-9)
