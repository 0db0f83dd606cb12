from collections.abc import Mapping
from typing import Any

from flask import Flask

from talelio_backend.bootstrap import House, build, make_flask
from talelio_backend.settings import Settings
from talelio_backend.shared.presentation.edge import KEY, Edge
from talelio_backend.shared.services.clock import Clock


class Houses:
    """The houses of one worker. To build one costs more than most tests do with it, so tests that
    want the same settings share one; each finds it without connections, as if it were new."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._shared: dict[tuple[Clock | None, str], House] = {}
        self._apps: list[tuple[House, Flask, Edge]] = []

    def build(self, *, settings: Mapping[str, Any] | None = None, **overrides: Any) -> House:
        """A new one, as production builds it; ``overrides`` replace fields of the kernel."""
        return build(self._settings.model_copy(update=settings), **overrides)

    def shared(self,
               *,
               settings: Mapping[str, Any] | None = None,
               clock: Clock | None = None) -> House:
        """One that was built before, where it was. A clock has to be the same one as well."""
        key = (clock, repr(sorted((settings or {}).items())))
        if key not in self._shared:
            overrides = {} if clock is None else {'clock': clock}
            self._shared[key] = self.build(settings=settings, **overrides)
        return self._shared[key]

    def app(self, house: House) -> Flask:
        """That of a shared house is made once."""
        for known, app, _ in self._apps:
            if known is house:
                return app
        app = make_flask(house)
        if any(house is one for one in self._shared.values()):
            self._apps.append((house, app, app.extensions[KEY]))
        return app

    def rest(self) -> None:
        """Ends the connections, and what a test put in an app's place."""
        for house in self._shared.values():
            house.close()
        for _, app, edge in self._apps:
            app.extensions[KEY] = edge
