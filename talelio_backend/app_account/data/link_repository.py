from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session as OrmSession

from talelio_backend.app_account.data.orm import account_table, link_table
from talelio_backend.app_account.domain.link import Link, Purpose


class SqlLinkRepository:

    def __init__(self, session: OrmSession) -> None:
        self._session = session

    def add(self, link: Link) -> None:
        self._session.add(link)

    def get(self, link_id: UUID) -> Link | None:
        return self._session.get(Link, link_id)

    def redeem(self, purpose: Purpose, digest: bytes, now: datetime) -> Link | None:
        table = link_table.c
        live = (table.token_digest == digest, table.purpose == purpose, table.used_at.is_(None),
                table.expires_at > now)
        # The account first, as everywhere: who removes it locks its links after it.
        owner = select(account_table.c.id).where(account_table.c.id == table.account_id, *live)
        locked = owner.with_for_update(of=account_table, key_share=True).cte('owner')
        redeemed = update(Link).where(table.account_id == locked.c.id, *live)
        return self._session.scalars(redeemed.values(used_at=now).returning(Link),
                                     execution_options={
                                         'synchronize_session': False
                                     }).one_or_none()

    def void(self, purpose: Purpose, account_id: UUID, now: datetime) -> None:
        table = link_table.c
        self._session.execute(
            update(link_table).where(table.account_id == account_id, table.purpose == purpose,
                                     table.used_at.is_(None)).values(used_at=now))

    def remove_expired_before(self, moment: datetime, count: int) -> int:
        table = link_table.c
        old = select(table.id).where(table.expires_at < moment)
        old = old.order_by(table.expires_at).limit(count)
        removed = delete(link_table).where(table.id.in_(old)).returning(table.id)
        return len(self._session.scalars(removed).all())
