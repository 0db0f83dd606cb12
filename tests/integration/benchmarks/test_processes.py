import os

from benchmarks.processes import environment_of, listeners, usage_of
from benchmarks.servers import Server
from talelio_backend.development.ports import free_port
from tests.integration.benchmarks.conftest import Answers


def test_processes_of_a_server_are_those_that_hold_its_port(answers: Answers) -> None:
    assert listeners(answers.server.port) == [os.getpid()]
    assert not listeners(free_port())


def test_usage_is_memory_and_processor_time(answers: Answers) -> None:
    usage = answers.server.usage()
    assert usage is not None
    assert usage.processes == 1 and 5 < usage.memory < 5000 and usage.processor > 0
    assert usage_of(free_port()) is None


def test_nothing_is_known_of_another_machine(answers: Answers) -> None:
    elsewhere = Server(name='elsewhere', base=f'http://192.0.2.1:{answers.server.port}')
    assert elsewhere.usage() is None


def test_environment_is_what_a_process_was_started_with() -> None:
    assert environment_of(os.getpid())['PATH']
