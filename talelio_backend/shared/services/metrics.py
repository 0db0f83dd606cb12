"""What is counted, without a word on who reads it."""

from typing import Protocol

# Why a sign-in was refused: the labels under which that is counted.
LOGIN_FAILURES = ('wrong_password', 'unknown_account', 'account_blocked', 'wrong_code',
                  'too_many_attempts')
JOB_OUTCOMES = ('done', 'retry', 'failed')


class Counters(Protocol):

    def count(self, name: str, **labels: str) -> None:
        """Adds one. ``name`` is ``login_failures`` (label ``reason``), ``refresh_token_reuse``
        or ``job_runs`` (``task``, ``outcome``). Labels are of few values, never from outside.
        Raises KeyError for another name."""
        ...


class RequestMeter(Protocol):

    def began(self) -> None:
        """A request is in progress."""
        ...

    def ended(self) -> None:
        """It no longer is."""
        ...

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """``route`` is the rule, never the path."""
        ...


class Uncounted:
    """For a process that nobody measures: a command, a test."""

    def count(self, name: str, **labels: str) -> None:
        pass


class Unmeasured:
    """For an application that nobody measures."""

    def began(self) -> None:
        pass

    def ended(self) -> None:
        pass

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        pass
