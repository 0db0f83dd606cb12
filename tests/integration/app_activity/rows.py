"""Rows of the activity as the recorder would write them, without the change that they tell of."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from talelio_backend.shared.data.search_vector import search_vector
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Site

LIST = '/v1/activity'
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_minutes = count()
_INSERT = '''
    INSERT INTO activity (id, created_at, area, action, text, actor_id, impersonator_id,
        target_type, target_id, target_label, changes, request_id, search)
    VALUES (:id, :created_at, :area, :action, :text, :actor_id, :impersonator_id, :target_type,
        :target_id, :target_label, CAST(:changes AS jsonb), :request_id,
        CAST(:search AS tsvector))
'''


def write(site: Site, text: str = 'Created “Boat”', **more: Any) -> UUID:
    """One row, a minute younger than the one before it."""
    row: dict[str, Any] = {
        'id': new_id(),
        'created_at': BEGIN + timedelta(minutes=next(_minutes)),
        'area': 'project',
        'action': 'project_created',
        'actor_id': None,
        'impersonator_id': None,
        'target_type': None,
        'target_id': None,
        'target_label': None,
        'changes': None,
        'request_id': None,
        'text': text,
    } | more
    row.setdefault('search', search_vector(text, row['target_label']))
    site.execute(_INSERT, **row)
    id_: UUID = row['id']
    return id_
