"""The pages that explain the API: the OpenAPI document, a page made of it, and a page for each
problem code. All from the package itself, no script, nothing loaded from elsewhere."""

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from talelio_backend.shared.presentation import conditional, openapi, problems
from talelio_backend.shared.presentation.edge import edge

_TEMPLATES = Path(__file__).parent / 'templates'
TITLE = 'talelio'


def add_documentation(app: Flask, *, version: str) -> None:
    """Registers ``/v1/openapi.json``, ``/v1/docs`` and ``/problems/<code>``."""
    pages = _Pages(version)
    app.add_url_rule('/v1/openapi.json', 'openapi', pages.openapi)
    app.add_url_rule('/v1/docs', 'docs', pages.docs)
    app.add_url_rule('/problems/<code>', 'problem', pages.problem)


class _Pages:
    """Made at first request and kept: the declarations do not change while a process lives."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._templates = Environment(loader=FileSystemLoader(_TEMPLATES),
                                      autoescape=True,
                                      trim_blocks=True,
                                      lstrip_blocks=True)
        self._document = lru_cache(maxsize=1)(self._describe)
        self._docs = lru_cache(maxsize=1)(self._render_docs)

    def openapi(self) -> Response:
        body = json.dumps(self._document(), ensure_ascii=False)
        return self._page(body, 'application/json')

    def docs(self) -> Response:
        return self._page(self._docs(), 'text/html; charset=utf-8')

    def problem(self, code: str) -> Response:
        error = problems.codes().get(code)
        if error is None:
            raise problems.PathNotFound()
        facts = {'code': code, 'status': problems.status_of(error), 'title': error.title}
        if request.accept_mimetypes.best_match(['application/json', 'text/html']) != 'text/html':
            return self._page(json.dumps(facts), 'application/json')
        page = self._templates.get_template('problem.html').render(style=_style(), **facts)
        return self._page(page, 'text/html; charset=utf-8')

    def _describe(self) -> dict[str, Any]:
        return openapi.describe(current_app,
                                title=TITLE,
                                version=self._version,
                                server=edge().public_url)

    def _render_docs(self) -> str:
        document = self._document()
        areas: dict[str, list[dict[str, Any]]] = {}
        for path, verbs in document['paths'].items():
            for verb, operation in verbs.items():
                listed = areas.setdefault(operation['tags'][0], [])
                listed.append({**operation, 'path': path, 'verb': verb})
        template = self._templates.get_template('docs.html')
        return template.render(document=document,
                               areas=areas,
                               style=_style(),
                               schema_link=_schema_link,
                               problem_codes=_problem_codes)

    @staticmethod
    def _page(body: str, media_type: str) -> Response:
        response = Response(body, content_type=media_type)
        response.headers['Cache-Control'] = 'no-cache'
        response.headers['ETag'] = conditional.etag(body)
        # The one style sheet stands in the page and is known by its digest.
        sheet = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
        response.headers['Content-Security-Policy'] = (
            f"default-src 'none'; style-src 'sha256-{sheet}'; frame-ancestors 'none'")
        return conditional.not_modified(response)


@lru_cache(maxsize=1)
def _style() -> Markup:
    return Markup((_TEMPLATES / 'docs.css').read_text(encoding='utf-8'))


def _schema_link(schema: dict[str, Any]) -> Markup:
    names = [part['$ref'] for part in schema.get('anyOf', [schema]) if '$ref' in part]
    links = (Markup('<a href="#schema-{0}"><code>{0}</code></a>').format(name.rpartition('/')[2])
             for name in names)
    return Markup(' or ').join(links)


def _problem_codes(response: dict[str, Any]) -> list[str]:
    content = response.get('content', {}).get(problems.MEDIA_TYPE, {})
    return list(content.get('examples', {}))
