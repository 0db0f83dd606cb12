from enum import IntEnum


class Level(IntEnum):
    """Who a caller is, lowest to highest. A blocked account counts as EVERYONE."""

    LOGGED_OUT = -1
    EVERYONE = 0
    MEMBER = 1
    ADMIN = 2
