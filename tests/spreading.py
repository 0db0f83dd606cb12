"""Which tests go to one process together: those that share what is slow to make."""

import re

from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    'behind Traefik':
    re.compile(r'tests/e2e/traefik/'),
    'one installation':
    re.compile(r'tests/e2e/(app_assets/|deployment/test_smoke|test_openapi|'
               r'test_web_client|test_first_article|app_activity/)'),
    'a large library':
    re.compile(r'tests/integration/app_library/.*plans\.py'),
}


# pylint: disable-next=abstract-method  # xdist leaves them so, and calls neither
class Spreading(LoadFileScheduling):  # type: ignore[misc]
    """By file, but for the files that stand together above."""

    def _split_scope(self, nodeid: str) -> str:
        groups = (group for group, files in TOGETHER.items() if files.match(nodeid))
        return next(groups, super()._split_scope(nodeid))
