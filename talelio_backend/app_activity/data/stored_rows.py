"""Rows of the table as the chain and the export see them."""

from typing import Any

from talelio_backend.app_activity.data.orm import activity_table
from talelio_backend.app_activity.domain.chain import Row, moment

_C = activity_table.c
COLUMNS = (_C.id, _C.created_at, _C.area, _C.action, _C.text, _C.actor_id, _C.impersonator_id,
           _C.target_type, _C.target_id, _C.target_label, _C.changes, _C.request_id, _C.seq,
           _C.prev_hash, _C.content_hash, _C.hash, _C.redacted)


def stored_row(row: Any, **names: str | None) -> Row:
    target = None
    if row.target_type is not None:
        target = {'type': row.target_type, 'id': row.target_id, 'label': row.target_label}
    content = {
        'id': str(row.id),
        'created_at': moment(row.created_at),
        'area': row.area,
        'action': row.action,
        'text': row.text,
        'actor_id': _text(row.actor_id),
        'impersonator_id': _text(row.impersonator_id),
        'target': target,
        'changes': row.changes,
        'request_id': row.request_id,
    }
    return Row(created_at=row.created_at,
               content=content,
               seq=row.seq,
               prev_hash=row.prev_hash,
               content_hash=row.content_hash,
               hash=row.hash,
               redacted=row.redacted,
               **names)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
