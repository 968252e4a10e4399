"""An account as a profile of the AWS CLI reaches it: its clients, and who calls.

boto3 is imported when an ``Account`` is created; a build does not load it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.wording import hint
from csr_templates.account import errors
from csr_templates.account.errors import AccountError

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.config import Config

WORKERS: Final = 16
CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 20
ATTEMPTS: Final = 6
FIRST_ATTEMPTS: Final = 2
FIRST_READ_SECONDS: Final = 8
"""Of the first call to an endpoint. A command whose endpoints do not answer ends within 25 seconds."""


class Identity(NamedTuple):
    """Who calls.

    Attributes:
        account: ID of the account, 12 digits.
        arn: ARN of the user or of the session of a role.
    """

    account: str
    arn: str

    @property
    def name(self) -> str:
        """The caller within the account: ``assumed-role/on-call/kudo``."""
        return self.arn.split(":", 5)[-1]


class Account:
    """Access to an account with the credentials of a profile.

    Attributes:
        session: boto3's session.
    """

    def __init__(self, profile: str | None = None, session: Session | None = None) -> None:
        """Create the session.

        Args:
            profile: name of a profile of the AWS CLI; without one, boto3 uses its default credential chain.
            session: used instead of a new session, for tests.

        Raises:
            AccountError: there is no such profile, or the configuration of the AWS CLI cannot be read.
        """
        import boto3
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ProfileNotFound

        try:
            self.session = session or boto3.Session(profile_name=profile)
        except ProfileNotFound as error:
            name = error.kwargs["profile"]  # also if it is from an environment variable
            raise AccountError(
                f"There is no profile {name}.{hint(name, botocore.session.Session().available_profiles)} "
                "List the profiles with aws configure list-profiles."
            ) from error
        except (BotoCoreError, ValueError, OSError, KeyError) as error:
            raise unusable(error) from error
        # Adaptive retries slow down all calls to a service while AWS throttles.
        self._config = Config(
            retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=WORKERS,
        )
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str, *, is_first: bool = False) -> Any:
        """Return the boto3 client. Creating clients of one session is not thread-safe, so it is locked.

        Args:
            service: name of the service in boto3.
            region: region of its calls.
            is_first: whether it is for the first call to an endpoint, which fails early if there is no
                response; that is so for STS in any case.

        Raises:
            AccountError: the configuration of the AWS CLI cannot be used.
        """
        is_first = is_first or service == "sts"
        with self._lock:
            if (service, region, is_first) not in self._clients:
                config = self._config
                if is_first:
                    config = config.merge(_first_call())
                try:
                    client = self.session.client(service, region_name=region, config=config)
                except (ValueError, OSError) as error:  # botocore does not convert them
                    raise unusable(error) from error
                self._clients[service, region, is_first] = client
            return self._clients[service, region, is_first]

    def identity(self, region: str) -> Identity:
        """Return who calls.

        Raises:
            AccountError: there are no valid credentials, the configuration cannot be used, or AWS does not
                respond.
        """
        try:
            answer = self.client("sts", region).get_caller_identity()
            return Identity(answer["Account"], answer["Arn"])
        except errors.call_errors() as error:
            raise refusal(errors.failure(error)) from error
        except KeyError as error:
            raise refusal(errors.failure(error)) from error
        except (ValueError, OSError) as error:
            raise unusable(error) from error

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()


def require_account(environment: str, stated: str, account: str) -> None:
    """Check that the caller is in the account that the parameter files state for an environment.

    Args:
        environment: its name.
        stated: ID of the account in the manifest; empty if no parameter file states it.
        account: ID of the caller's account.

    Raises:
        AccountError: it is another account.
    """
    if stated in ("", account):
        return
    raise AccountError(
        f"{environment} belongs to account {stated} (AccountId in its parameter files), but the caller is in "
        f"account {account}. Use a profile of account {stated}, or correct AccountId and build again."
    )


def refusal(failure: errors.Failure) -> AccountError:
    """Return the error for the first call of a command, without which the account is unknown."""
    return AccountError(errors.in_words(failure, "sts:GetCallerIdentity"))


def unusable(error: Exception) -> AccountError:
    """Return the error for a configuration with which boto3 cannot make the first call."""
    cause = str(error).rstrip(".")
    if isinstance(error, KeyError):
        cause = f"no key {error} in the response"
    return AccountError(
        f"The AWS configuration cannot be used: {cause}. Check ~/.aws/config, the profile and "
        f"AWS_ENDPOINT_URL.{errors.proxies()}"
    )


def _first_call() -> Config:
    """Return the settings of the first call, which fails early if AWS does not respond."""
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "total_max_attempts": FIRST_ATTEMPTS}, read_timeout=FIRST_READ_SECONDS
    )
