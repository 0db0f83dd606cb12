import time
from uuid import RFC_4122, UUID

import pytest

from talelio_backend.shared.domain.ids import new_id


def test_id_is_a_uuid_of_version_7() -> None:
    made = [new_id() for _ in range(200)]
    assert all(one.version == 7 and one.variant == RFC_4122 for one in made)
    assert len(set(made)) == len(made)


def test_id_holds_the_unix_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, 'time_ns', lambda: 1_645_557_742_000_999_999)
    # The example of RFC 9562, appendix A.6, has this time.
    assert str(new_id()).startswith('017f22e2-79b0-7')


def test_later_ids_sort_later(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[UUID] = []
    for microseconds in range(1, 3_000):
        monkeypatch.setattr(time, 'time_ns', lambda at=microseconds: at * 1_000)
        made.append(new_id())
    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(map(str, made))


def test_ids_made_one_after_the_other_sort_in_that_order() -> None:
    made = [new_id() for _ in range(2_000)]
    assert made == sorted(made)


def test_every_bit_that_is_not_time_is_random() -> None:
    seen, common = 0, (1 << 128) - 1
    for _ in range(200):
        seen |= new_id().int
        common &= new_id().int
    random = (1 << 62) - 1
    assert seen & random == random
    assert common & random == 0
