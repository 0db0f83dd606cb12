"""A rival: the article and the list of articles with FastAPI and asyncpg, over the product's own
tables.

As its documentation shows it: typed responses, a pool of connections for each process, SQL by
hand; uvicorn (uvloop, httptools) in front. Left out, to its advantage: signing in, limits, the
request log, metrics, request ids, security headers, CORS, validators for 304, drafts that their
authors may read, former slugs, filters and sort options, an article's neighbours, the author in
front of a list.
"""
# pylint: disable=import-error  # installed beside, see requirements.txt

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
from fastapi import FastAPI, HTTPException, Query, Request
from pydantic import BaseModel

ARTICLES_URL = os.environ['BENCH_ARTICLES_URL']
_SUMMARY = """
    article.id, title, article.slug, $1::text || article.slug AS url, status,
    coalesce(nullif(meta_description, ''), excerpt) AS meta_description, featured_image, tags,
    word_count, reading_minutes, version, article.created_at, updated_at, published_at
"""
_DETAIL = f"""
    SELECT {_SUMMARY}, body, html, table_of_contents,
           owner.id AS owner_id, username, display_name, location, avatar_url
    FROM article_slug JOIN article ON article.id = article_slug.article_id
    JOIN "user" AS owner ON owner.id = article.owner_id
    WHERE article_slug.slug = $2 AND status = 'published'
"""
_PAGE = f"""
    SELECT {_SUMMARY}, listed_at FROM article
    WHERE owner_id = (SELECT id FROM "user" WHERE lower(username) = lower($2))
      AND status = 'published' AND (listed_at, id) < ($3, $4)
    ORDER BY listed_at DESC, id DESC LIMIT $5
"""
_START = datetime(9999, 1, 1, tzinfo=UTC), UUID(int=(1 << 128) - 1)


class User(BaseModel):
    id: UUID
    username: str
    display_name: str | None
    location: str
    avatar_url: str | None


class Summary(BaseModel):
    id: UUID
    title: str
    slug: str
    url: str
    status: str
    meta_description: str
    featured_image: str
    tags: list[str]
    word_count: int
    reading_minutes: int
    version: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


class Article(Summary):
    body: str
    html: str
    table_of_contents: str
    user: User


class Page(BaseModel):
    results: list[Summary]
    next: str | None


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = {'application_name': os.environ['PGAPPNAME']}
    async with asyncpg.create_pool(min_size=1, max_size=8, server_settings=settings) as pool:
        app.state.pool = pool
        yield


application = FastAPI(lifespan=_lifespan)


@application.get('/v1/articles/{slug}', response_model=Article)  # type: ignore[untyped-decorator]
async def read_article(slug: str, request: Request) -> Any:
    row = await request.app.state.pool.fetchrow(_DETAIL, ARTICLES_URL, slug)
    if row is None:
        raise HTTPException(404)
    user = {**row, 'id': row['owner_id']}
    return {**row, 'user': user}


@application.get('/v1/users/{username}/articles',
                 response_model=Page)  # type: ignore[untyped-decorator]
async def list_articles(username: str,
                        request: Request,
                        limit: Annotated[int, Query(ge=1, le=100)] = 20,
                        cursor: str = '') -> Any:
    start = _read_cursor(cursor) if cursor else _START
    rows = await request.app.state.pool.fetch(_PAGE, ARTICLES_URL, username, *start, limit + 1)
    following = None
    if len(rows) > limit:
        last = _cursor(rows[limit - 1])
        following = str(request.url.replace(query=urlencode({'limit': limit, 'cursor': last})))
    return {'results': [dict(row) for row in rows[:limit]], 'next': following}


def _cursor(row: Any) -> str:
    place = f'{row["listed_at"].isoformat()} {row["id"]}'
    return base64.urlsafe_b64encode(place.encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        moment, last = base64.urlsafe_b64decode(cursor).decode().split()
        return datetime.fromisoformat(moment), UUID(last)
    except ValueError as error:
        raise HTTPException(400) from error
