"""What the schemas of several parts share."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from talelio_backend.shared.presentation.schemas import View

# ASCII digits alone: Decimal would take those of other scripts as well.
_MONEY = re.compile(r'[0-9]{1,9}(\.[0-9]{1,2})?')
_CENT = Decimal('0.01')

StatusName = Literal['active', 'inactive', 'all']
"""Which rows of a list of the catalogue are wanted."""

Slug = Annotated[str, Field(pattern=r'^[a-z][a-z0-9_-]{1,29}$')]
"""The id of an item type."""


def _money(value: Any) -> Decimal:
    if not isinstance(value, str):
        raise PydanticCustomError('string_type', 'write an amount as a string: "12.50"')
    if _MONEY.fullmatch(value) is None:
        raise PydanticCustomError('wrong_form', 'write an amount with at most two decimals')
    return Decimal(value).quantize(_CENT)


MoneyText = Annotated[Decimal,
                      BeforeValidator(_money),
                      WithJsonSchema({
                          'type': 'string',
                          'pattern': f'^{_MONEY.pattern}$',
                          'examples': ['12.50']
                      })]
"""An amount in a request, not negative: a string of at most two decimals; a JSON number is
refused. It comes out as a Decimal with two digits. Bound it with ``Field(ge=…, le=…)``."""


class CoverVariantView(View):
    width: int
    height: int
    url: str
    content_type: str
    bytes: int


class CoverView(View):
    image_id: UUID
    url: str
    variants: list[CoverVariantView]


class SmallBookView(View):
    """A book where something else is about it."""

    id: UUID
    title: str
    active: bool
    cover: CoverView | None


class CopyNameView(View):
    id: UUID
    barcode: str


class MemberNameView(View):
    id: UUID
    username: str
