import io

import click
import pytest

from talelio_backend.operations.domain.row_change import RowChange
from talelio_backend.operations.restore_commands import ask, tell_changes


class Terminal(io.StringIO):

    def isatty(self) -> bool:
        return True


def test_somebody_at_a_terminal_is_asked(monkeypatch: pytest.MonkeyPatch,
                                         capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr('sys.stdin', Terminal('y\n'))
    ask('Replace it?', yes=False)
    # The standard output is the answer's.
    assert capsys.readouterr().out == ''


@pytest.mark.parametrize('typed', ['n\n', '\n', ''])
def test_anything_but_yes_ends_it(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr('sys.stdin', Terminal(typed))
    with pytest.raises(click.Abort):
        ask('Replace it?', yes=False)


def test_nobody_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('sys.stdin', io.StringIO('y\n'))
    ask('Replace it?', yes=True)
    with pytest.raises(click.ClickException, match='--yes'):
        ask('Replace it?', yes=False)


def test_rows_stand_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    tell_changes([
        RowChange(table='public.account', now=12, then=1000),
        RowChange(table='public.loan', now=7, then=None)
    ])
    assert capsys.readouterr().out == ('table           rows now  rows then\n'
                                       'public.account        12       1000\n'
                                       'public.loan            7          –\n')
