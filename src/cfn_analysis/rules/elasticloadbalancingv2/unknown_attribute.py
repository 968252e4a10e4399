from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.words import did_you_mean, words

BALANCERS = words("""
    access_logs.s3.bucket access_logs.s3.enabled access_logs.s3.prefix client_keep_alive.seconds
    connection_logs.s3.bucket connection_logs.s3.enabled connection_logs.s3.prefix deletion_protection.enabled
    dns_record.client_routing_policy health_check_logs.s3.bucket health_check_logs.s3.enabled
    health_check_logs.s3.prefix idle_timeout.timeout_seconds ipv6.deny_all_igw_traffic
    load_balancing.cross_zone.enabled routing.http.desync_mitigation_mode
    routing.http.drop_invalid_header_fields.enabled routing.http.preserve_host_header.enabled
    routing.http.x_amzn_tls_kx.enabled routing.http.x_amzn_tls_version_and_cipher_suite.enabled
    routing.http.xff_client_port.enabled routing.http.xff_header_processing.mode routing.http2.enabled
    secondary_ips.auto_assigned.per_subnet waf.fail_open.enabled zonal_shift.config.enabled
""")
TARGETS = words("""
    deregistration_delay.connection_termination.enabled deregistration_delay.timeout_seconds
    lambda.multi_value_headers.enabled load_balancing.algorithm.anomaly_mitigation
    load_balancing.algorithm.type load_balancing.cross_zone.enabled preserve_client_ip.enabled
    proxy_protocol_v2.enabled slow_start.duration_seconds stickiness.app_cookie.cookie_name
    stickiness.app_cookie.duration_seconds stickiness.enabled stickiness.lb_cookie.duration_seconds
    stickiness.type target_failover.on_deregistration target_failover.on_unhealthy
    target_group_health.dns_failover.minimum_healthy_targets.count
    target_group_health.dns_failover.minimum_healthy_targets.percentage
    target_group_health.unhealthy_state_routing.minimum_healthy_targets.count
    target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage
    target_health_state.unhealthy.connection_termination.enabled
    target_health_state.unhealthy.draining_interval_seconds routing.http2.rst_stream_error_forwarding.enabled
    send_tcp_reset.on_deregistration.enabled send_tcp_reset.on_unhealthy.enabled
    waf.http2.traffic_inspection_behavior
""")
KNOWN = {"LoadBalancerAttributes": BALANCERS, "TargetGroupAttributes": TARGETS}


class UnknownAttribute(Rule):
    """Attribute of a load balancer or target group that does not exist.

    The attributes are pairs of texts, whose names are not in the schema. Elastic Load Balancing refuses an
    unknown name when the stack is deployed.
    """

    id = "E9761"
    source_url = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html"
    )
    fault_class = "values"
    looks_at = properties_of(
        "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup"
    )

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for name, known in KNOWN.items():
            for attribute, path in each(properties.get(name), name):
                key = attribute.get("Key") if isinstance(attribute, dict) else None
                hint = did_you_mean(key, known, 0.75) if isinstance(key, str) and key not in known else ""
                value = attribute.get("Value") if isinstance(attribute, dict) else None
                cookie = key == "stickiness.type" and value in ("lb_cookie", "app_cookie")
                if cookie and properties.get("Protocol") in ("TCP", "TLS", "UDP", "TCP_UDP"):
                    yield Fault(
                        (*path, "Value"),
                        f"Value of {key} is {value}, and Protocol is {properties['Protocol']}, which has "
                        f"no cookies: "
                        "it is refused. Write source_ip.",
                    )
                if hint:
                    yield Fault((*path, "Key"), f"Key is {key}, which {name} do not have.{hint}")
