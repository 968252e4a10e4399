"""How many connections the execution environments of the function may open to an instance of the database."""

from typing import Final

POOL_SIZE: Final = "CONNECTION_POOL_SIZE"
"""Variable of the function: connections of an execution environment to an endpoint."""
MAX_CONNECTIONS: Final = "max_connections"
"""Parameter of the engine: connections that an instance accepts."""
RESERVED: Final = "LambdaReservedConcurrency"
"""Parameter of the stack: execution environments at the same time."""
FOR_OTHERS: Final = 20
"""Connections of operators, monitoring, RDS, and environments of the last release."""
_ENDPOINTS: Final = 2  # of the cluster: for the writer and for readers


def of_environment(pool_size: int, instances: int) -> int:
    """Return the connections of one execution environment to one instance.

    It has those of its pool to both endpoints of the cluster. With one instance, both lead to it.
    """
    if instances > 1:
        return pool_size
    return pool_size * _ENDPOINTS


def most_environments(max_connections: int, of_each: int) -> int:
    """Return how many execution environments an instance has connections for."""
    return (max_connections - FOR_OTHERS) // of_each
