"""The catalogue as a file, and what others know of a book."""

from collections.abc import Iterable

from flask import request

from talelio_backend.app_library.domain.intake_errors import MetadataNotFound, MetadataUnavailable
from talelio_backend.app_library.domain.isbn import NoIsbn, WrongCheckDigit, isbn13_of
from talelio_backend.app_library.presentation.intake_schemas import (ExportQuery, MetadataQuery,
                                                                     MetadataView)
from talelio_backend.app_library.services.exporting import CatalogueExportService
from talelio_backend.app_library.services.looking_up import MetadataService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Fault
from talelio_backend.shared.presentation import conditional
from talelio_backend.shared.presentation.answers import Answer
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import endpoint
from talelio_backend.shared.presentation.problems import BadRequest

# Seconds that a request waits for its turn at the source.
PATIENCE = 5.0


class ExportResource(Resource):

    def __init__(self, exporting: CatalogueExportService) -> None:
        self._exporting = exporting

    @endpoint(access=Level.ADMIN,
              summary='All titles with their copies as a file, CSV or MARCXML',
              produces='*/*')
    def get(self, query: ExportQuery) -> Answer:
        writer = self._exporting.writer(query.format)
        name = f'attachment; filename="catalogue.{writer.extension}"'
        return Answer(body=self._file(query.format),
                      media_type=writer.media_type,
                      headers={'Content-Disposition': name})

    def _file(self, format_: str) -> bytes | Iterable[bytes]:
        if request.method == 'HEAD':
            return b''  # carries nothing away, and so is not noted
        return self._exporting.export(format_=format_)


class MetadataResource(Resource):

    def __init__(self, metadata: MetadataService) -> None:
        self._metadata = metadata

    @endpoint(access=Level.ADMIN,
              summary='What others know of the book of an ISBN',
              response=MetadataView,
              errors=(BadRequest, MetadataNotFound, MetadataUnavailable))
    def get(self, query: MetadataQuery) -> Answer:
        found = self._metadata.find(_isbn(query.isbn), patience=PATIENCE)
        body = MetadataView(isbn13=found.isbn13,
                            title=found.title,
                            subtitle=found.subtitle,
                            authors=list(found.authors),
                            publisher=found.publisher,
                            year=found.year,
                            language=found.language,
                            description=found.description,
                            source=found.source).model_dump_json()
        return Answer(body=body, etag=conditional.etag(body))


def _isbn(text: str) -> str:
    try:
        return isbn13_of(text)
    except WrongCheckDigit as error:
        fault = Fault('/isbn', 'wrong_check_digit', 'the check digit does not fit')
        raise BadRequest(fault) from error
    except NoIsbn as error:
        fault = Fault('/isbn', 'wrong_form', 'write an ISBN of 10 or 13 digits')
        raise BadRequest(fault) from error
