from uuid import uuid4

from talelio_backend.app_account.data.link_tokens import DerivedLinkTokens
from talelio_backend.app_account.domain.link import Link, Purpose
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON

KEY, NEW = 'k' * 64, 'n' * 64


def _link(tokens: DerivedLinkTokens) -> Link:
    link_id = new_id()
    return Link(id=link_id,
                purpose=Purpose.VERIFY_EMAIL,
                account_id=uuid4(),
                email='ann@example.org',
                token_digest=tokens.digest_for(link_id),
                created_at=NOON,
                expires_at=NOON)


def test_token_is_made_again_from_the_link() -> None:
    tokens = DerivedLinkTokens([KEY])
    link = _link(tokens)
    token = tokens.token(link)
    assert token is not None
    assert len(token) == 43
    assert tokens.digest(token) == link.token_digest


def test_link_made_before_the_key_was_replaced_is_still_mailed() -> None:
    link = _link(DerivedLinkTokens([KEY]))
    assert DerivedLinkTokens([NEW, KEY]).token(link) == DerivedLinkTokens([KEY]).token(link)
    assert DerivedLinkTokens([NEW]).token(link) is None


def test_any_text_may_be_shown_as_a_token() -> None:
    assert len(DerivedLinkTokens([KEY]).digest('\ud800 é')) == 32
