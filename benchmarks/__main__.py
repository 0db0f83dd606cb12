"""``make bench``: see ``--help``, and docs/performance.md."""

import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks.generator import Generator, NoGenerator
from benchmarks.lifetime import TimeUp, bounded, folder_of_this_run, leaving_in_peace
from benchmarks.options import Options, parse
from benchmarks.reads import Unusable
from benchmarks.rivals import programs
from benchmarks.rounds import WrongAnswer
from benchmarks.rows import fill
from benchmarks.servers import NotReady, running_reference
from benchmarks.serving import compare
from benchmarks.session import Session
from benchmarks.stack import Refused, Stack
from benchmarks.table import printed


def run(options: Options, folder: Path) -> str:
    """What is to be printed."""
    generator = Generator(options.generator)
    numbers = {'workers': options.workers, 'threads': options.threads}
    with ExitStack() as started, leaving_in_peace():
        enter = started.enter_context
        stack = enter(Stack(folder, **numbers))
        print(f'making {options.rows} articles', file=sys.stderr, flush=True)
        slug = fill(stack, options.rows)
        if options.serving:
            return compare(stack, slug, options, generator.drive)
        path = f'/v1/articles/{slug}'
        session = Session(stack=stack,
                          reference=enter(running_reference(stack.log, **numbers)),
                          slug=slug,
                          options=options,
                          generator=generator,
                          rivals=programs.start(stack, enter, path=path) if options.rivals else ())
        report = session.run()
    return printed(report, options.form)


def main() -> None:
    options = parse()
    if options.rivals:
        programs.make_environment()
    try:
        with bounded(options.most_seconds), folder_of_this_run() as folder:
            text = run(options, folder)
    except TimeUp:
        sys.exit('the time for this run is up; --limit gives it more')
    except (NoGenerator, NotReady, Refused, Unusable, WrongAnswer) as failure:
        sys.exit(str(failure))
    print(text)


if __name__ == '__main__':
    main()
