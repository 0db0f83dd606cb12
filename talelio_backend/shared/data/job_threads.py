import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from procrastinate import JobContext


def in_own_thread(run: Callable[..., None]) -> Callable[..., Awaitable[None]]:
    """A job in a thread of its own. A thread cannot be stopped, but nothing waits for this one:
    neither a job that is given back nor the end of the process."""

    async def task(context: JobContext, /, **arguments: Any) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def finish(error: BaseException | None) -> None:
            if done.cancelled():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def work() -> None:
            outcome: BaseException | None = None
            try:
                run(context, **arguments)
            except BaseException as error:  # pylint: disable=broad-exception-caught  # handed on
                outcome = error
            with suppress(RuntimeError):  # the worker is gone
                loop.call_soon_threadsafe(finish, outcome)

        threading.Thread(target=work, name=context.job.task_name, daemon=True).start()
        await done

    return task
