"""How a setting is declared, and the defaults that are computed."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from talelio_backend.shared.data.machine import workers_here
from talelio_backend.shared.data.setting_rules import origin_of

REQUIRED: Any = object()


def setting(meaning: str,
            default: Any = REQUIRED,
            production: Any = ...,
            secret: bool = False) -> Any:
    """``default`` holds outside production, and there too unless ``production`` is another. A
    function computes a default from the values that were given."""
    return Field(description=meaning,
                 repr=not secret,
                 json_schema_extra={
                     'default': default,
                     'production': default if production is ... else production,
                     'secret': secret
                 })


def default_url(values: Mapping[str, Any]) -> str:
    """`http://127.0.0.1:<PORT>`"""
    return f"http://127.0.0.1:{values.get('port', 5000)}"


def default_origin(values: Mapping[str, Any]) -> str:
    """The origin of `CLIENT_URL`."""
    return origin_of(str(values['client_url']))


def default_workers(_values: Mapping[str, Any]) -> int:
    """One per processor and one more, at most by memory."""
    return workers_here()
