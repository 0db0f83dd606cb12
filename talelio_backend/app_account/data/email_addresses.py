import email_validator
from email_validator import EmailNotValidError, validate_email

from talelio_backend.app_account.domain.names import EMAIL_MAX
from talelio_backend.shared.domain.errors import Fault, Invalid

# The syntax alone is judged here. Names like ``.test`` and ``.local`` are for machines at home,
# where this runs too. Emptying this list is the package's documented way to accept them.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


class EmailAddresses:
    """RFC 5321 without quoting, address literals and SMTPUTF8, which mail servers refuse."""

    def checked(self, email: str) -> str:
        address = email.strip()
        if len(address) > EMAIL_MAX:
            raise _refused('too_long', f'at most {EMAIL_MAX} characters')
        try:
            found = validate_email(address,
                                   check_deliverability=False,
                                   globally_deliverable=False,
                                   allow_smtputf8=False)
        except (EmailNotValidError, UnicodeError) as error:
            raise _refused('wrong_form', 'this is not an e-mail address') from error
        # Shown as typed: the package would put the domain into lower case.
        stored = address if address.isascii() else found.ascii_email
        if stored is None or '.' not in stored.rpartition('@')[2]:
            raise _refused('wrong_form', 'this is not an e-mail address')
        if len(stored) > EMAIL_MAX:
            raise _refused('too_long', f'at most {EMAIL_MAX} characters')
        return stored


def _refused(code: str, detail: str) -> Invalid:
    return Invalid(Fault('/email', code, detail))
