"""A certificate that signs itself, made with the standard library alone: a P-256 key (FIPS 186-4),
an X.509 certificate (RFC 5280), both in PEM. For tests; its arithmetic takes no care of timing."""

import base64
import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

# The curve y² = x³ - 3x + b over the field of P, with the point G of order N (SEC 2, 2.4.2).
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
Point = tuple[int, int] | None

EC_KEY, P256, ECDSA_SHA256 = '1.2.840.10045.2.1', '1.2.840.10045.3.1.7', '1.2.840.10045.4.3.2'
COMMON_NAME, KEY_ID, KEY_USAGE, ALT_NAMES, CONSTRAINTS = ('2.5.4.3', '2.5.29.14', '2.5.29.15',
                                                          '2.5.29.17', '2.5.29.19')


def add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    rise, run = (3 * x1 * x1 - 3, 2 * y1) if one == other else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(count: int) -> tuple[int, int]:
    """``count`` times G, for a count between 1 and N - 1."""
    total: Point = None
    doubled: Point = G
    while count:
        if count & 1:
            total = add(total, doubled)
        doubled, count = add(doubled, doubled), count >> 1
    assert total is not None
    return total


def sign(key: int, message: bytes) -> bytes:
    digest = int.from_bytes(hashlib.sha256(message).digest())
    once = 1 + secrets.randbelow(N - 1)
    r = times(once)[0] % N
    s = pow(once, -1, N) * (digest + r * key) % N
    return sequence(integer(r), integer(s))


# DER (X.690): each value is its tag, its length and its content.


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 128 + len(size)]) + size + content


def sequence(*parts: bytes) -> bytes:
    return der(0x30, b''.join(parts))


def integer(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def bits(content: bytes, unused: int = 0) -> bytes:
    return der(0x03, bytes([unused]) + content)


def identifier(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split('.'))
    content = bytes([40 * first + second])
    for number in rest:
        groups = [number & 127]
        while number := number >> 7:
            groups.insert(0, 128 | number & 127)
        content += bytes(groups)
    return der(0x06, content)


def moment(time: datetime) -> bytes:
    return der(0x17, time.strftime('%y%m%d%H%M%SZ').encode())


def name(common: str) -> bytes:
    return sequence(der(0x31, sequence(identifier(COMMON_NAME), der(0x0C, common.encode()))))


def extension(kind: str, content: bytes, critical: bool = False) -> bytes:
    return sequence(identifier(kind), der(0x01, b'\xff') if critical else b'', der(0x04, content))


def pem(title: str, content: bytes) -> str:
    text = base64.encodebytes(content).decode().replace('\n', '')
    lines = [text[start:start + 64] for start in range(0, len(text), 64)]
    return '\n'.join([f'-----BEGIN {title}-----', *lines, f'-----END {title}-----', ''])


def public_key(key: int) -> bytes:
    x, y = times(key)
    return b'\x04' + x.to_bytes(32) + y.to_bytes(32)


def certificate(key: int, hosts: Iterable[str]) -> bytes:
    """Its own authority as well, so that a client can be told to trust it and nothing else."""
    now, algorithm, public = datetime.now(UTC), sequence(identifier(ECDSA_SHA256)), public_key(key)
    extensions = sequence(
        extension(CONSTRAINTS, sequence(der(0x01, b'\xff')), critical=True),
        # Signs connections and certificates.
        extension(KEY_USAGE, bits(b'\x84', unused=2), critical=True),
        extension(KEY_ID, der(0x04,
                              hashlib.sha1(public).digest())),
        extension(ALT_NAMES, sequence(*(der(0x82, host.encode()) for host in hosts))))
    body = sequence(der(0xA0, integer(2)), integer(secrets.randbits(100)), algorithm,
                    name('talelio tests'),
                    sequence(moment(now - timedelta(hours=1)), moment(now + timedelta(days=2))),
                    name('talelio tests'),
                    sequence(sequence(identifier(EC_KEY), identifier(P256)), bits(public)),
                    der(0xA3, extensions))
    return sequence(body, algorithm, bits(sign(key, body)))


def write_certificate(folder: Path, hosts: Iterable[str]) -> tuple[Path, Path]:
    """The files of the certificate and of its key."""
    key = 1 + secrets.randbelow(N - 1)
    private = sequence(integer(1), der(0x04, key.to_bytes(32)), der(0xA0, identifier(P256)),
                       der(0xA1, bits(public_key(key))))
    files = folder / 'certificate.pem', folder / 'key.pem'
    files[0].write_text(pem('CERTIFICATE', certificate(key, hosts)), encoding='ascii')
    files[1].write_text(pem('EC PRIVATE KEY', private), encoding='ascii')
    return files
