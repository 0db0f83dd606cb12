from benchmarks.statements import statements_in

LOG = b'''talelio|LOG:  statement: BEGIN
talelio|LOG:  statement: SELECT 1,
\t2
talelio|LOG:  execute <unnamed>: INSERT INTO article VALUES ($1)
talelio|DETAIL:  Parameters: $1 = 'x'
talelio|LOG:  execute s1: BEGIN
talelio|LOG:  statement: SAVEPOINT sa_savepoint_1
talelio|LOG:  statement:  commit
other|LOG:  statement: SELECT 3
|LOG:  statement: SELECT 4
'''


def test_statements_of_an_application_count_without_transactions() -> None:
    assert statements_in(LOG, 'talelio') == 2
    assert statements_in(LOG, 'other') == 1
    assert statements_in(LOG, 'nobody') == 0
