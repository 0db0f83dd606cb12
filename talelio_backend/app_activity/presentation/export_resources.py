from collections.abc import Iterable

from flask import request

from talelio_backend.app_activity.presentation.schemas import ExportQuery
from talelio_backend.app_activity.services.exporting import ExportingService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import endpoint
from talelio_backend.shared.services.listing import BadQuery

_MEDIA_TYPES = {'csv': 'text/csv; charset=utf-8', 'ndjson': 'application/x-ndjson'}


class ExportResource(Resource):

    def __init__(self, exporting: ExportingService) -> None:
        self._exporting = exporting

    @endpoint(access=Level.ADMIN,
              summary='The activity as a file, CSV or NDJSON',
              errors=(BadQuery, ),
              produces='*/*')
    def get(self, query: ExportQuery) -> Answer:
        return Answer(
            body=self._file(query),
            media_type=_MEDIA_TYPES[query.format],
            headers={'Content-Disposition': f'attachment; filename="activity.{query.format}"'})

    def _file(self, query: ExportQuery) -> bytes | Iterable[bytes]:
        if request.method == 'HEAD':
            self._exporting.check(query.chosen())
            return b''  # carries nothing away, and so is not noted
        return self._exporting.export(query.chosen(), format_=query.format)
