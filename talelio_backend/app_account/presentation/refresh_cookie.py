from dataclasses import dataclass

from flask import Response, request

from talelio_backend.shared.presentation.answers import Cookie

NAME = 'refresh_token'
PATH = '/v1/accounts'


@dataclass(frozen=True, kw_only=True)
class RefreshCookie:
    """The only place where a refresh token is shown."""

    secure: bool
    domain: str | None

    def sent(self) -> str | None:
        return request.cookies.get(NAME)

    def holding(self, token: str, *, seconds: int) -> Cookie:
        return Cookie(name=NAME,
                      value=token,
                      path=PATH,
                      max_age=seconds,
                      secure=self.secure,
                      domain=self.domain)

    def cleared(self) -> Cookie:
        return self.holding('', seconds=0)

    def clear_on(self, response: Response) -> Response:
        """For a refusal, which is answered elsewhere."""
        response.set_cookie(NAME,
                            '',
                            max_age=0,
                            path=PATH,
                            domain=self.domain,
                            secure=self.secure,
                            httponly=True,
                            samesite='Lax')
        response.headers['Cache-Control'] = 'private, no-store'
        return response
