import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, 12 bits of the fraction of
    a millisecond (section 6.2, method 3), then randomness. Ids made one after the other by a
    process sort in that order, and an index grows at its end."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64
    return UUID(int=value | 0x2 << 62 | secrets.randbits(62))
