import pytest

from benchmarks.generator import OWN, WRK, Generator, NoGenerator
from benchmarks.options import parse


def test_other_server_may_have_a_name() -> None:
    options = parse(['--against', 'http://127.0.0.1:8001', 'other=http://127.0.0.1:8002/'])
    assert [(one.name, one.base, one.port) for one in options.against] == [
        ('127.0.0.1:8001', 'http://127.0.0.1:8001', 8001),
        ('other', 'http://127.0.0.1:8002', 8002),
    ]


def test_url_with_an_equals_sign_has_no_name() -> None:
    assert parse(['--against', 'http://127.0.0.1:1/?a=b']).against[0].name == '127.0.0.1:1'


@pytest.mark.parametrize('given', [['--against', 'ftp://host'], ['--against', 'x=nothing'],
                                   ['--rows', '0'], ['--seconds', '-1'], ['--rounds', 'many']])
def test_nonsense_is_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parse(given)
    assert refused.value.code == 2


def test_beside_others_only_reads_are_measured() -> None:
    assert not parse([]).reads_only
    assert parse(['--reads']).reads_only
    assert parse(['--rivals']).reads_only
    assert parse(['--against', 'http://127.0.0.1:1']).reads_only


def test_every_run_is_bounded() -> None:
    assert parse([]).most_seconds < parse(['--seconds', '30']).most_seconds
    assert parse(['--limit', '7']).most_seconds == 7


def test_wrk_drives_where_it_is_on_the_path() -> None:
    assert Generator(find=lambda name: f'/bin/{name}').name == WRK
    assert Generator(find=lambda name: None).name == OWN
    assert Generator(OWN, find=lambda name: f'/bin/{name}').name == OWN
    with pytest.raises(NoGenerator):
        Generator(WRK, find=lambda name: None)
