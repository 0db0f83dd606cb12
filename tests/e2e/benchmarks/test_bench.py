"""``make bench``, as small as it can be: everything is started, filled, measured and removed."""

import json
import subprocess
import sys
from pathlib import Path

from talelio_backend.development.parts import PROJECT

SMALL = ('--rows', '25', '--rounds', '1', '--seconds', '0.2', '--warm-up', '0.1', '--only',
         'GET list, 20', '--generator', 'own', '--json')


def test_run_measures_the_product_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, '-m', 'benchmarks', *SMALL],
        cwd=PROJECT,
        env={
            'PATH': '/usr/bin:/bin',
            'TMPDIR': str(tmp_path),
            # Somebody else's: the run must not come near it.
            'DATABASE_URL': 'postgresql://nobody:nothing@127.0.0.1:1/nothing',
        },
        capture_output=True,
        text=True,
        check=False)
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    assert [case['case'] for case in read['cases']] == ['GET list, 20 rows']
    for case in read['cases']:
        assert case['per_second'] > 0 and case['ratio'] > 0 and case['p99'] >= case['p50'] > 0
        assert case['statements'] == 1 and case['unexpected'] == 0
        assert case['memory'] > 10 and case['processor'] > 0
    assert read['memory_mib']['start'] > 10
    assert not list(tmp_path.glob('talelio-bench-*'))
