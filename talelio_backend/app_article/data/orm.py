from sqlalchemy import (Boolean, Column, Computed, Enum, ForeignKey, Index, Integer, SmallInteger,
                        Table, Text)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import composite

from talelio_backend.app_article.domain.article import Article, Rendering, Status
from talelio_backend.shared.data.orm import Id, Time, html_hash, mapper_registry, metadata

_TEXTS = ARRAY(Text, as_tuple=True, dimensions=1)

article_table = Table(
    'article',
    metadata,
    Column('id', Id, primary_key=True),
    Column('owner_id', Id, ForeignKey('user.id', ondelete='CASCADE'), nullable=False),
    Column('slug', Text, nullable=False),
    Column('status',
           Enum(Status,
                native_enum=False,
                create_constraint=True,
                length=16,
                name='status',
                values_callable=lambda statuses: [status.value for status in statuses]),
           nullable=False),
    Column('title', Text, nullable=False),
    Column('body', Text, nullable=False),
    Column('html', Text, nullable=False),
    Column('table_of_contents', Text, nullable=False),
    Column('excerpt', Text, nullable=False),
    Column('word_count', Integer, nullable=False),
    Column('reading_minutes', Integer, nullable=False),
    Column('links', _TEXTS, nullable=False),
    Column('renderer', Integer, nullable=False),
    Column('meta_description', Text, nullable=False),
    Column('featured_image', Text, nullable=False),
    Column('tags', _TEXTS, nullable=False),
    Column('version', Integer, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('updated_at', Time, nullable=False),
    Column('published_at', Time),
    Column('listed_at', Time, nullable=False),
    # The status again, for the lists of all authors alone: an index that asks for this column
    # cannot tempt the planner to look for the articles of one author among those of all.
    Column('is_public', Boolean, Computed("status = 'published'", persisted=True), nullable=False),
    html_hash(),
)
# Every sort option of the list of all authors, and of the list of one.
for _key in ('listed_at', 'title', 'updated_at', 'reading_minutes'):
    Index(f'ix_article_public_{_key}',
          article_table.c[_key],
          article_table.c.id,
          postgresql_where=article_table.c.is_public)
    Index(None, article_table.c.owner_id, article_table.c[_key], article_table.c.id)
# The list that is read most, the neighbours, and an author's few drafts among many articles.
Index(None, article_table.c.owner_id, article_table.c.status, article_table.c.listed_at,
      article_table.c.id)
Index(None, article_table.c.renderer, article_table.c.id)

# One namespace for present and former slugs of all articles. The key is checked at once and the
# reference at the end, so that a slug can be claimed before its article is stored.
slug_table = Table(
    'article_slug',
    metadata,
    Column('slug', Text, primary_key=True),
    Column('article_id',
           Id,
           ForeignKey(article_table.c.id,
                      ondelete='CASCADE',
                      deferrable=True,
                      initially='DEFERRED'),
           nullable=False),
    Index(None, 'article_id'),
)

# The tags again, a row each, as filters and counts need them: kept in step by ``tag_rows``.
tag_table = Table(
    'article_tag',
    metadata,
    Column('article_id', Id, ForeignKey(article_table.c.id, ondelete='CASCADE'), primary_key=True),
    Column('slug', Text, primary_key=True),
    Column('tag', Text, nullable=False),
    Column('position', SmallInteger, nullable=False),
    Column('owner_id', Id, nullable=False),
    Column('published', Boolean, nullable=False),
    Index(None, 'slug', 'article_id'),
)
Index('ix_article_tag_public',
      tag_table.c.slug,
      tag_table.c.tag,
      postgresql_where=tag_table.c.published)
Index('ix_article_tag_public_owner',
      tag_table.c.owner_id,
      tag_table.c.slug,
      tag_table.c.tag,
      postgresql_where=tag_table.c.published)

mapper_registry.map_imperatively(
    Article,
    article_table,
    # The domain counts; the mapper refuses to write over a version that it did not read.
    version_id_col=article_table.c.version,
    version_id_generator=False,
    exclude_properties=('is_public', 'html_hash'),
    properties={
        'rendering':
        composite(Rendering, article_table.c.html, article_table.c.table_of_contents,
                  article_table.c.excerpt, article_table.c.word_count,
                  article_table.c.reading_minutes, article_table.c.links,
                  article_table.c.renderer),
    })
