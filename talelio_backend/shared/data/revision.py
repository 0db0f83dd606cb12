from pathlib import Path

UNKNOWN = 'unknown'
_ROOT = Path(__file__).parents[3]


def code_revision(root: Path = _ROOT) -> str:
    """The commit that this code is: from the file ``REVISION`` that a release carries, else from
    the clone that it runs in, else ``unknown``."""
    released = root / 'REVISION'
    if released.is_file():
        return released.read_text(encoding='ascii').strip()
    try:
        head = (root / '.git' / 'HEAD').read_text(encoding='utf-8').strip()
        if not head.startswith('ref: '):
            return head
        return (root / '.git' / head.removeprefix('ref: ')).read_text(encoding='ascii').strip()
    except OSError:  # not a clone, or a ref that git has packed
        return UNKNOWN
