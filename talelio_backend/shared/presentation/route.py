from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Route:
    """``rule`` as Flask writes it, under ``/v1``. ``resource`` is a Flask-RESTful class and
    ``arguments`` what its constructor takes."""

    rule: str
    resource: type[Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)
