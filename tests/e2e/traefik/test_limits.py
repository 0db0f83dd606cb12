"""How much a client may do, and that it cannot pass for another."""

import io
import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from talelio_backend.development.ports import HOST
from tests.e2e.conftest import sign_up
from tests.e2e.traefik.conftest import LOAD_BALANCER, Published
from tests.e2e.traefik.edge import API_HOST, Edge, somewhere
from tests.eventually import eventually

MIB = 1024 * 1024
FORGED = [{
    'X-Forwarded-For': '203.0.113.9'
}, {
    'X-Forwarded-For': '203.0.113.9, 127.0.0.1'
}, {
    'X-Real-Ip': '203.0.113.9'
}, {
    'Forwarded': 'for=203.0.113.9;proto=http'
}, {
    'X_Forwarded_For': '203.0.113.9'
}, {
    'X.Forwarded.For': '203.0.113.9'
}, {
    'X-Forwarded-For': '203.0.113.9',
    'Connection': 'X-Forwarded-For'
}]


def heavy_photograph(color: str, size: int) -> bytes:
    """A JPEG that weighs what it is told to, most of it comments."""
    stream = io.BytesIO()
    Image.new('RGB', (400, 300), color).save(stream, 'JPEG')
    picture = stream.getvalue()
    comment = b'\xff\xfe' + (60_002).to_bytes(2) + b'x' * 60_000
    return picture[:2] + comment * (size // len(comment)) + picture[2:]


def client_seen(product: Published, client: httpx.Client, headers: dict[str, str]) -> str:
    """The address that the API takes a request to come from, by its log."""
    answer = client.get('/v1/articles', headers=headers)
    assert answer.status_code == 200
    wanted = answer.headers['X-Request-Id']

    def logged() -> str | None:
        for line in (product.data_dir / 'web.out').read_text(encoding='utf-8').splitlines():
            if wanted in line:
                return str(json.loads(line)['client_ip'])
        return None

    return eventually(logged)


@pytest.mark.parametrize('headers', [{}, *FORGED])
def test_forged_address_is_not_believed(product: Published, headers: dict[str, str]) -> None:
    address = somewhere()
    with product.edge.client(comes_from=address) as client:
        assert client_seen(product, client, headers) == address


def test_forged_address_is_counted_in_the_bucket_of_the_real_one(client: httpx.Client) -> None:
    told = [client.get('/v1/articles', headers=headers).headers['RateLimit'] for headers in FORGED]
    left = [int(limit.partition('r=')[2].partition(';')[0]) for limit in told]
    assert left == [*range(left[0], left[0] - len(FORGED), -1)]


def test_ten_mebibytes_are_uploaded(product: Published, client: httpx.Client) -> None:
    bearer = sign_up(product, client, 'hauler')
    colors = ('red', 'green', 'blue', 'teal', 'gold', 'navy')
    photographs = {
        color: (f'{color}.jpg', heavy_photograph(color, 19 * MIB // 10), 'image/jpeg')
        for color in colors
    }
    assert sum(len(content) for _, content, _ in photographs.values()) > 10 * MIB
    answer = client.post('/v1/assets/images', headers=bearer, files=photographs)
    assert answer.status_code == 201, answer.text
    assert len(answer.json()['images']) == len(colors)


@pytest.mark.parametrize(('size', 'signed_in', 'status'), [(26 * MIB, True, 413),
                                                           (12 * MIB, False, 401)])
def test_upload_that_is_refused_before_it_is_read_is_told_why(product: Published,
                                                              client: httpx.Client, size: int,
                                                              signed_in: bool,
                                                              status: int) -> None:
    headers = {'Content-Length': str(size), 'Content-Type': 'multipart/form-data; boundary=x'}
    if signed_in:
        headers |= sign_up(product, client, 'overhauler')
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        while sent < size:
            sent += MIB // 16
            yield b'x' * (MIB // 16)

    answer = client.post('/v1/assets/images', headers=headers, content=pieces())
    assert answer.status_code == status
    assert answer.headers['Content-Type'] == 'application/problem+json'


Start = Callable[..., Edge]


@pytest.fixture
def own_edge(product: Published, tmp_path: Path) -> Iterator[Start]:
    """Further Traefiks, by default before the same installation."""
    started: list[Edge] = []

    def start(upstream: str = product.base, load_balancers: str = '') -> Edge:
        started.append(
            Edge(folder=tmp_path / str(len(started)),
                 upstream=upstream,
                 load_balancers=load_balancers))
        started[-1].start()
        return started[-1]

    yield start
    for edge in started:
        edge.stop()


@pytest.fixture
def nobody() -> Iterator[str]:
    """An upstream that refuses every connection, so that the edge alone sets the pace."""
    with socket.socket() as held:
        held.bind((HOST, 0))
        yield f'http://{HOST}:{held.getsockname()[1]}'


def flood(edge: Edge, count: int, *, comes_from: str) -> Counter[bytes]:
    """How often each status was answered, to requests that all claim another origin."""
    requests = [
        b'GET /v1/health HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: 203.0.%d.%d\r\n%s\r\n' %
        (API_HOST.encode(), number // 250, 1 + number % 250,
         b'Connection: close\r\n' if number == count - 1 else b'') for number in range(count)
    ]
    answers = edge.pipeline(requests, comes_from=comes_from)
    assert len(answers) == count
    for answer in answers:
        assert answer.lower().count(b'\r\nstrict-transport-security: max-age=63072000;') == 1
    return Counter(answer[9:12] for answer in answers)


def test_flood_is_refused_at_the_edge_whoever_it_claims_to_be(own_edge: Start,
                                                              nobody: str) -> None:
    edge = own_edge(nobody)
    told = flood(edge, 800, comes_from=somewhere())
    assert told.keys() == {b'502', b'429'}
    assert told[b'502'] >= 100
    stranger = somewhere()
    if stranger != HOST:
        assert flood(edge, 1, comes_from=stranger).keys() == {b'502'}


def test_load_balancer_that_is_named_says_who_the_client_is(product: Published,
                                                            own_edge: Start) -> None:
    edge = own_edge(load_balancers=f'198.51.100.0/24, {LOAD_BALANCER}/32')
    with edge.client(comes_from=LOAD_BALANCER) as client:
        assert client_seen(product, client, {'X-Forwarded-For': '203.0.113.9'}) == '203.0.113.9'
        forged = {'X-Forwarded-For': '1.1.1.1, 203.0.113.9'}
        assert client_seen(product, client, forged) == '203.0.113.9'


def test_clients_of_a_load_balancer_have_limits_of_their_own(own_edge: Start, nobody: str) -> None:
    edge = own_edge(nobody, load_balancers=f'198.51.100.0/24,{LOAD_BALANCER}/32')
    assert flood(edge, 800, comes_from=LOAD_BALANCER).keys() == {b'502'}
    stranger = somewhere()
    if stranger != LOAD_BALANCER:
        # Who goes round it is not believed.
        assert flood(edge, 800, comes_from=stranger).keys() == {b'502', b'429'}
