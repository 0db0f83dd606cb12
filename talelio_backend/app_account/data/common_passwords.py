import threading


class PackagedCommonPasswords:
    """The 30,000 passwords of zxcvbn's list. Loaded by ``preload`` or at first use: most
    processes never need it."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._known: frozenset[str] | None = None

    def preload(self) -> None:
        self('')

    def __call__(self, folded: str) -> bool:
        with self._loading:
            if self._known is None:
                from zxcvbn.frequency_lists import FREQUENCY_LISTS
                self._known = frozenset(password.casefold()
                                        for password in FREQUENCY_LISTS['passwords'])
        return folded in self._known
