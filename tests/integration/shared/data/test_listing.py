import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (BigInteger, Column, Engine, Integer, MetaData, Select, Table, Text,
                        bindparam, func, literal_column, select, text)

from talelio_backend.shared.data.cursors import SignedCursors
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import MOST_KEPT, SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.sql import as_text, json_object
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.listing import BadQuery, Page, PageRequest
from tests.fakes import NOON
from tests.integration.shared.data.conftest import MakeEngine

metadata = MetaData()
stones = Table('stone', metadata, Column('id', Id, primary_key=True), Column('name', Text),
               Column('weight', Integer), Column('found_at', Time), Column('kind', Text))
SORTS = [
    SqlSort(id='name', label='Name', key=func.lower(stones.c.name, type_=Text)),
    SqlSort(id='weight', label='Weight', key=func.coalesce(stones.c.weight, 0)),
    SqlSort(id='found_at', label='Found', key=stones.c.found_at),
    SqlSort(id='size',
            label='Size',
            key=func.coalesce(stones.c.weight, 2**40, type_=BigInteger),
            falling=func.coalesce(stones.c.weight, -2**40, type_=BigInteger)),
    SqlSort(id='price',
            label='Price',
            key=func.coalesce(stones.c.weight, 0) * 1.1,
            level=Level.ADMIN),
]
EVERY_SORT = [f'{sort.id}_{way}' for sort in SORTS for way in ('asc', 'desc')]
CURSORS = SignedCursors('a key of the tests' * 4)


def every_stone() -> Select[Any]:
    row = json_object(id=stones.c.id, name=stones.c.name)
    return select(row.label('row'), as_text(stones.c.id).label('stamp'))


def stones_of_a_kind() -> Select[Any]:
    return every_stone().where(stones.c.kind == bindparam('kind'))


