from collections.abc import Callable
from datetime import datetime

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import LinkInvalid
from talelio_backend.app_account.domain.link import LIFETIMES, Link, Purpose
from talelio_backend.app_account.domain.names import fold
from talelio_backend.app_account.services.mails import mail_job
from talelio_backend.app_account.services.ports import AccountUnitOfWork, Addresses
from talelio_backend.app_account.services.security_ports import LinkTokens
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.mail_limit import MailLimit

PURPOSE = Purpose.VERIFY_EMAIL


class VerificationLinks:
    """Makes the links that prove an address."""

    def __init__(self, tokens: LinkTokens) -> None:
        self._tokens = tokens

    def send(self, uow: AccountUnitOfWork, account: Account, now: datetime) -> None:
        """Stores a link and defers its mail, both in the caller's transaction; the account's
        older links are void from then on."""
        uow.links.void(PURPOSE, account.id, now)
        link_id = new_id()
        link = Link(id=link_id,
                    purpose=PURPOSE,
                    account_id=account.id,
                    email=account.email,
                    token_digest=self._tokens.digest_for(link_id),
                    created_at=now,
                    expires_at=now + LIFETIMES[PURPOSE])
        uow.links.add(link)
        uow.defer(mail_job('verify_email', account, link))


class VerificationService:

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], addresses: Addresses,
                 mail_limit: MailLimit, tokens: LinkTokens, clock: Clock) -> None:
        self._open_uow = open_uow
        self._addresses = addresses
        self._mail_limit = mail_limit
        self._tokens = tokens
        self._links = VerificationLinks(tokens)
        self._clock = clock

    def verify(self, token: str) -> Account:
        """Redeems a link: its address is proven. Raises LinkInvalid."""
        now = self._clock.now()
        with self._open_uow() as uow:
            link = uow.links.redeem(PURPOSE, self._tokens.digest(token), now)
            account = uow.accounts.get(link.account_id) if link else None
            if link is None or account is None or account.email != link.email:
                raise LinkInvalid()
            account.verify(now)
            uow.commit()
        return account

    def resend(self, email: str) -> None:
        """Sends a new link where the address waits to be verified, and says nothing of it.

        Raises Invalid, TooManyMails (for every address alike).
        """
        address = self._addresses.checked(email)
        self._mail_limit.count(fold(address))
        with self._open_uow() as uow:
            account = uow.accounts.by_email(address)
            account = account and uow.accounts.locked(account.id)
            if account is None or account.verified or account.blocked:
                return
            self._links.send(uow, account, self._clock.now())
            uow.commit()
