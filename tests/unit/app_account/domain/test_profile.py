from datetime import date
from typing import Any

import pytest

from talelio_backend.app_account.domain.countries import COUNTRIES
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.domain.profile import checked_profile
from talelio_backend.shared.domain.errors import Invalid

LANGUAGES = Languages(offered=('en', 'fi'), default='en')
TODAY = date(2026, 3, 14)


def _check(**values: Any) -> dict[str, Any]:
    return checked_profile(values, languages=LANGUAGES, today=TODAY)


def _fault(**values: Any) -> str:
    with pytest.raises(Invalid) as refused:
        _check(**values)
    (fault, ) = refused.value.faults
    assert fault.pointer == f'/{next(iter(values))}'
    return fault.code


def test_text_is_composed_and_trimmed() -> None:
    assert _check(display_name=' A\u0308nn ') == {'display_name': '\u00c4nn'}
    assert _check(bio=' one\r\ntwo\t ') == {'bio': 'one\ntwo'}


@pytest.mark.parametrize(
    'name', ['display_name', 'first_name', 'last_name', 'city', 'country', 'avatar_url'])
def test_empty_text_clears_like_null(name: str) -> None:
    assert _check(**{name: ''}) == _check(**{name: None}) == {name: None}


@pytest.mark.parametrize('name', ['location', 'bio'])
def test_location_and_bio_are_never_null(name: str) -> None:
    assert _check(**{name: None}) == {name: ''}


@pytest.mark.parametrize(('name', 'longest'), [('display_name', 80), ('location', 80),
                                               ('bio', 2000), ('city', 80)])
def test_length_is_judged_after_trimming(name: str, longest: int) -> None:
    assert _check(**{name: ' ' + 'x' * longest + ' '}) == {name: 'x' * longest}
    assert _fault(**{name: 'x' * (longest + 1)}) == 'too_long'


def test_control_characters_are_refused() -> None:
    assert _fault(display_name='a\nb') == 'control_character'
    assert _fault(bio='a\0b') == 'control_character'


@pytest.mark.parametrize('url', ['https://example.org/a.png?x=1', 'http://[::1]:8080/a'])
def test_absolute_web_address_is_an_avatar(url: str) -> None:
    assert _check(avatar_url=url) == {'avatar_url': url}


@pytest.mark.parametrize('url', [
    'javascript:alert(1)', '//example.org/a.png', 'ftp://example.org/a', 'https:///a',
    'https://exa mple.org', 'https://example.org:port/', 'http://[::1', 'https://x.org/"onload'
])
def test_other_addresses_are_no_avatar(url: str) -> None:
    assert _fault(avatar_url=url) == 'wrong_form'


def test_birth_lies_between_1900_and_today() -> None:
    assert _check(birth_date=TODAY) == {'birth_date': TODAY}
    assert _check(birth_date=date(1900, 1, 1)) == {'birth_date': date(1900, 1, 1)}
    assert _fault(birth_date=date(2026, 3, 15)) == 'out_of_range'
    assert _fault(birth_date=date(1899, 12, 31)) == 'out_of_range'


def test_country_is_a_code_of_three_letters() -> None:
    assert len(COUNTRIES) == 249
    assert _check(country='FIN') == {'country': 'FIN'}
    assert _fault(country='fin') == 'not_an_option'


def test_language_is_one_of_those_offered() -> None:
    assert _check(language='fi') == {'language': 'fi'}
    assert _fault(language='sv') == 'not_an_option'


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        _check(country='XXX', display_name='x' * 81)
    assert {fault.pointer for fault in refused.value.faults} == {'/country', '/display_name'}


@pytest.mark.parametrize(('accepted', 'found'), [(['fi-FI', 'en'], 'fi'), (['sv', 'FI'], 'fi'),
                                                 (['sv'], 'en'), ([], 'en')])
def test_best_language_is_the_first_accepted_one(accepted: list[str], found: str) -> None:
    assert LANGUAGES.best(accepted) == found
