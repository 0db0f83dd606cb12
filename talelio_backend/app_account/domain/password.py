import unicodedata
from collections.abc import Callable

from talelio_backend.app_account.domain.names import local_part
from talelio_backend.shared.domain.errors import Fault, Invalid

MIN_CHARACTERS = 8
MAX_BYTES = 1024


class PasswordTooLong(ValueError):
    """More than anybody's password may have, so that it is never hashed."""


def prepared(password: str) -> str:
    """The password as it is hashed: NFKC (NIST SP 800-63B, section 5.1.1.2), so that one way to
    type a letter is as good as another. Raises PasswordTooLong."""
    for form in (password, unicodedata.normalize('NFKC', password[:MAX_BYTES + 1])):
        if len(form.encode(errors='surrogatepass')) > MAX_BYTES:
            raise PasswordTooLong()
    return unicodedata.normalize('NFKC', password)


def checked_password(password: str, *, username: str | None, email: str | None,
                     is_common: Callable[[str], bool]) -> str:
    """The password as it is hashed. ``is_common`` is asked with the case folded.

    Raises Invalid with every reason to refuse it.
    """
    try:
        ready = prepared(password)
    except PasswordTooLong:
        raise Invalid(_fault('too_long', f'at most {MAX_BYTES} bytes in UTF-8')) from None
    faults = []
    if len(ready) < MIN_CHARACTERS:
        faults.append(_fault('too_short', f'at least {MIN_CHARACTERS} characters'))
    folded = ready.casefold()
    if is_common(folded):
        faults.append(_fault('too_common', 'this is one of the passwords that are tried first'))
    names = [username, email, local_part(email) if email else None]
    if folded in {name.casefold() for name in names if name}:
        faults.append(_fault('like_name', 'not the username, the e-mail address or its beginning'))
    if faults:
        raise Invalid(*faults)
    return ready


def _fault(code: str, detail: str) -> Fault:
    return Fault('/password', code, detail)
