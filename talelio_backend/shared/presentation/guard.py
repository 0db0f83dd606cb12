from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.edge import edge
from talelio_backend.shared.services.authentication import (AccountBlocked, AssumedSession, Caller,
                                                            CredentialsRequired, EmailNotVerified)

READING = frozenset({'GET', 'HEAD', 'OPTIONS'})


def check_access(declaration: Declaration, caller: Caller, method: str) -> None:
    """Raises CredentialsRequired for a stranger, AccountBlocked, NotYours for too low a level,
    AssumedSession where only the owner may act, EmailNotVerified for a write by a member whose
    address is not proven."""
    if declaration.credentials and caller.account_id is None:
        raise CredentialsRequired()
    if caller.level < declaration.access:
        if caller.account_id is None:
            raise CredentialsRequired()
        raise AccountBlocked() if caller.blocked else NotYours()
    if declaration.sensitive and caller.impersonator_id is not None:
        raise AssumedSession()
    needs_proof = (declaration.access >= Level.MEMBER and not declaration.unverified
                   and method not in READING)
    if needs_proof and edge().verified_email_required and not caller.verified:
        raise EmailNotVerified()
