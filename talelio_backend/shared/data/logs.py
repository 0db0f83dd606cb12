"""One way for every event: our own, those of the standard library's loggers, crashes. It is
stamped, redacted, and written as JSON, or for eyes and as JSON into a file."""

import logging
import re
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

from talelio_backend.shared.data.log_file import SharedLogFile
from talelio_backend.shared.data.log_lines import RequestLines, to_json, write_line
from talelio_backend.shared.data.redaction import HIDDEN, Redactor
from talelio_backend.shared.services.provenance import provenance

# Libraries that print requests, arguments or signatures when they are allowed to talk.
_TALKATIVE = ('asyncio', 'boto3', 'botocore', 'markdown_it', 'PIL', 'procrastinate', 's3transfer',
              'urllib3')
_ARGUMENTS = re.compile(r'(\[\d+\])\(.*\)', re.S)

log = structlog.get_logger('talelio')


class Output:
    """Where finished events go; has the methods that structlog expects of a logger."""

    def __init__(self, name: str, stream: TextIO, human: Processor | None,
                 file: SharedLogFile | None) -> None:
        self.name = name
        self._stream = stream
        self._human = human
        self._file = file

    def msg(self, event: EventDict) -> None:
        if self._file is not None:
            self._file.write(to_json(event))
        text = to_json(event) if self._human is None else str(self._human(None, '', event))
        write_line(self._stream, text)

    debug = info = warning = error = critical = msg


class Bridge(logging.Handler):
    """Brings what the standard library's loggers get onto the same way."""

    def __init__(self, processors: Sequence[Processor], output: Output) -> None:
        super().__init__()
        self._processors = processors
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
            if record.name.startswith('procrastinate'):
                # It names a job together with all that the job was given.
                message = _ARGUMENTS.sub(rf'\1({HIDDEN})', message)
            event: Any = {'event': message, 'logger': record.name, 'exc_info': record.exc_info}
            for process in self._processors:
                event = process(self._output, record.levelname.lower(), event)
            self._output.msg(event)
        except Exception:  # pylint: disable=broad-exception-caught  # as the library's own do
            self.handleError(record)


def configure_logs(
        *,
        level: str,
        format: Literal['human', 'json'],  # pylint: disable=redefined-builtin
        secrets: Sequence[str] = (),
        file: Path | None = None,
        stream: TextIO | None = None) -> Callable[[Mapping[str, Any]], None] | None:
    """Sets logging up for this process and those that it forks. ``stream`` is stdout where it is
    not given; ``file`` gets JSON besides. May be called again. Answers a short way for
    the events of requests, which takes their facts; None where they go the general way."""
    stream = stream or sys.stdout
    human = structlog.dev.ConsoleRenderer(colors=stream.isatty()) if format == 'human' else None
    shared_file = SharedLogFile(file) if file is not None else None
    redactor = Redactor(secrets)
    # What the processors behind the redactor add needs no look.
    processors: list[Processor] = [
        structlog.processors.format_exc_info,
        _add_request_id,
        redactor,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt='iso', utc=True),
    ]

    def open_output(name: str = 'talelio') -> Output:
        return Output(name, stream, human, shared_file)

    structlog.configure(processors=[*processors, _add_name, _hand_over],
                        wrapper_class=structlog.make_filtering_bound_logger(level),
                        logger_factory=open_output,
                        cache_logger_on_first_use=False)
    _lead_here(Bridge(processors, open_output()), level)
    sys.excepthook = _on_crash
    threading.excepthook = lambda crash: _on_crash(crash.exc_type, crash.exc_value, crash.
                                                   exc_traceback)
    if human is None and shared_file is None and logging.getLevelName(level) <= logging.INFO:
        return RequestLines(stream, redactor).write
    return None


def _lead_here(bridge: Bridge, level: str) -> None:
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, Bridge):
            root.removeHandler(handler)
    root.addHandler(bridge)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.captureWarnings(True)


def _add_name(logger: Any, _method: str, event: EventDict) -> EventDict:
    event['logger'] = logger.name
    return event


def _add_request_id(_logger: Any, _method: str, event: EventDict) -> EventDict:
    request_id = provenance().request_id
    if request_id is not None:
        event.setdefault('request_id', request_id)
    return event


def _hand_over(_logger: Any, _method: str, event: EventDict) -> Any:
    return (event, ), {}


def _on_crash(kind: type[BaseException], error: BaseException | None,
              trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt) or error is None:
        return
    log.critical('crash', exc_info=(kind, error, trace))
