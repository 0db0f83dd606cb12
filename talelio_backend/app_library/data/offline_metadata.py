"""Sources of metadata that ask nobody."""

from talelio_backend.app_library.domain.intake_errors import MetadataUnavailable
from talelio_backend.app_library.services.metadata import Metadata

_KNOWN = Metadata(isbn13='9780000000002',
                  title='The Lighthouse Almanac',
                  authors=('Ada Example', ),
                  year=2001,
                  language='en',
                  source='fake')
_DOWN = '9780000000019'


class FakeMetadata:
    """Knows one book, fails on another, and misses all others. For development and tests."""

    def find(self, isbn13: str, *, patience: float) -> Metadata | None:  # pylint: disable=unused-argument
        if isbn13 == _DOWN:
            raise MetadataUnavailable()
        return _KNOWN if isbn13 == _KNOWN.isbn13 else None


class NoMetadata:
    """The look-up is off."""

    def find(self, isbn13: str, *, patience: float) -> Metadata | None:
        raise MetadataUnavailable()


class NoCovers:
    """Of sources that name no covers. See the port ``CoverSource``."""

    def cover(self, url: str, *, patience: float) -> bytes | None:  # pylint: disable=unused-argument
        return None
