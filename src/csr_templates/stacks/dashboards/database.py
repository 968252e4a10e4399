"""The dashboard of the database stack."""

from collections.abc import Collection
from functools import partial

from csr_templates.stacks import contract
from csr_templates.stacks.parts import widgets


def overview(template: widgets.Template, stacks: Collection[str]) -> list[list[widgets.Widget]]:
    """Return the rows of the dashboard: is something wrong, and is it the writer, the reader or a query?"""
    cluster = {"DBClusterIdentifier": {"Ref": "DatabaseCluster"}}
    writer = cluster | {"Role": "WRITER"}
    reader = cluster | {"Role": "READER"}
    rds = partial(widgets.metric, "AWS/RDS", Period=60)
    declined = partial(rds, "AuroraMemoryNumDeclinedSqlTotal")
    closed = partial(rds, "AuroraMemoryNumKillConnTotal")
    settings = widgets.resource(template, "DatabaseParameterGroup")["Properties"]["Parameters"]
    connections = int(settings["max_connections"])
    alarm = partial(widgets.alarm_metric, template)
    threshold = partial(widgets.threshold, template)
    thresholds = partial(widgets.thresholds, template)
    return [
        [widgets.links(contract.linked_dashboards(stacks))],
        [widgets.alarm_states(template, "Alarms")],
        [
            widgets.log_table(
                "Latest slow queries",
                "DatabaseSlowQueryLogGroup",
                "fields @timestamp, @logStream, @message | sort @timestamp desc | limit 20",
            )
        ],
        [
            widgets.graph(
                "CPU",
                "percent",
                [alarm("DatabaseCPUAlarm", "Writer"), alarm("DatabaseCPUAlarm", "Reader", Role="READER")],
                thresholds("DatabaseCPUAlarm", "DatabaseReaderCPUAlarm"),
            ),
            widgets.graph(
                "Connections",
                "connections",
                [
                    alarm("DatabaseConnectionsAlarm", "Writer"),
                    alarm("DatabaseConnectionsAlarm", "Reader", Role="READER"),
                ],
                [
                    *thresholds("DatabaseConnectionsAlarm", "DatabaseReaderConnectionsAlarm"),
                    widgets.limit("max_connections", connections),
                ],
            ),
        ],
        [
            widgets.graph(
                "Read latency",
                "seconds",
                [
                    alarm("DatabaseReadLatencyAlarm", "Writer", Role="WRITER"),
                    alarm("DatabaseReadLatencyAlarm", "Reader", Role="READER"),
                ],
                [threshold("DatabaseReadLatencyAlarm")],
            ),
            widgets.graph(
                "Write latency",
                "seconds",
                [alarm("DatabaseWriteLatencyAlarm", "Writer")],
                [threshold("DatabaseWriteLatencyAlarm")],
            ),
        ],
        [
            widgets.when(
                widgets.resource(template, "DatabaseReplicaLagAlarm").get("Condition"),
                widgets.graph(
                    "Replica lag",
                    "milliseconds",
                    [alarm("DatabaseReplicaLagAlarm", "Reader")],
                    [threshold("DatabaseReplicaLagAlarm")],
                ),
            ),
            widgets.graph(
                "Freeable memory",
                "bytes",
                [
                    alarm("DatabaseMemoryAlarm", "Writer"),
                    alarm("DatabaseMemoryAlarm", "Reader", Role="READER"),
                ],
                [threshold("DatabaseMemoryAlarm")],
            ),
            widgets.graph(
                "Local storage",
                "bytes",
                [
                    alarm("DatabaseStorageAlarm", "Writer"),
                    alarm("DatabaseStorageAlarm", "Reader", Role="READER"),
                ],
                [threshold("DatabaseStorageAlarm")],
            ),
        ],
        [
            widgets.graph(
                "Deadlocks", "per second", [rds("Deadlocks", "Writer", "Average", dimensions=writer)]
            ),
            widgets.graph(
                "Slow queries",
                "log entries",
                [
                    widgets.metric(
                        "AWS/Logs",
                        "IncomingLogEvents",
                        "All instances",
                        "Sum",
                        60,
                        {"LogGroupName": {"Ref": "DatabaseSlowQueryLogGroup"}},
                    )
                ],
            ),
            widgets.when(
                widgets.resource(template, "DatabaseSurplusCreditsAlarm").get("Condition"),
                widgets.graph(
                    "Surplus CPU credits charged",
                    "credits",
                    [alarm("DatabaseSurplusCreditsAlarm", "All instances")],
                    [threshold("DatabaseSurplusCreditsAlarm")],
                ),
            ),
        ],
        [
            # What the engine did because it had too little memory.
            # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQLOOM.html
            widgets.graph(
                "Out of memory",
                "count",
                [
                    declined("Declined queries, writer", "Maximum", dimensions=writer),
                    closed("Closed connections, writer", "Maximum", dimensions=writer),
                    declined("Declined queries, reader", "Maximum", dimensions=reader),
                    closed("Closed connections, reader", "Maximum", dimensions=reader),
                ],
            )
        ],
    ]