@dataclass
class Stones:
    engine: Engine
    read: ReadDatabase
    listed: SqlList

    def put(self, rows: list[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            connection.execute(text('TRUNCATE stone'))
            if rows:
                connection.execute(stones.insert(), rows)

    def page(self, **asked: Any) -> Page:
        base = stones_of_a_kind if 'kind' in asked else every_stone
        parameters = {'kind': asked.pop('kind')} if 'kind' in asked else {}
        return self.listed.page(self.read,
                                PageRequest(level=Level.ADMIN, **asked),
                                base=base,
                                shape=base.__name__,
                                parameters=parameters)

    def ordered(self, sort: str) -> list[str]:
        """The ids as one plain statement orders them."""
        option, _, way = sort.rpartition('_')
        keys = next(one.keys() for one in SORTS if one.id == option)
        key = keys[-1 if way == 'desc' else 0]
        columns = [getattr(column, way)() for column in (key, stones.c.id)]
        with self.engine.connect() as connection:
            return [
                str(row.id) for row in connection.execute(select(stones.c.id).order_by(*columns))
            ]


@pytest.fixture(name='stones_list')
def make_stones(engine: Engine, make_engine: MakeEngine) -> Any:
    metadata.drop_all(engine)
    metadata.create_all(engine)
    listed = SqlList(name='stones',
                     sorts=SORTS,
                     default='weight_asc',
                     tie=stones.c.id,
                     cursors=CURSORS)
    yield Stones(engine, ReadDatabase(make_engine(autocommit=True)), listed)
    metadata.drop_all(engine)


def ids(page: Page) -> list[str]:
    return [row['id'] for row in json.loads(page.rows)]


def walk(stones_list: Stones, limit: int, **asked: Any) -> list[str]:
    seen, cursor = [], None
    while True:
        page = stones_list.page(limit=limit, cursor=cursor, **asked)
        assert len(ids(page)) <= limit
        seen += ids(page)
        if page.next is None:
            return seen
        assert len(ids(page)) == limit
        cursor = page.next


def stone(**more: Any) -> dict[str, Any]:
    return {'id': new_id(), 'name': 'a', 'weight': 1, 'found_at': NOON, 'kind': 'x'} | more


few = st.sampled_from
some_rows = st.lists(st.fixed_dictionaries({
    'name':
    few(['a', 'A', 'ä', 'b', 'B', '', ' ', 'Zürich', "o'x", '\\', '"', '\U0001f40c']),
    'weight':
    few([None, -1, 0, 1, 2**31 - 1]),
    'found_at':
    st.datetimes(max_value=NOON.replace(
        tzinfo=None)).map(lambda naive: naive.replace(tzinfo=NOON.tzinfo)) | few([NOON]),
}),
                     max_size=12)


@settings(max_examples=40,
          deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_rows, st.integers(1, 5), few(EVERY_SORT))
def test_walking_shows_each_row_once_in_order(stones_list: Stones, some: list[dict[str, Any]],
                                              limit: int, sort: str) -> None:
    stones_list.put([stone(**one) for one in some])
    assert walk(stones_list, limit, sort=sort) == stones_list.ordered(sort)


@settings(max_examples=20,
          deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_rows, st.integers(1, 5), few(EVERY_SORT))
def test_pages_hold_each_row_once_in_order(stones_list: Stones, some: list[dict[str, Any]],
                                           limit: int, sort: str) -> None:
    stones_list.put([stone(**one) for one in some])
    wanted = stones_list.ordered(sort)
    number = -(-len(wanted) // limit)
    pages = [stones_list.page(sort=sort, limit=limit, page=one + 1) for one in range(number + 1)]
    assert [one for page in pages for one in ids(page)] == wanted
    assert {page.total for page in pages} == {len(wanted)}
    assert ids(pages[-1]) == [] and all(page.next is None for page in pages)


@pytest.mark.parametrize('sort', EVERY_SORT)
def test_equal_keys_are_walked_through_all_the_same(stones_list: Stones, sort: str) -> None:
    stones_list.put([stone() for _ in range(7)])
    assert walk(stones_list, 3, sort=sort) == stones_list.ordered(sort)


@pytest.mark.parametrize(('sort', 'weights'), [('size_asc', [1, 2, None]),
                                               ('size_desc', [2, 1, None])])
def test_empty_values_come_last_in_both_directions(stones_list: Stones, sort: str,
                                                   weights: list[int | None]) -> None:
    rows = [stone(weight=weight) for weight in (None, 2, 1)]
    stones_list.put(rows)
    weight_of = {str(row['id']): row['weight'] for row in rows}
    assert [weight_of[one] for one in walk(stones_list, 1, sort=sort)] == weights


def test_statements_of_filters_do_not_pile_up(stones_list: Stones) -> None:
    stones_list.put([stone()])
    request = PageRequest(level=Level.ADMIN)
    for number in range(2 * MOST_KEPT):
        stones_list.listed.page(stones_list.read, request, base=every_stone, shape=number)
    assert len(stones_list.listed._kept) <= MOST_KEPT  # pylint: disable=protected-access


def test_page_is_known_by_its_rows_where_they_have_no_stamp(stones_list: Stones) -> None:

    def base() -> Select[Any]:
        return select(json_object(name=stones.c.name).label('row'))

    def ask(known: str | None) -> Page:
        request = PageRequest(level=Level.ADMIN, known=lambda validator: validator == known)
        return stones_list.listed.page(stones_list.read, request, base=base, shape='plain')

    stones_list.put([stone()])
    seen = ask(None).validator
    assert ask(seen).unchanged
    stones_list.put([stone(name='b')])
    assert not ask(seen).unchanged


def test_row_that_comes_meanwhile_moves_nothing(stones_list: Stones) -> None:
    stones_list.put([stone(weight=weight) for weight in (10, 20, 30)])
    first = stones_list.page(limit=2)
    with stones_list.engine.begin() as connection:
        connection.execute(stones.insert(), [stone(weight=5)])
    second = stones_list.page(limit=2, cursor=first.next)
    assert ids(first) + ids(second) == stones_list.ordered('weight_asc')[1:]


def test_filter_holds_on_every_page(stones_list: Stones) -> None:
    stones_list.put([stone(kind='x' if number % 2 else 'y') for number in range(10)])
    assert len(walk(stones_list, 2, kind='x')) == 5
    assert stones_list.page(page=1, limit=2, kind='y').total == 5
    assert stones_list.page(page=1, limit=2, kind='z').total == 0


@pytest.mark.parametrize('other', [{'sort': 'weight_desc'}, {'sort': 'name_asc'}, {'kind': 'x'}])
def test_cursor_of_another_order_or_filter_is_refused(stones_list: Stones,
                                                      other: dict[str, Any]) -> None:
    stones_list.put([stone() for _ in range(3)])
    cursor = stones_list.page(limit=1).next
    with pytest.raises(BadQuery) as refusal:
        stones_list.page(limit=1, cursor=cursor, **other)
    assert refusal.value.data['parameter'] == 'cursor'


def test_cursor_of_another_filter_value_is_refused(stones_list: Stones) -> None:
    stones_list.put([stone() for _ in range(3)])
    cursor = stones_list.page(limit=1, kind='x').next
    with pytest.raises(BadQuery):
        stones_list.page(limit=1, cursor=cursor, kind='y')


@pytest.mark.parametrize('cursor', [
    '', 'x',
    CURSORS.seal([]),
    CURSORS.seal(['a', 'b', 'c']),
    CURSORS.seal(['a', 'b', 'c', 'd']),
    SignedCursors('other').seal(['a', 'b', 'c'])
])
def test_forged_and_stale_cursors_are_refused(stones_list: Stones, cursor: str) -> None:
    with pytest.raises(BadQuery):
        stones_list.page(cursor=cursor)


@pytest.mark.parametrize('sort', [
    '', 'weight', 'weight_', '_asc', 'weight_up', 'colour_asc', 'weight_asc ', 'weight_ASC',
    'id_asc', 'row_asc'
])
def test_unknown_sort_is_refused(stones_list: Stones, sort: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        stones_list.page(sort=sort)
    assert refusal.value.data['parameter'] == 'sort'


def test_sort_for_others_is_neither_shown_nor_taken(stones_list: Stones) -> None:
    member = PageRequest(level=Level.MEMBER, sort='price_asc')
    assert 'price' not in [option.id for option in stones_list.listed.options(member)]
    with pytest.raises(BadQuery):
        stones_list.listed.page(stones_list.read, member, base=every_stone)
    assert 'price' in [option.id for option in stones_list.page().sort_options]


def test_key_without_a_type_stops_the_start() -> None:
    sort = SqlSort(id='name', label='Name', key=func.lower(stones.c.name))
    with pytest.raises(TypeError, match='name needs a type'):
        SqlList(name='s', sorts=[sort], default='name_asc', tie=stones.c.id, cursors=CURSORS)


def test_empty_list_is_a_list(stones_list: Stones) -> None:
    page = stones_list.page()
    assert (page.rows, page.next, page.sort) == ('[]', None, 'weight_asc')


def test_members_stand_beside_the_rows(stones_list: Stones) -> None:
    page = stones_list.listed.page(stones_list.read,
                                   PageRequest(),
                                   base=every_stone,
                                   members={'note': literal_column("'{\"a\": 1}'", Text)})
    assert page.members == (('note', '{"a": 1}'), )


def test_default_may_depend_on_the_question(stones_list: Stones) -> None:
    page = stones_list.listed.page(stones_list.read,
                                   PageRequest(),
                                   base=every_stone,
                                   default='name_desc')
    assert page.sort == 'name_desc'
    assert stones_list.listed.options_page(PageRequest(), default='name_desc').sort == 'name_desc'


def validators(stones_list: Stones, **asked: Any) -> tuple[str, Page]:
    seen: list[str] = []

    def known(validator: str) -> bool:
        seen.append(validator)
        return True

    return str(stones_list.page(**asked).validator), stones_list.page(known=known, **asked)


@pytest.mark.parametrize('asked', [{}, {'limit': 2}, {'sort': 'name_desc'}, {'kind': 'x'}])
def test_known_page_is_recognised_without_its_rows(stones_list: Stones, asked: dict[str,
                                                                                    Any]) -> None:
    stones_list.put([stone() for _ in range(3)])
    whole, known = validators(stones_list, **asked)
    assert known.unchanged and known.validator == whole and known.rows == ''
    stones_list.put([stone() for _ in range(3)])
    assert stones_list.page(**asked).validator != whole


def test_other_pages_are_other_representations(stones_list: Stones) -> None:
    stones_list.put([stone() for _ in range(4)])
    first = stones_list.page(limit=2)
    others = [
        stones_list.page(limit=3),
        stones_list.page(limit=2, cursor=first.next),
        stones_list.page(limit=4),
        stones_list.page(limit=2, sort='name_asc')
    ]
    tags = [first.validator, *(page.validator for page in others)]
    assert len(set(tags)) == len(tags)
