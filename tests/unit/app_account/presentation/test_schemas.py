import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from talelio_backend.app_account.presentation.schemas import LoginBody, ProfileBody


def _profile(**values: Any) -> dict[str, Any]:
    return ProfileBody.model_validate_json(json.dumps(values)).changes()


def _codes(schema: type[Any], **values: Any) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        schema.model_validate_json(json.dumps(values))
    return [error['type'] for error in refused.value.errors()]


def test_only_what_was_sent_is_changed() -> None:
    assert _profile(bio='x') == {'bio': 'x'}
    assert _profile(city=None) == {'city': None}


def test_date_is_written_as_year_month_day() -> None:
    assert _profile(birth_date='2000-02-29') == {'birth_date': date(2000, 2, 29)}
    assert _profile(birth_date='') == _profile(birth_date=None) == {'birth_date': None}
    for wrong in ('2001-02-29', '20000229', '2000-02-29T00:00:00', 951782400, 'x', '2000-2-9',
                  '２０００-02-29', '2000-W09-2', ' '):
        assert len(_codes(ProfileBody, birth_date=wrong)) == 1


@pytest.mark.parametrize('key', ['email', 'username', 'level', 'password', 'id'])
def test_profile_knows_no_other_keys(key: str) -> None:
    assert _codes(ProfileBody, **{key: 'x'}) == ['extra_forbidden']


def test_language_is_never_null() -> None:
    assert _codes(ProfileBody, language=None) == ['string_type']


def test_exactly_one_name_signs_in() -> None:
    assert _codes(LoginBody, password='x') == ['exactly_one']
    assert _codes(LoginBody, email='a@b.org', username='a', password='x') == ['exactly_one']
    LoginBody.model_validate_json('{"username": "a", "password": "x"}')


def test_password_stands_in_no_text() -> None:
    assert 'hunter2' not in repr(LoginBody(username='a', password='hunter2'))
