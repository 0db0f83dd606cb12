from talelio_backend.shared.domain.slug import make_slug

_NAMELESS = 'tag'


def tag_slug(tag: str) -> str:
    """What a tag is compared by: tags are kept as typed and equal by their slug."""
    return make_slug(tag, empty=_NAMELESS)


def first_duplicate(tags: tuple[str, ...]) -> str | None:
    """The first tag that equals one before it, or None."""
    seen: set[str] = set()
    for tag in tags:
        slug = tag_slug(tag)
        if slug in seen:
            return tag
        seen.add(slug)
    return None
