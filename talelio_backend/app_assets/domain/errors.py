from talelio_backend.shared.domain.errors import Conflict, NotFound


class ImageNotFound(NotFound):
    code = 'image_not_found'
    title = 'There is no such image.'


class ImageInUse(Conflict):
    """``used_by`` lists ``{kind, id, title}`` of what refers to the image."""

    code = 'image_in_use'
    title = 'Something still shows this image. Send force=true to delete it all the same.'


class QuotaExceeded(Conflict):
    """``used_bytes`` and ``quota_bytes`` say how much room there is."""

    code = 'quota_exceeded'
    title = 'There is no room for more images.'


class ImageStoredAlready(Conflict):
    """The same person stored the very same file at the same instant; never leaves the service."""

    code = 'image_stored_already'
    title = 'This image is stored already.'
