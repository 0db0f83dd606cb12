from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from talelio_backend.shared.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Options:
    """Where the store is and who asks. ``endpoint_url`` None is AWS itself; without keys the
    machine's role is asked for them, over the network, at the first call."""

    region: str
    endpoint_url: str | None = None
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds until a silent store is given up, and how often it is asked in all."""

    connect: float = 2
    read: float = 10
    attempts: int = 2


class Absent(Exception):
    """The store answers that there is no such key, bucket or range."""


def connect(options: S3Options, patience: Patience = Patience()) -> 'S3Client':
    """A client that gives up on a silent store, soon: somebody waits for the answer."""
    import boto3  # heavy, and of no use to a process that never touches a file
    import botocore.session
    from botocore.config import Config

    # Since 1.36 boto3 sends checksums that many S3-compatible servers refuse; those servers
    # seldom have a host name per bucket either.
    config = Config(signature_version='s3v4',
                    connect_timeout=patience.connect,
                    read_timeout=patience.read,
                    retries={
                        'mode': 'standard',
                        'total_max_attempts': patience.attempts
                    },
                    max_pool_connections=16,
                    request_checksum_calculation='when_required',
                    response_checksum_validation='when_required',
                    s3={'addressing_style': 'path' if options.endpoint_url else 'auto'})
    # A session of its own: making a client from the shared one is not safe among threads.
    core = botocore.session.get_session()
    core.register_component('data_loader', _models())
    session = boto3.session.Session(botocore_session=core,
                                    aws_access_key_id=options.access_key,
                                    aws_secret_access_key=options.secret_key,
                                    region_name=options.region)
    return session.client('s3', endpoint_url=options.endpoint_url, config=config)


@cache
def _models() -> 'Loader':
    """What is parsed of the services' descriptions, kept for every client of this process."""
    from botocore.loaders import create_loader
    return create_loader()


def preload() -> None:
    """Parses what clients are made from, so that processes which are forked afterwards share it:
    some 30 MiB that each of them would hold otherwise. Asks nobody and connects to nothing."""
    connect(S3Options(region='us-east-1', access_key='nobody', secret_key='nothing'))


@contextmanager
def s3_failures(absent: frozenset[str] = frozenset()) -> Iterator[None]:
    """Raises StorageUnavailable in place of the library's errors, and Absent where the store
    answers with one of the codes in ``absent``."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response.get('Error', {}).get('Code') in absent:
            raise Absent() from error
        raise StorageUnavailable() from error
    except (BotoCoreError, OSError) as error:
        raise StorageUnavailable() from error
