"""`make serve-api`."""
from collections.abc import Mapping
from typing import Any

from talelio_backend.development.environment import base_url
from talelio_backend.development.parts import TALELIO, Commands
from talelio_backend.development.running import STOPPED, run_until_stopped, say
from talelio_backend.development.stack import Options, Stack, check_ports


def serve(options: Options, commands: Commands = TALELIO) -> int:
    """The exit code, once it has been stopped. Raises InUse and PortTaken, nothing started."""
    with options.folder.lock(base_url(options.port)):
        check_ports(options)
        stack = Stack(options, commands, say)

        def work() -> int:
            stack.start_databases()
            stack.start_programs()
            for line in ready_lines(stack.facts(serving=True)):
                say(line)
            stack.watch(until=options.interrupted)
            say('stopping')
            return STOPPED

        return run_until_stopped(stack, work)


def ready_lines(facts: Mapping[str, Any]) -> list[str]:
    return [
        'talelio is ready',
        f'  API      {facts["url"]}',
        f'  docs     {facts["docs_url"]}',
        f'  mails    {facts["mail_dir"]}',
        f'  metrics  {facts["metrics_url"]}',
        '  stop     Ctrl-C',
    ]
