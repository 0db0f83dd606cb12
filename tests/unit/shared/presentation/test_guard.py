from dataclasses import replace
from uuid import uuid4

import pytest

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.guard import check_access
from talelio_backend.shared.services.authentication import AssumedSession, Caller

SENSITIVE = Declaration(access=Level.MEMBER,
                        summary='Change my password',
                        status=204,
                        response=None,
                        errors=(),
                        unverified=True,
                        sensitive=True)
OWNER = Caller(account_id=uuid4(), level=Level.MEMBER)
IMPERSONATOR = replace(OWNER, impersonator_id=uuid4())


def test_who_acts_as_somebody_else_is_shut_out_of_what_is_sensitive() -> None:
    with pytest.raises(AssumedSession) as refused:
        check_access(SENSITIVE, IMPERSONATOR, 'PUT')
    assert refused.value.code == 'assumed_session'


def test_owner_is_let_in_and_so_is_everybody_elsewhere() -> None:
    check_access(SENSITIVE, OWNER, 'PUT')
    check_access(replace(SENSITIVE, sensitive=False), IMPERSONATOR, 'PUT')
