"""The base of all request and response schemas, and the types that several areas share."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import (AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict,
                      PlainSerializer, model_validator)
from pydantic_core import PydanticCustomError

_RFC3339 = re.compile(r'\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)', re.ASCII)


class Body(BaseModel):
    """A request body. Unknown keys are refused; JSON types are not bent into one another."""

    model_config = ConfigDict(extra='forbid', strict=True, frozen=True)


class PatchBody(Body):
    """A merge patch (RFC 7396): what is absent stays, null clears. At least one key."""

    @model_validator(mode='after')
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError('empty', 'name at least one thing to change')
        return self

    def changes(self) -> dict[str, Any]:
        """The keys that were sent, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Query(BaseModel):
    """Query parameters; those that are not named are ignored."""

    model_config = ConfigDict(extra='ignore', frozen=True)


class View(BaseModel):
    """A response. No field has a default: what is answered is said."""

    model_config = ConfigDict(frozen=True)


# Unicode's category Cc; in long text tab, line feed and carriage return are no fault.
_CONTROLS = re.compile(r'[\x00-\x1f\x7f-\x9f]')
_CONTROLS_OF_LONG_TEXT = re.compile(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]')


def _text(value: str) -> str:
    value = unicodedata.normalize('NFC', value).strip()
    return _without(_CONTROLS, value)


def _long_text(value: str) -> str:
    return _without(_CONTROLS_OF_LONG_TEXT, value)


def _without(controls: re.Pattern[str], value: str) -> str:
    if controls.search(value):
        raise PydanticCustomError('control_character', 'control characters are not accepted')
    return value


def _blank_is_none(value: Any) -> Any:
    return None if value == '' else value


def _read_time(value: Any) -> Any:
    # Pydantic alone would take seconds since 1970 and several other spellings as well.
    if not isinstance(value, str):
        return value
    try:
        if _RFC3339.fullmatch(value):
            return datetime.fromisoformat(value.upper())
    except ValueError:
        pass  # of the form, and not in the calendar
    raise PydanticCustomError('wrong_form', 'write a time as in RFC 3339, its offset included')


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError('out_of_range', 'beyond the calendar') from error


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec='microseconds').replace('+00:00', 'Z')


Line = Annotated[str, AfterValidator(_text)]
"""One line of text: NFC, trimmed, without control characters. Bound it with ``Field``."""

LongText = Annotated[str, AfterValidator(_long_text)]
"""Text of many lines, kept as it is; control characters other than tab and line end refused."""

BlankIsNone = BeforeValidator(_blank_is_none)  # pylint: disable=invalid-name  # annotates like a type
"""Annotates a nullable field that ``""`` clears like null."""

Time = Annotated[AwareDatetime,
                 BeforeValidator(_read_time),
                 AfterValidator(_utc),
                 PlainSerializer(_rfc3339, return_type=str)]
"""RFC 3339; written in UTC with ``Z``."""
