from talelio_backend.shared.domain.errors import (Conflict, NotFound, NotPermitted,
                                                  TooManyRequests, Unauthenticated)


class EmailTaken(Conflict):
    code = 'email_taken'
    title = 'There is an account with this e-mail address already.'


class UsernameTaken(Conflict):
    code = 'username_taken'
    title = 'This username belongs to somebody else.'


class RegistrationClosed(NotPermitted):
    code = 'registration_closed'
    title = 'New accounts are not accepted here.'


class EmailNotAllowed(NotPermitted):
    code = 'email_not_allowed'
    title = 'New accounts are accepted from chosen e-mail addresses only.'


class LinkInvalid(NotFound):
    code = 'link_invalid'
    title = 'This link is unknown, used up or too old.'


class InvalidCredentials(Unauthenticated):
    code = 'invalid_credentials'
    title = 'The account or the password is wrong.'


class RefreshTokenMissing(Unauthenticated):
    code = 'refresh_token_missing'
    title = 'There is no refresh token. Sign in.'


class RefreshTokenInvalid(Unauthenticated):
    code = 'refresh_token_invalid'
    title = 'The refresh token is not valid any more. Sign in.'


class TooManyAttempts(TooManyRequests):
    code = 'too_many_attempts'
    title = 'Too many failed attempts. Wait before the next one.'


class AccountNotFound(NotFound):
    code = 'account_not_found'
    title = 'There is no such account.'


class SessionNotFound(NotFound):
    code = 'session_not_found'
    title = 'There is no such session.'


class LastAdmin(Conflict):
    code = 'last_admin'
    title = 'One administrator who is not blocked must remain.'


class NotAssumed(Conflict):
    code = 'not_assumed'
    title = 'This is a session of your own. There is nothing to return from.'


class OwnAccount(Conflict):
    code = 'own_account'
    title = 'Nobody blocks the account that they are signed in with.'
