from datetime import datetime

from sqlalchemy import TextClause, text

from talelio_backend.app_account.services.security_ports import Credentials
from talelio_backend.shared.data.database import ReadDatabase

_FIND = '''
    SELECT account.id AS account_id, account.password_hash,
           account.blocked_at IS NOT NULL AS blocked,
           EXISTS (SELECT FROM session
                   WHERE session.account_id = account.id AND session.ip = :ip
                     AND session.created_at > :known_since
                     AND session.assumed_from IS NULL) AS known_address,
           coalesce((SELECT epoch FROM data_epoch), 0) AS epoch
    FROM account JOIN "user" ON "user".id = account.id
    WHERE lower({name}) = :name
'''
_BY_EMAIL = text(_FIND.format(name='account.email'))
_BY_USERNAME = text(_FIND.format(name='"user".username'))


class SqlCredentialsReader:

    def __init__(self, read: ReadDatabase) -> None:
        self._read = read

    def by_email(self, email: str, *, ip: str, known_since: datetime) -> Credentials | None:
        return self._find(_BY_EMAIL, email, ip, known_since)

    def by_username(self, username: str, *, ip: str, known_since: datetime) -> Credentials | None:
        return self._find(_BY_USERNAME, username, ip, known_since)

    def _find(self, statement: TextClause, name: str, ip: str,
              known_since: datetime) -> Credentials | None:
        row = self._read.one(statement, {'name': name, 'ip': ip, 'known_since': known_since})
        # pylint: disable-next=protected-access  # SQLAlchemy's public name for it
        return Credentials(**row._mapping) if row is not None else None
