"""Why a backup or an export does not take the place of the live database."""

from talelio_backend.operations.domain.errors import OperationFailed


class NotAllowed(OperationFailed):
    """The role of the application may not do what an exchange of databases needs."""

    reason = 'not allowed'


class StillInUse(OperationFailed):
    """Somebody is connected whose connection is not ours to end."""

    reason = 'still in use'


class HoldsAccounts(OperationFailed):
    reason = 'this installation holds accounts'


class NotAnExport(OperationFailed):
    reason = 'not a talelio export'


class FileFailed(OperationFailed):
    reason = 'the file cannot be used'


class FilesMissing(OperationFailed):
    """The media bucket lacks what rows name."""

    reason = 'files are missing'
