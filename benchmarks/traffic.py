"""What goes over the wire and what is known of it afterwards, whichever generator drives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

NUMBER = '{number}'
CONNECTIONS = 16


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent; ``{number}`` in the body is replaced by a running number."""

    method: str = 'GET'
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ''
    # Each connection begins with a cookie of its own and sends back what it was set.
    follow_cookie: bool = False

    @property
    def varies(self) -> bool:
        """Whether no two requests are alike."""
        return NUMBER in self.body or self.follow_cookie


@dataclass(frozen=True, kw_only=True)
class Load:
    """One measurement: for ``seconds``, or until ``most`` requests were sent. ``first`` is where
    the running number begins, ``cookies`` are those that the connections begin with, and every
    ``sample_every``-th answer is kept whole."""

    base: str
    request: Request
    seconds: float
    connections: int = CONNECTIONS
    most: int = 500_000
    first: int = 0
    cookies: Sequence[str] = ()
    sample_every: int = 101


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Times in seconds. ``unexpected`` counts the answers that are neither 2xx nor 304, and the
    connections that broke; ``processor`` is what the generator itself took; ``samples`` are some
    whole answers, for checking."""

    seconds: float
    answers: int
    unexpected: int
    p50: float
    p99: float
    processor: float
    samples: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0

    @property
    def unexpected_share(self) -> float:
        return self.unexpected / self.answers if self.answers else 1.0

    @property
    def generator_share(self) -> float:
        """Of one core."""
        return self.processor / self.seconds if self.seconds else 0.0


def raw_request(request: Request, base: str, number: int = 0, cookie: str = '') -> bytes:
    body = request.body.replace(NUMBER, str(number)).encode()
    host = urlsplit(base).netloc
    lines = [f'{request.method} {request.path} HTTP/1.1', f'Host: {host}', 'Accept: */*']
    lines += [f'{name}: {value}' for name, value in request.headers]
    if cookie:
        lines.append(f'Cookie: {cookie}')
    if request.method != 'GET':
        lines.append(f'Content-Length: {len(body)}')
    return '\r\n'.join(lines).encode() + b'\r\n\r\n' + body


def is_expected(status: int) -> bool:
    return 200 <= status < 300 or status == 304


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
