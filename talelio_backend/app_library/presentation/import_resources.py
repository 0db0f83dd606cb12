import json
from uuid import UUID

from flask import request

from talelio_backend.app_library.domain.importing import Duplicates, Format
from talelio_backend.app_library.domain.intake_errors import (ImportHasFinished, ImportNotFound,
                                                              TooManyRecords)
from talelio_backend.app_library.presentation.intake_schemas import (ImportQuery, ImportsView,
                                                                     ImportView, IsbnsBody,
                                                                     ProblemsView)
from talelio_backend.app_library.services.importing import ImportService
from talelio_backend.app_library.services.intake_ports import MAX_FILE_BYTES
from talelio_backend.app_library.services.intake_queries import ImportQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.presentation.problems import BodyTooLarge, MediaTypeNotSupported
from talelio_backend.shared.presentation.reading import raw_body
from talelio_backend.shared.services.listing import BadQuery

FORMATS = {
    'text/csv': Format.CSV,
    'application/marc': Format.MARC,
    'application/marcxml+xml': Format.MARCXML
}


class ImportsResource(Resource):

    def __init__(self, imports: ImportService, queries: ImportQueries) -> None:
        self._imports = imports
        self._queries = queries

    @endpoint(
        access=Level.ADMIN,
        summary='Import books from a file or by their ISBNs; a dry run unless told otherwise',
        status=202,
        response=ImportView,
        errors=(BodyTooLarge, MediaTypeNotSupported, TooManyRecords),
        idempotent=True,
        file_types=tuple(FORMATS),
        max_body=MAX_FILE_BYTES)
    def post(self, query: ImportQuery, body: IsbnsBody | None) -> Answer:
        if body is None:
            format_, content = FORMATS[request.mimetype], raw_body()
        else:
            format_, content = Format.ISBN, json.dumps({'isbns': body.isbns}).encode()
        import_id = self._imports.start(format_=format_,
                                        content=content,
                                        dry_run=query.dry_run,
                                        duplicates=Duplicates(query.duplicates))
        return document(self._queries.one(import_id), location=f'/v1/library/imports/{import_id}')

    @endpoint(access=Level.ADMIN,
              summary='The imports, newest first',
              response=ImportsView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('imports', self._queries.imports(wanted), wanted)


class ImportResource(Resource):

    def __init__(self, imports: ImportService, queries: ImportQueries) -> None:
        self._imports = imports
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='How far an import is, with its first problems',
              response=ImportView,
              errors=(ImportNotFound, ))
    def get(self, import_id: UUID) -> Answer:
        return document(self._queries.one(import_id))

    @endpoint(access=Level.ADMIN,
              summary='Stop an import; what is through stays',
              status=202,
              response=ImportView,
              errors=(ImportNotFound, ImportHasFinished))
    def delete(self, import_id: UUID) -> Answer:
        self._imports.cancel(import_id=import_id)
        return document(self._queries.one(import_id))


class ProblemsResource(Resource):

    def __init__(self, queries: ImportQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='What was wrong with the records of an import, by row',
              response=ProblemsView,
              errors=(ImportNotFound, BadQuery))
    def get(self, import_id: UUID, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('problems', self._queries.problems(import_id, wanted), wanted)
