from collections.abc import Callable
from uuid import UUID

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.link import Link
from talelio_backend.app_account.services.ports import AccountUnitOfWork
from talelio_backend.app_account.services.security_ports import LinkTokens
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.letters import Letter, Letters
from talelio_backend.shared.services.mailer import Mail, Mailer

SEND_MAIL = 'accounts.send_mail'


def mail_job(kind: str,
             account: Account,
             link: Link | None = None,
             *,
             to: str | None = None) -> Job:
    """The job that sends one mail, to the account's address unless ``to`` is one it had before.
    It names account and link and holds no secret."""
    arguments = {
        'kind': kind,
        'mail_id': str(new_id()),
        'account_id': str(account.id),
        'link_id': str(link.id) if link else None,
    }
    return Job(name=SEND_MAIL, arguments=arguments if to is None else {**arguments, 'to': to})


class MailService:
    """Writes and sends the mails of this area, in the worker."""

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], mailer: Mailer,
                 letters: Letters, link_tokens: LinkTokens, clock: Clock, client_url: str,
                 verify_url: str, mail_domain: str) -> None:
        self._open_uow = open_uow
        self._mailer = mailer
        self._letters = letters
        self._link_tokens = link_tokens
        self._clock = clock
        self._client_url = client_url
        self._verify_url = verify_url
        self._mail_domain = mail_domain

    def send(self,
             *,
             kind: str,
             mail_id: str,
             account_id: str,
             link_id: str | None,
             to: str | None = None) -> None:
        """Sends one mail; nothing where the account is gone or the link is not live any more.

        Raises MailUnavailable.
        """
        with self._open_uow() as uow:
            account = uow.accounts.get(UUID(account_id))
            link = uow.links.get(UUID(link_id)) if link_id else None
        if account is None:
            return
        if link_id is None:
            self._hand_over(kind, mail_id, to or account.email, self._write(kind, account))
            return
        token = self._live_token(link)
        if link is not None and token is not None:
            letter = self._write(kind, account, link=self._verify_url.replace('{token}', token))
            self._hand_over(kind, mail_id, link.email, letter)

    def _live_token(self, link: Link | None) -> str | None:
        if link is None or not link.is_live(self._clock.now()):
            return None
        return self._link_tokens.token(link)

    def _write(self, kind: str, account: Account, **values: str) -> Letter:
        return self._letters.write(kind,
                                   language=account.language,
                                   username=account.username,
                                   site=self._client_url,
                                   **values)

    def _hand_over(self, kind: str, mail_id: str, address: str, letter: Letter) -> None:
        self._mailer.send(
            Mail(kind=kind,
                 to=address,
                 language=letter.language,
                 subject=letter.subject,
                 text=letter.text,
                 html=letter.html,
                 message_id=f'<{mail_id}@{self._mail_domain}>'))
