from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from talelio_backend.shared.presentation.schemas import Body, Line, LongText, PatchBody, Time, View

Short = Annotated[Line, Field(min_length=1, max_length=5)]
line: TypeAdapter[str] = TypeAdapter(Short)
long_text: TypeAdapter[str] = TypeAdapter(LongText)
moment: TypeAdapter[datetime] = TypeAdapter(Time)


@given(st.text(max_size=12))
def test_accepted_line_is_trimmed_composed_and_short(text: str) -> None:
    try:
        value = line.validate_python(text)
    except ValidationError:
        return
    assert 1 <= len(value) <= 5
    assert value == value.strip()
    assert line.validate_python(value) == value


@pytest.mark.parametrize('text', ['a\x00', 'a\x1fb', 'a\x7f', 'a\u0085b', 'a\nb', 'a\tb'])
def test_line_has_no_control_characters(text: str) -> None:
    with pytest.raises(ValidationError, match='control'):
        line.validate_python(text)


@pytest.mark.parametrize('text', ['', ' ', '\n\t ', 'six ch'])
def test_line_is_bounded_after_trimming(text: str) -> None:
    with pytest.raises(ValidationError):
        line.validate_python(text)


@pytest.mark.parametrize('text', ['a\r\nb', 'a\rb', ' a\tb\n', '', '\n'])
def test_long_text_is_kept_as_it_is(text: str) -> None:
    assert long_text.validate_python(text) == text


@pytest.mark.parametrize('text', ['a\x00', 'a\x0b', 'a\x1b[0m', 'a\x9f'])
def test_long_text_has_no_other_control_characters(text: str) -> None:
    with pytest.raises(ValidationError, match='control'):
        long_text.validate_python(text)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),
       st.integers(-23 * 60, 23 * 60))
def test_time_is_written_in_utc_with_microseconds(naive: datetime, minutes: int) -> None:
    aware = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    written = moment.dump_python(moment.validate_python(aware))
    assert written.endswith('Z') and len(written) == len('2026-03-14T12:00:00.000000Z')
    assert datetime.fromisoformat(written) == aware
    assert moment.validate_json(f'"{written}"') == aware


@pytest.mark.parametrize('text', ['0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00'])
def test_time_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        moment.validate_json(f'"{text}"')


@pytest.mark.parametrize('text', [
    '"2026-03-14T12:00:00"', '"2026-03-14"', '1773489600', '"noon"', '"1773489600"',
    '"2026-03-14T12:00Z"', '"2026-03-14 12:00:00Z"', '"2026-03-14T12:00:00+0200"',
    '"2026-02-30T12:00:00Z"', '"２０２６-03-14T12:00:00Z"', '""'
])
def test_time_in_another_form_is_refused(text: str) -> None:

    class Dated(Body):
        at: Time

    with pytest.raises(ValidationError):
        Dated.model_validate_json(f'{{"at": {text}}}')


def test_time_is_read_into_utc() -> None:
    read = moment.validate_json('"2026-03-14T14:00:00+02:00"')
    assert read == datetime(2026, 3, 14, 12, tzinfo=UTC) and read.utcoffset() == timedelta(0)
    assert moment.validate_python('2026-03-14t12:00:00.123456789z').microsecond == 123456


class Patch(PatchBody):
    title: Short | None = None
    count: int = 0


def test_patch_gives_what_was_sent_alone() -> None:
    assert Patch.model_validate_json('{"title": null}').changes() == {'title': None}
    assert Patch.model_validate_json('{"count": 0}').changes() == {'count': 0}


def test_empty_patch_is_refused() -> None:
    with pytest.raises(ValidationError) as refusal:
        Patch.model_validate_json('{}')
    assert [error['type'] for error in refusal.value.errors()] == ['empty']


@pytest.mark.parametrize('schema', [Body, PatchBody, View])
def test_schemas_cannot_be_changed(schema: Any) -> None:
    assert schema.model_config['frozen']
