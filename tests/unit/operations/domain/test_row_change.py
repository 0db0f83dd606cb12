from talelio_backend.operations.domain.row_change import RowChange, row_changes


def test_tables_of_either_side_are_told() -> None:
    assert row_changes({
        'b': 1,
        'a': 2
    }, {
        'b': 3,
        'c': 0
    }) == [
        RowChange(table='a', now=2, then=None),
        RowChange(table='b', now=1, then=3),
        RowChange(table='c', now=None, then=0)
    ]
