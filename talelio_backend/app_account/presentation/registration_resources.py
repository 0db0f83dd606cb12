# pylint: disable=unused-argument  # the kernel hands its call to every endpoint
from urllib.parse import quote

from flask import request

from talelio_backend.app_account.domain.errors import (EmailNotAllowed, EmailTaken, LinkInvalid,
                                                       RegistrationClosed, UsernameTaken)
from talelio_backend.app_account.presentation import pages
from talelio_backend.app_account.presentation.schemas import (AcceptedView, RegisterBody,
                                                              RegisteredView, ResendBody,
                                                              TokenBody)
from talelio_backend.app_account.services.registration import RegistrationService
from talelio_backend.app_account.services.verification import VerificationService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Busy, Invalid
from talelio_backend.shared.presentation.answers import Answer
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.services.mail_limit import TooManyMails

ACCEPTED = AcceptedView(status='accepted')


def accepted_languages() -> list[str]:
    """What the browser prefers, best first, without what it rules out (``q=0``)."""
    return [tag for tag, quality in request.accept_languages if quality > 0]


class RegisterResource(Resource):

    def __init__(self, registration: RegistrationService) -> None:
        self._registration = registration

    @endpoint(access=Level.EVERYONE,
              summary='Register an account',
              status=201,
              response=RegisteredView,
              other_statuses={202: 'Accepted, whatever the address (strict registration)'},
              errors=(RegistrationClosed, EmailNotAllowed, Invalid, EmailTaken, UsernameTaken,
                      TooManyMails, Busy))
    def post(self, call: Call, body: RegisterBody) -> Answer:
        account = self._registration.register(body.application(accepted_languages()))
        if account is None:
            return Answer(body=ACCEPTED, status=202)
        return Answer(body=RegisteredView.of(account), location=f'/v1/users/{account.username}')


class VerifyResource(Resource):

    def __init__(self, verification: VerificationService) -> None:
        self._verification = verification

    @endpoint(access=Level.EVERYONE,
              summary='Verify an e-mail address',
              response=RegisteredView,
              errors=(LinkInvalid, ))
    def post(self, call: Call, body: TokenBody) -> Answer:
        return Answer(body=RegisteredView.of(self._verification.verify(body.token)))


class ResendResource(Resource):

    def __init__(self, verification: VerificationService) -> None:
        self._verification = verification

    @endpoint(access=Level.EVERYONE,
              summary='Send the link that verifies an e-mail address again',
              status=202,
              response=AcceptedView,
              errors=(Invalid, TooManyMails))
    def post(self, call: Call, body: ResendBody) -> Answer:
        self._verification.resend(body.email)
        return Answer(body=ACCEPTED)


class VerifyPageResource(Resource):
    """Where the link in the mail leads on a site without a page of its own for it."""

    def __init__(self, verification: VerificationService, client_url: str,
                 client_verify_url: str | None) -> None:
        self._verification = verification
        self._client_url = client_url
        self._client_verify_url = client_verify_url

    @endpoint(access=Level.EVERYONE,
              summary='Show the page that verifies an e-mail address; changes nothing',
              any_path=True,
              produces='text/html',
              other_statuses={302: "On to the client's own page"})
    def get(self, call: Call, token: str) -> Answer:
        if self._client_verify_url is None:
            return pages.asking(_page_language())
        location = self._client_verify_url.replace('{token}', quote(token, safe=''))
        return Answer(body=b'',
                      status=302,
                      location=location,
                      headers={'Cache-Control': 'no-store'})

    @endpoint(
        access=Level.EVERYONE,
        summary='Verify an e-mail address from that page',
        # The page sends no referrer, so its form comes from the origin `null`.
        any_origin=True,
        any_path=True,
        produces='text/html',
        other_statuses={404: 'A page: the link is dead'})
    def post(self, call: Call, token: str) -> Answer:
        try:
            self._verification.verify(token)
        except LinkInvalid:
            return pages.dead(_page_language())
        return pages.verified(_page_language(), self._client_url)


def _page_language() -> str:
    return request.accept_languages.best_match(pages.LANGUAGES) or pages.LANGUAGES[0]
