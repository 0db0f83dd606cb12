from collections.abc import Sequence as Several
from uuid import UUID

from sqlalchemy import Integer, Sequence, bindparam, func, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.catalogue_orm import copy_table
from talelio_backend.app_library.domain.copy import Copy, Status
from talelio_backend.shared.data.orm import Id

_C = copy_table.c
_numbers = Sequence('library_barcode')
# Weaker than FOR UPDATE: loans and holds that refer to a copy are not in the way.
_locked = select(Copy).with_for_update(key_share=True).execution_options(populate_existing=True)
_one = _locked.where(_C.id == bindparam('copy_id', type_=Id))
_free_or_kept = _locked.where(_C.book_id == bindparam('book_id', type_=Id),
                              _C.status.in_([Status.AVAILABLE,
                                             Status.ON_HOLD_SHELF])).order_by(_C.id)
_drawn = select(_numbers.next_value()).select_from(
    func.generate_series(1, bindparam('count', type_=Integer)))
_taken = select(_C.barcode).where(_C.barcode == func.any(bindparam('barcodes')))


class SqlCopyRepository:
    """See the port ``CopyRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, copy: Copy) -> None:
        self._session.add(copy)

    def with_id(self, copy_id: UUID) -> Copy | None:
        return self._session.scalars(_one, {'copy_id': copy_id}).one_or_none()

    def in_circulation(self, book_id: UUID) -> Several[Copy]:
        return self._session.scalars(_free_or_kept, {'book_id': book_id}).all()

    def next_barcodes(self, count: int) -> Several[str]:
        """Draws again for each that staff have given to a copy by hand."""
        found: list[str] = []
        while len(found) < count:
            numbers = self._session.scalars(_drawn, {'count': count - len(found)}).all()
            barcodes = [f'{number:08d}' for number in numbers]
            taken = set(self._session.scalars(_taken, {'barcodes': barcodes}))
            found += [barcode for barcode in barcodes if barcode not in taken]
        return found
