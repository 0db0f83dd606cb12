from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, select
from sqlalchemy.sql.functions import concat

from talelio_backend.app_article.data.orm import tag_table
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.sql import json_object
from talelio_backend.shared.services.listing import CursorCodec, Page, PageRequest


class TagList:
    """The tags of published articles, of everybody or of ``owner`` alone. Of a tag that is
    written in several ways, one is shown."""

    def __init__(self,
                 name: str,
                 cursors: CursorCodec,
                 owner: ColumnElement[Any] | None = None) -> None:
        number = func.count().label('articles_count')  # pylint: disable=not-callable
        counted = select(tag_table.c.slug, func.min(tag_table.c.tag).label('tag'), number)
        counted = counted.where(tag_table.c.published).group_by(tag_table.c.slug)
        if owner is not None:
            counted = counted.where(tag_table.c.owner_id == owner)
        self._tags = tags = counted.subquery('tags')
        by_number = SqlSort(id='articles_count',
                            label='Number of articles',
                            key=tags.c.articles_count)
        by_name = SqlSort(id='tag', label='Tag', key=tags.c.tag)
        self._list = SqlList(name=name,
                             sorts=(by_number, by_name),
                             default='articles_count_desc',
                             tie=tags.c.slug,
                             cursors=cursors)

    def page(self, read: ReadDatabase, request: PageRequest, parameters: dict[str, Any]) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        return self._list.page(read, request, base=self._base, parameters=parameters)

    def _base(self) -> Select[Any]:
        tags = self._tags.c
        row = json_object(tag=tags.tag, slug=tags.slug, articles_count=tags.articles_count)
        stamp = concat(tags.slug, ' ', tags.tag, ' ', tags.articles_count)
        columns: list[ColumnElement[Any]] = [cast(row, Text).label('row'), stamp.label('stamp')]
        return select(*columns)
