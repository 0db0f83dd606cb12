from dataclasses import replace

from talelio_backend.shared.presentation.answers import Answer


def personal(answer: Answer) -> Answer:
    """The answer, for nobody's cache: it shows what only its reader may see."""
    return replace(answer, headers={**answer.headers, 'Cache-Control': 'private, no-store'})
