from typing import Any

from pydantic import BeforeValidator

from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.presentation.edge import caller


def _of_staff(value: Any) -> Any:
    if not caller().is_admin:
        raise NotYours()
    return value


FOR_STAFF = BeforeValidator(_of_staff)
"""Annotates a field of a body that administrators alone may send: NotYours to anybody else,
before its value is looked at."""
