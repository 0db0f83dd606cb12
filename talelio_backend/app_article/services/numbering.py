import itertools
from collections.abc import Iterator
from uuid import UUID

from talelio_backend.app_article.domain.slug import numbered
from talelio_backend.app_article.services.ports import Slugs
from talelio_backend.shared.domain.errors import Busy

TRIES = 100
_LOOK_AHEAD = 100


def claim_free(slugs: Slugs, base: str, article_id: UUID) -> str:
    """Claims the first of ``base``, ``base-2``, ``base-3`` … that is free or the article's own.

    Raises Busy when others were faster a hundred times.
    """
    if slugs.claim(base, article_id):
        return base
    for candidate in itertools.islice(_free(slugs, base, article_id), TRIES):
        if slugs.claim(candidate, article_id):
            return candidate
    raise Busy()


def _free(slugs: Slugs, base: str, article_id: UUID) -> Iterator[str]:
    # Looked up many at a time: the thousandth "Untitled" must not cost a thousand inserts.
    for first in itertools.count(2, _LOOK_AHEAD):
        candidates = [numbered(base, number) for number in range(first, first + _LOOK_AHEAD)]
        taken = slugs.taken(candidates, article_id)
        yield from (candidate for candidate in candidates if candidate not in taken)
