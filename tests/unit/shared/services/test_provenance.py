from concurrent.futures import ThreadPoolExecutor

import pytest

from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.provenance import NOBODY, Provenance, acting_as, provenance


def test_nobody_acts_outside_of_a_request() -> None:
    assert provenance() is NOBODY


def test_inner_provenance_ends_with_its_block() -> None:
    outer, inner = Provenance(request_id='outer'), Provenance(request_id='inner')
    with acting_as(outer):
        with pytest.raises(KeyError), acting_as(inner):
            assert provenance() is inner
            raise KeyError
        assert provenance() is outer
    assert provenance() is NOBODY


def test_one_thread_does_not_act_for_another() -> None:
    with acting_as(Provenance(actor_id=new_id())), ThreadPoolExecutor(1) as pool:
        assert pool.submit(provenance).result() is NOBODY
