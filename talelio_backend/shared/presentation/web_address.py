from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from talelio_backend.shared.domain.web_address import LONGEST_WEB_ADDRESS, is_web_address
from talelio_backend.shared.presentation.schemas import Line


def _check(value: str) -> str:
    if not is_web_address(value):
        raise PydanticCustomError('wrong_form', 'an absolute http or https address is needed')
    return value


WebAddress = Annotated[Line, Field(max_length=LONGEST_WEB_ADDRESS), AfterValidator(_check)]
"""An absolute http or https address."""
