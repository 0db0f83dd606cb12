"""Why an operation of the operator's is refused or failed. None of these travels over HTTP: they
are told at the terminal and in the log of the worker."""

from typing import ClassVar


class OperationFailed(Exception):
    """``reason`` says in a few words what kind of failure it is, ``detail`` what exactly."""

    reason: ClassVar[str]

    def __init__(self, detail: str) -> None:
        super().__init__(f'{self.reason}: {detail}')
        self.detail = detail

    @property
    def code(self) -> str:
        return self.reason.replace(' ', '_')


class NotABackup(OperationFailed):
    """No manifest under this name, or something else in its place."""

    reason = 'not a talelio backup'


class Corrupted(OperationFailed):
    """The stored dump is not the one that the manifest describes."""

    reason = 'corrupted'


class NewerThanThisVersion(OperationFailed):
    """A manifest or a schema that this code does not know."""

    reason = 'newer than this version'


class NoIdentity(OperationFailed):
    """An encrypted dump and no key at hand that opens it."""

    reason = 'no identity'


class DumpFailed(OperationFailed):
    reason = 'the dump failed'


class LoadFailed(OperationFailed):
    reason = 'the dump could not be loaded'


class UploadFailed(OperationFailed):
    """The bucket took less, or something else, than was sent."""

    reason = 'the upload failed'


class NotProven(OperationFailed):
    """What was restored is not what the manifest promises."""

    reason = 'not proven'


class AnotherIsRunning(OperationFailed):
    reason = 'another is running'
