from typing import Any

from sqlalchemy import BigInteger, BindParameter, SmallInteger, bindparam, text

from talelio_backend.app_account.data.access_tokens import JwtAccessTokens
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.authentication import Caller, Claims, TokenInvalid

_IDS: tuple[BindParameter[Any],
            ...] = (bindparam('session_id',
                              type_=Id), bindparam('account_id',
                                                   type_=Id), bindparam('epoch', type_=BigInteger))

# By primary keys alone, on every request that shows a token.
_STATE = Prepared(
    text('''
    SELECT account.level, account.verified_at IS NOT NULL AS verified,
           account.blocked_at IS NOT NULL AS blocked
    FROM session
    JOIN account ON account.id = session.account_id
    WHERE session.id = :session_id AND session.ended_at IS NULL AND session.assumed_from IS NULL
      AND account.id = :account_id
      AND coalesce((SELECT epoch FROM data_epoch), 0) = :epoch
''').bindparams(*_IDS))
# An assumed session stands on another one and on its owner's being an administrator. Whatever
# takes one of them away takes this one too, and nothing brings a token back to life.
_ASSUMED = Prepared(
    text('''
    SELECT account.level, account.verified_at IS NOT NULL AS verified, false AS blocked
    FROM session
    JOIN account ON account.id = session.account_id
    JOIN session AS own ON own.id = session.assumed_from
    JOIN account AS administrator ON administrator.id = own.account_id
    WHERE session.id = :session_id AND session.ended_at IS NULL
      AND session.refresh_ended_at IS NULL
      AND own.ended_at IS NULL AND own.refresh_ended_at IS NULL
      AND account.id = :account_id AND account.blocked_at IS NULL AND account.level = :member
      AND administrator.id = :impersonator_id AND administrator.blocked_at IS NULL
      AND administrator.level = :admin
      AND coalesce((SELECT epoch FROM data_epoch), 0) = :epoch
''').bindparams(*_IDS, bindparam('impersonator_id', type_=Id),
                bindparam('member', type_=SmallInteger), bindparam('admin', type_=SmallInteger)))
_LEVELS = {'member': int(Level.MEMBER), 'admin': int(Level.ADMIN)}


class SessionAuthenticator:
    """Finds the caller behind an access token, as the database has it at this moment."""

    def __init__(self, tokens: JwtAccessTokens, read: ReadDatabase) -> None:
        self._tokens = tokens
        self._read = read

    def read(self, bearer: str) -> Claims:
        return self._tokens.read(bearer)

    def resolve(self, claims: Claims) -> Caller:
        content = claims.content
        impersonator_id = content.get('impersonator_id')
        if impersonator_id is None:
            row = self._read.one(_STATE, content)
        else:
            row = self._read.one(_ASSUMED, {**content, **_LEVELS})
        if row is None:
            raise TokenInvalid()
        return Caller(account_id=content['account_id'],
                      session_id=content['session_id'],
                      level=Level.EVERYONE if row.blocked else Level(row.level),
                      verified=row.verified,
                      blocked=row.blocked,
                      impersonator_id=impersonator_id)
