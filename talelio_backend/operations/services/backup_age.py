from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from talelio_backend.operations.domain.diagnosis import Finding, bad, doubtful, good
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.domain.proof import Proof
from talelio_backend.shared.services.clock import Clock

TOO_OLD = timedelta(hours=26)  # a night and two hours
NOT_PROVEN = timedelta(hours=50)  # two nights and two hours


class BackupAge:
    """Examines whether there is a backup of the last night, and a proof that one restores."""

    def __init__(self, backups: Callable[[], Sequence[Manifest]],
                 proofs: Callable[[], Mapping[str, Proof]], clock: Clock) -> None:
        self._backups = backups
        self._proofs = proofs
        self._clock = clock

    def __call__(self) -> Finding:
        newest = next(iter(self._backups()), None)
        if newest is None:
            return bad('there is no backup', 'Make one with the command `backup`.')
        detail = f'the newest is {_told(self._since(newest.created_at))} old'
        if self._since(newest.created_at) > TOO_OLD:
            return bad(detail, 'See in the log of the worker why the last night made none.')
        proven = max((proof.verified_at for proof in self._proofs().values()), default=None)
        if proven is None or self._since(proven) > NOT_PROVEN:
            return doubtful(f'{detail}, and none was proven lately',
                            'Prove one with the command `backup verify --latest`.')
        return good(f'{detail}, the last proof {_told(self._since(proven))}')

    def _since(self, moment: datetime) -> timedelta:
        return self._clock.now() - moment


def _told(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f'{hours:.1f} h' if hours < 48 else f'{hours / 24:.0f} days'
