"""What the doctor says of an installation."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Health(Enum):
    OK = 'ok'
    WARNING = 'warning'
    FAILED = 'failed'
    SKIPPED = 'skipped'


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one examination found. ``remedy`` is one sentence, where something is to be done."""

    health: Health
    detail: str
    remedy: str | None = None


def good(detail: str) -> Finding:
    return Finding(health=Health.OK, detail=detail)


def doubtful(detail: str, remedy: str) -> Finding:
    return Finding(health=Health.WARNING, detail=detail, remedy=remedy)


def bad(detail: str, remedy: str) -> Finding:
    return Finding(health=Health.FAILED, detail=detail, remedy=remedy)


def skipped(detail: str) -> Finding:
    return Finding(health=Health.SKIPPED, detail=detail)


# The examinations, in the order in which they are told.
NAMES = ('settings', 'database', 'schema', 'redis', 'redis_policy', 's3', 'backups_private',
         'mail', 'clock', 'disk', 'worker', 'backup', 'demo', 'proxies')


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All findings by the name of the examination, in the order in which they were asked for."""

    findings: Sequence[tuple[str, Finding]]

    @property
    def ok(self) -> bool:
        """Warnings do not spoil it: what runs, runs."""
        return all(finding.health is not Health.FAILED for _name, finding in self.findings)


def unsettled(faults: Sequence[str]) -> Diagnosis:
    """Without sound settings nothing else can be looked at."""
    first = bad('; '.join(faults), 'Set what is named; the page of the settings says how.')
    return Diagnosis(findings=[(NAMES[0], first), *((name, skipped('the settings are at fault'))
                                                    for name in NAMES[1:])])
