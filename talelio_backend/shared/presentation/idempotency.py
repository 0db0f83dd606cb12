import hmac
from collections.abc import Callable
from dataclasses import replace

from flask import Response, request

from talelio_backend.shared.domain.errors import DomainError, Fault
from talelio_backend.shared.presentation import problems, uploads
from talelio_backend.shared.presentation.edge import edge
from talelio_backend.shared.presentation.reading import raw_body
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.idempotency import StoredAnswer
from talelio_backend.shared.services.provenance import acting_as, provenance

HEADER = 'Idempotency-Key'
# What belongs to one answer and not to its replay is set anew by the edge.
_KEPT = ('Content-Type', 'Location', 'ETag', 'Cache-Control')


def once(caller: Caller, carry_out: Callable[[], Response]) -> Response:
    """Carries a creating request out once per Idempotency-Key, and answers alike ever after.

    Raises BadRequest for a malformed key and what the store's ``claim`` raises. A failure of ours
    (5xx) and a request too many (429) give the key up; another refusal is an answer and is kept.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return carry_out()
    if not 1 <= len(key) <= 255 or not all('!' <= character <= '~' for character in key):
        raise problems.BadRequest(
            Fault(f'/{HEADER}', 'wrong_form', '1 to 255 visible ASCII characters'))
    store = edge().idempotency
    who = str(caller.account_id or request.remote_addr)
    claim = store.claim(caller=who,
                        route=f'{request.method} {request.path}',
                        key=key,
                        fingerprint=_fingerprint(key))
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
    response.headers['Idempotency-Replayed'] = 'true'
    return response
