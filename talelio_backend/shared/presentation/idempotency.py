import hmac
from collections.abc import Callable
from dataclasses import replace

from flask import Response, request

from talelio_backend.shared.domain.errors import DomainError, Fault
from talelio_backend.shared.presentation import problems, uploads
from talelio_backend.shared.presentation.edge import edge
from talelio_backend.shared.presentation.reading import raw_body
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.idempotency import RequestKey, StoredAnswer
from talelio_backend.shared.services.provenance import acting_as, provenance

HEADER = 'Idempotency-Key'
REPLAYED = 'Idempotency-Replayed'
# What belongs to one answer and not to its replay is set anew by the edge.
_KEPT = ('Content-Type', 'Location', 'ETag', 'Cache-Control')


def read_key(caller: Caller, *, required: bool) -> RequestKey | None:
    """The request's Idempotency-Key. Raises IdempotencyKeyRequired, and BadRequest for a
    malformed one."""
    key = request.headers.get(HEADER)
    if key is None:
        if required:
            raise problems.IdempotencyKeyRequired()
        return None
    if not 1 <= len(key) <= 255 or not all('!' <= character <= '~' for character in key):
        raise problems.BadRequest(
            Fault(f'/{HEADER}', 'wrong_form', '1 to 255 visible ASCII characters'))
    return RequestKey(caller=str(caller.account_id or request.remote_addr),
                      route=f'{request.method} {request.path}',
                      key=key,
                      fingerprint=_fingerprint(key))


def once(key: RequestKey, carry_out: Callable[[], Response]) -> Response:
    """Carries a creating request out once per Idempotency-Key, and answers alike ever after.

    Raises what the store's ``claim`` raises. A failure of ours (5xx) and a request too many (429)
    give the key up; another refusal is an answer and is kept.
    """
    store = edge().idempotency
    claim = store.claim(caller=key.caller,
                        route=key.route,
                        key=key.key,
                        fingerprint=key.fingerprint)
    if claim.answer is not None:
        return _replayed(claim.answer)
    try:
        with acting_as(replace(provenance(), idempotency_id=claim.id)):
            response = carry_out()
    except DomainError as error:
        response = problems.respond(error)
    except BaseException:
        store.release(claim)
        raise
    # 429: nothing was changed, and the same request is welcome after the wait.
    if response.status_code >= 500 or response.status_code == 429:
        store.release(claim)
    else:
        store.keep(claim, _stored(response))
    return response


def _fingerprint(key: str) -> str:
    """Keyed with what the store does not hold: a body may hold a password, and whoever reads the
    store must not be able to try passwords as fast as SHA-256 is."""
    if request.mimetype == uploads.MULTIPART:
        content = uploads.read_form().fingerprint.encode()
    else:
        content = raw_body()
    return hmac.new(key.encode(),
                    request.mimetype.encode() + b'\0' + content, 'sha256').hexdigest()


def _stored(response: Response) -> StoredAnswer:
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return StoredAnswer(status=response.status_code, headers=headers, body=response.get_data())


def _replayed(answer: StoredAnswer) -> Response:
    response = Response(answer.body, status=answer.status)
    response.headers.pop('Content-Type', None)
    response.headers.update(answer.headers)
    response.headers[REPLAYED] = 'true'
    return response
