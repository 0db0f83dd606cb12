import mmap


class ShutdownFlag:
    """Tells every process that was forked after it was made, at once and without a signal, that
    the server is about to stop: one byte of memory that they share."""

    def __init__(self) -> None:
        self._byte = mmap.mmap(-1, 1)

    def begin(self) -> None:
        self._byte[0] = 1

    @property
    def begun(self) -> bool:
        return self._byte[0] == 1
