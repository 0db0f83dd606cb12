from sqlalchemy import BigInteger, bindparam, text

from talelio_backend.app_account.data.access_tokens import JwtAccessTokens
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.authentication import Caller, Claims, TokenInvalid

# By primary keys alone, on every request that shows a token.
_STATE = Prepared(
    text('''
    SELECT account.level, account.verified_at IS NOT NULL AS verified,
           account.blocked_at IS NOT NULL AS blocked
    FROM session
    JOIN account ON account.id = session.account_id
    WHERE session.id = :session_id AND session.ended_at IS NULL
      AND account.id = :account_id
      AND coalesce((SELECT epoch FROM data_epoch), 0) = :epoch
''').bindparams(bindparam('session_id', type_=Id), bindparam('account_id', type_=Id),
                bindparam('epoch', type_=BigInteger)))


class SessionAuthenticator:
    """Finds the caller behind an access token, as the database has it at this moment."""

    def __init__(self, tokens: JwtAccessTokens, read: ReadDatabase) -> None:
        self._tokens = tokens
        self._read = read

    def read(self, bearer: str) -> Claims:
        return self._tokens.read(bearer)

    def resolve(self, claims: Claims) -> Caller:
        content = claims.content
        row = self._read.one(_STATE, content)
        if row is None:
            raise TokenInvalid()
        return Caller(account_id=content['account_id'],
                      session_id=content['session_id'],
                      level=Level.EVERYONE if row.blocked else Level(row.level),
                      verified=row.verified,
                      blocked=row.blocked)
