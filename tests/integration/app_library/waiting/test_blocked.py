from typing import Any

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.waiting.desk import ADVANCE, Desk, mails, place, shown

CANCEL = 'library.cancel_holds'


@pytest.fixture(name='waiting')
def make_waiting(desk: Desk, ada: Person, ben: Person) -> list[dict[str, Any]]:
    """A copy is kept for Ada, Ben is next; Ada waits for another book too."""
    book = desk.taken()
    holds = [place(ada, book), place(ben, book), place(ada, desk.taken('Persuasion'))]
    desk.site.execute("UPDATE library_copy SET status = 'available' WHERE book_id = :id",
                      id=book.id)
    desk.run(ADVANCE)
    return holds


def jobs(site: Site) -> list[Any]:
    rows = site.execute(
        "SELECT args -> 'arguments' AS arguments FROM procrastinate_jobs "
        'WHERE task_name = :name',
        name=CANCEL)
    return [row.arguments for row in rows]


def test_blocked_account_waits_for_nothing(desk: Desk, ada: Person, ben: Person, admin: Person,
                                           waiting: list[dict[str, Any]], site: Site) -> None:
    assert shown(ada, waiting[0])['state'] == 'ready'
    assert admin.put(f'/v1/users/{ada.name}/block').status_code == 200
    job, = jobs(site)
    assert job == {'member_id': str(ada.id)}
    for _ in range(2):
        desk.run(CANCEL, **job)
    now = [shown(admin, hold) for hold in waiting]
    assert [(hold['state'], hold['reason']) for hold in now] == [('cancelled', 'account_blocked'),
                                                                 ('ready', None),
                                                                 ('cancelled', 'account_blocked')]
    assert now[1]['copy'] is not None and now[0]['copy'] is None
    rows = site.execute("SELECT text, actor_id FROM activity WHERE action = 'hold_cancelled' "
                        'ORDER BY text')
    assert [(row.text, row.actor_id)
            for row in rows] == [('Cancelled the hold on “Emma” for ada', None),
                                 ('Cancelled the hold on “Persuasion” for ada', None)]
    assert {arguments['kind'] for arguments in mails(site)} == {'hold_ready', 'hold_cancelled'}
    assert len(mails(site)) == 4
    assert shown(ben, waiting[1])['state'] == 'ready'


def test_who_may_borrow_again_by_then_keeps_waiting(desk: Desk, ada: Person, admin: Person,
                                                    waiting: list[dict[str,
                                                                       Any]], site: Site) -> None:
    admin.put(f'/v1/users/{ada.name}/block')
    admin.delete(f'/v1/users/{ada.name}/block')
    desk.run(CANCEL, **jobs(site)[0])
    assert [shown(admin, hold)['state'] for hold in waiting] == ['ready', 'waiting', 'waiting']
