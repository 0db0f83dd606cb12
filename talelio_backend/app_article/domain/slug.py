from talelio_backend.shared.domain.slug import MAX_SLUG_LENGTH, make_slug

_UNTITLED = 'article'


def slugify(title: str) -> str:
    """The slug of a title: 1 to 80 characters, `article` where the title holds none."""
    return make_slug(title, empty=_UNTITLED)


def is_slug(value: str) -> bool:
    """Whether `value` has the form that `slugify` gives."""
    return 0 < len(value) <= MAX_SLUG_LENGTH and slugify(value) == value


def numbered(slug: str, number: int) -> str:
    """The `number`-th slug of that name (`river`, 2 -> `river-2`), of at most 80 characters."""
    suffix = f'-{number}'
    return slug[:MAX_SLUG_LENGTH - len(suffix)].rstrip('-') + suffix
