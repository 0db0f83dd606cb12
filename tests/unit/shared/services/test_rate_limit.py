import pytest

from talelio_backend.shared.services.rate_limit import Limit, parse_limits


@pytest.mark.parametrize(('notation', 'limits'), [
    ('120/minute', [Limit(120, 60)]),
    ('1/second', [Limit(1, 1)]),
    ('5/hour', [Limit(5, 3600)]),
    ('999999999/day', [Limit(999_999_999, 86_400)]),
    ('1/minute;10/day', [Limit(1, 60), Limit(10, 86_400)]),
    (' 1/minute ; 10/day ', [Limit(1, 60), Limit(10, 86_400)]),
])
def test_notation_is_read(notation: str, limits: list[Limit]) -> None:
    assert list(parse_limits(notation)) == limits


@pytest.mark.parametrize('notation', [
    '', ';', '1/minute;', 'unlimited', '0/minute', '-1/minute', '01/minute', '1.5/minute',
    '1/week', '1 / minute', '1/minutes', '1/MINUTE', '1000000000/day', '١/minute', '1/minute\n2'
])
def test_anything_else_is_refused(notation: str) -> None:
    with pytest.raises(ValueError, match='second.minute.hour.day'):
        parse_limits(notation)
