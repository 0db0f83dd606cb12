"""HTTP to the servers of a test, without certificates. By itself httpx reads those of the whole
world for every client that it makes, which takes longer than most requests."""

import ssl
from functools import partial

import httpx

_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

Client = partial(httpx.Client, verify=_NOBODY)
get = partial(httpx.get, verify=_NOBODY)
post = partial(httpx.post, verify=_NOBODY)
stream = partial(httpx.stream, verify=_NOBODY)
