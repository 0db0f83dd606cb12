from talelio_backend.app_account.domain.events import ProfileUpdated
from talelio_backend.app_activity.domain.catalogue import catalogue


def test_event_that_descends_from_two_is_listed_once() -> None:
    actions = [one.action for one in catalogue()]
    assert actions.count(ProfileUpdated.action) == 1
    assert len(actions) == len(set(actions))
