"""What imports, exports and the look-up of metadata refuse."""

from talelio_backend.shared.domain.errors import Conflict, NotFound, TooLarge, Unavailable


class ImportNotFound(NotFound):
    code = 'import_not_found'
    title = 'There is no such import.'


class ImportHasFinished(Conflict):
    code = 'import_finished'
    title = 'The import has ended already.'


class TooManyRecords(TooLarge):
    code = 'too_many_records'
    title = 'One import takes 20,000 records at most.'


class MetadataNotFound(NotFound):
    code = 'metadata_not_found'
    title = 'Nobody knows a book of this ISBN.'


class MetadataUnavailable(Unavailable):
    code = 'metadata_unavailable'
    title = 'The source of metadata does not answer at the moment.'
