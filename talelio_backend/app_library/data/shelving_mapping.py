"""Authors, categories and item types as rows. What they are sorted and found by is folded here,
whenever a row is written, so that no writer forgets it."""

from typing import Any

from sqlalchemy import event

from talelio_backend.app_library.data.book_index import fold_key
from talelio_backend.app_library.data.catalogue_orm import (author_table, category_table,
                                                            item_type_table)
from talelio_backend.app_library.domain.author import Author
from talelio_backend.app_library.domain.category import Category
from talelio_backend.app_library.domain.item_type import ItemType
from talelio_backend.shared.data.orm import mapper_registry

mapper_registry.map_imperatively(Author, author_table)
mapper_registry.map_imperatively(Category, category_table)
mapper_registry.map_imperatively(ItemType, item_type_table)


@event.listens_for(Author, 'before_insert')
@event.listens_for(Author, 'before_update')
def _fold_author(_mapper: Any, _connection: Any, author: Any) -> None:
    author.given_key = fold_key(author.given_name)
    author.family_key = fold_key(author.family_name)


@event.listens_for(Category, 'before_insert')
@event.listens_for(Category, 'before_update')
def _fold_category(_mapper: Any, _connection: Any, category: Any) -> None:
    category.name_key = fold_key(category.name)
