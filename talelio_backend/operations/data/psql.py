from pathlib import Path

from talelio_backend.operations.data.child import running
from talelio_backend.operations.data.pg_tools import Surroundings
from talelio_backend.operations.domain.errors import LoadFailed


class Psql:

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def run(self, file: Path, *, database: str) -> None:
        command = [
            'psql', '--no-psqlrc', '--no-password', '--quiet', '--set=ON_ERROR_STOP=1',
            '--single-transaction', '--output=/dev/null', f'--file={file}',
            f'--dbname={self._surroundings.place(database)}'
        ]
        with running(command, self._surroundings.environment(), LoadFailed) as child:
            child.input.close()
            child.must_succeed()
