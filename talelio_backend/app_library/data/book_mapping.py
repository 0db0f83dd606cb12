"""Books and their rows. Who had a part in one is kept by the repository: it is a value of the
book, and no object of its own."""

from talelio_backend.app_library.data.catalogue_orm import book_table
from talelio_backend.app_library.domain.book import Book
from talelio_backend.shared.data.orm import mapper_registry

mapper_registry.map_imperatively(
    Book,
    book_table,
    # The domain counts; the mapper refuses to write over a version that it did not read.
    version_id_col=book_table.c.version,
    version_id_generator=False,
    # What a book is found by is written beside it.
    include_properties=('id', 'title', 'subtitle', 'category_id', 'item_type', 'description',
                        'isbn13', 'publisher', 'year', 'language', 'cover_image_id',
                        'deactivated_at', 'version', 'created_at', 'updated_at'))
