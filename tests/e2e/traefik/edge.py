"""The real Traefik with the shipped files, on ports of this machine."""

import base64
import hashlib
import os
import random
import socket
import ssl
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from talelio_backend.development.ports import HOST, free_port
from talelio_backend.development.process import Child
from tests import plain_http
from tests.e2e.traefik.certificates import write_certificate
from tests.eventually import eventually

SHIPPED = Path(__file__).parents[3] / 'traefik'
BIN = Path(sys.executable).parent
API_HOST, DASHBOARD_HOST = 'api.example.org', 'traefik.example.org'
OUTSIDE = f'https://{API_HOST}'
USER, PASSWORD = 'keeper', 'a gate of oak'


def somewhere() -> str:
    """An address of this machine that nobody else comes from: another than Traefik's, so that the
    two can be told apart, and one whose limits are untouched. HOST, where the machine has not all
    of 127.0.0.0/8."""
    address = f'127.{random.randrange(1, 255)}.{random.randrange(256)}.{random.randrange(1, 255)}'
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return HOST
    return address


class Address(httpx.HTTPTransport):
    """Finds every host at one address, as a name server would; names and ports stay what they
    are in the request, in its TLS handshake and in what becomes of cookies."""

    def __init__(self, *, comes_from: str, http: int, https: int, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted, local_address=comes_from)
        self._ports = {'http': http, 'https': https}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(host=HOST, port=self._ports[request.url.scheme])
        extensions = {'sni_hostname': request.url.host} | request.extensions
        moved = httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
        moved.extensions = extensions
        return super().handle_request(moved)


@dataclass(kw_only=True)
class Edge:
    """``load_balancers`` as the variable of that name. The folder must be the edge's own."""

    folder: Path
    upstream: str
    load_balancers: str = ''
    http: int = 0
    https: int = 0
    internal: int = 0
    process: Child = field(init=False)
    trusted: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        dynamic = self.folder / 'dynamic'
        dynamic.mkdir(parents=True)
        hosts = (API_HOST, DASHBOARD_HOST, 'elsewhere.example.org')
        certificate, key = write_certificate(self.folder, hosts)
        self.trusted = ssl.create_default_context(cafile=certificate)
        (dynamic / 'certificates.toml'
         ).write_text(f'[[tls.certificates]]\ncertFile = "{certificate}"\nkeyFile = "{key}"\n')
        (dynamic / 'traefik_dynamic.toml').symlink_to(SHIPPED / 'traefik_dynamic.toml')
        digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
        (self.folder / 'users').write_text(f'{USER}:{{SHA}}{digest}\n', encoding='ascii')
        self.process = Child(name='traefik',
                             command=['/bin/sh', str(SHIPPED / 'entrypoint.sh')],
                             environment=self._environment(),
                             working_dir=self.folder,
                             log_file=self.folder / 'traefik.out')

    def start(self) -> None:
        for _ in range(3):
            self.http, self.https, self.internal = free_port(), free_port(), free_port()
            (self.folder / 'traefik.toml').write_text(self._static(), encoding='utf-8')
            self.process.start()
            eventually(lambda: self._routes_known() or not self.process.alive(), seconds=60)
            if self.process.alive():
                return
            # Somebody else may have taken a port meanwhile.
        raise AssertionError(self.log())

    def stop(self) -> None:
        self.process.kill()

    def client(self, *, comes_from: str | None = None, **options: Any) -> httpx.Client:
        transport = self.transport(comes_from)
        return httpx.Client(base_url=OUTSIDE, transport=transport, timeout=30, **options)

    def transport(self, comes_from: str | None = None) -> Address:
        return Address(comes_from=comes_from or somewhere(),
                       http=self.http,
                       https=self.https,
                       trusted=self.trusted)

    def pipeline(self, requests: Iterable[bytes], *, comes_from: str) -> list[bytes]:
        """The answers to requests that go out in one go, as fast as Traefik can take them. The
        last must ask for the connection to be closed."""
        with socket.create_connection((HOST, self.https), 60, (comes_from, 0)) as plain, \
                self.trusted.wrap_socket(plain, server_hostname=API_HOST) as link:
            link.sendall(b''.join(requests))
            answer = b''
            while piece := link.recv(65536):
                answer += piece
        return [b'HTTP/1.1 ' + part for part in answer.split(b'HTTP/1.1 ')[1:]]

    def inside(self, path: str) -> httpx.Response:
        """What the port that is never published answers."""
        return plain_http.get(f'http://{HOST}:{self.internal}{path}')

    def log(self) -> str:
        return (self.folder / 'traefik.out').read_text(encoding='utf-8')

    def _environment(self) -> dict[str, str]:
        return {
            'PATH': f'{BIN}:{os.defpath}',
            'TRAEFIK_CONFIG': str(self.folder / 'traefik.toml'),
            'TRAEFIK_WRITTEN_CONFIG': str(self.folder / 'written.toml'),
            'API_HOST': API_HOST,
            'API_UPSTREAM': self.upstream,
            'DASHBOARD_HOST': DASHBOARD_HOST,
            'DASHBOARD_USERS_FILE': str(self.folder / 'users'),
            'LOAD_BALANCERS': self.load_balancers,
        }

    def _static(self) -> str:
        """The shipped file with other addresses and folders."""
        text = (SHIPPED / 'traefik.toml').read_text(encoding='utf-8')
        for shipped, here in ((':80', f'{HOST}:{self.http}'), (':443', f'{HOST}:{self.https}'),
                              (':8082', f'{HOST}:{self.internal}'), ('/etc/traefik/dynamic',
                                                                     str(self.folder / 'dynamic')),
                              ('/etc/letsencrypt/acme.json', str(self.folder / 'acme.json')),
                              ('/etc/letsencrypt/acme-staging.json',
                               str(self.folder / 'acme-staging.json'))):
            assert text.count(f'"{shipped}"') == 1, shipped
            text = text.replace(f'"{shipped}"', f'"{here}"')
        return text

    def _routes_known(self) -> bool:
        try:
            with httpx.Client(transport=self.transport()) as client:
                # The dashboard asks for a password as soon as both files have been read.
                return client.get(f'https://{DASHBOARD_HOST}/').status_code == 401
        except httpx.TransportError:
            return False
