"""The product as in production, behind the real Traefik."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.conftest import Servers
from tests.e2e.conftest import Product, start_product
from tests.e2e.traefik.edge import OUTSIDE, Edge, somewhere
from tests.e2e.traefik.mail_catcher import catching

CLIENT_URL = 'https://www.example.org'
LOAD_BALANCER = somewhere()
PROGRAM = ('-m', 'tests.e2e.traefik.on_loopback')


@dataclass(kw_only=True)
class Published(Product):
    """An installation as the world sees it."""

    edge: Edge

    def client(self, **options: Any) -> httpx.Client:
        return self.edge.client(**options)


def production(smtp_url: str) -> dict[str, str]:
    """What an installation behind Traefik is set to."""
    return {
        'TALELIO_ENV': 'production',
        'SECRET_KEY': secrets.token_hex(32),
        'PUBLIC_URL': OUTSIDE,
        'CLIENT_URL': CLIENT_URL,
        'CORS_ORIGINS': CLIENT_URL,
        'TRUSTED_PROXIES': f'127.0.0.1/32,{LOAD_BALANCER}/32',
        'REGISTRATION': 'open',
        'S3_BACKUPS_BUCKET': 'talelio-e2e-backups',
        'BACKUP_PLAINTEXT': '1',
        'MAIL_BACKEND': 'smtp',
        'MAIL_SENDER': 'talelio@example.org',
        'TALELIO_METADATA': 'off',
        'SMTP_URL': smtp_url,
        'WEB_CONCURRENCY': '2',
        'WEB_THREADS': '8',
    }


@pytest.fixture(scope='session')
def product(servers: Servers, worker_number: int,
            tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """One installation for the tests that leave it as usable as they found it."""
    folder = tmp_path_factory.mktemp('published')
    with catching(folder / 'mail') as smtp_url:
        inner = start_product(servers,
                              folder,
                              4 + worker_number,
                              program=PROGRAM,
                              **production(smtp_url))
        edge = Edge(folder=folder / 'edge', upstream=inner.base)
        try:
            edge.start()
            yield Published(edge=edge, **vars(inner))
        finally:
            edge.stop()
            # Production gives a load balancer time to notice, which nobody here needs.
            for child in (inner.web, inner.worker):
                child.kill()


@pytest.fixture(scope='session')
def edge(product: Published) -> Edge:
    return product.edge
