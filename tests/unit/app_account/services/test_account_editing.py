"""What an administrator corrects in the account of somebody else."""

from datetime import date

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import EmailTaken, UsernameTaken
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.services.account_editing import AccountEditingService
from talelio_backend.shared.domain.errors import Invalid, UserNotFound, VersionMismatch
from tests.fakes import NOON, FakeClock
from tests.fakes_account import FakeAccountUnitOfWork, PlainAddresses


class Desk:

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.clock.advance(days=1)
        self.uow = FakeAccountUnitOfWork()
        self._id = self.add('ann').id
        self.edit = AccountEditingService(open_uow=self.uow.again,
                                          addresses=PlainAddresses(),
                                          languages=Languages(offered=('en', 'fi'), default='en'),
                                          clock=self.clock).edit

    @property
    def ann(self) -> Account:
        """As she is stored."""
        return self.uow.stored_accounts[self._id]

    def add(self, username: str) -> Account:
        account = Account.register(email=f'{username}@example.org',
                                   username=username,
                                   password_hash='hash',
                                   language='en',
                                   now=NOON)
        account.verify(NOON)
        account.collect_events()
        self.uow.stored_accounts[account.id] = account
        return account


@pytest.fixture(name='desk')
def _desk() -> Desk:
    return Desk()


def test_fields_that_are_named_change_and_no_others(desk: Desk) -> None:
    assert desk.edit(username='ANN', changes={
        'bio': 'Rows.',
        'birth_date': date(1990, 5, 1)
    }) == 'ann'
    assert (desk.ann.bio, desk.ann.birth_date) == ('Rows.', date(1990, 5, 1))
    assert (desk.ann.email, desk.ann.verified_at) == ('ann@example.org', NOON)
    assert desk.ann.updated_at == desk.clock.now()
    assert desk.uow.actions() == ['account_updated']
    assert desk.uow.mails() == []


def test_edit_that_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    desk.edit(username='ann', changes={'email': 'ann@example.org', 'username': 'ann'})
    assert desk.ann.updated_at == NOON
    assert desk.uow.actions() == [] and desk.uow.mails() == []


def test_account_is_called_by_its_new_name(desk: Desk) -> None:
    assert desk.edit(username='ann', changes={'username': 'Anna'}) == 'Anna'
    assert desk.ann.username == 'Anna'


def test_new_address_is_not_proven_and_the_former_one_hears_of_it(desk: Desk) -> None:
    desk.edit(username='ann', changes={'email': 'anna@example.org'})
    assert (desk.ann.email, desk.ann.verified) == ('anna@example.org', False)
    [mail] = desk.uow.jobs
    assert mail.arguments['kind'] == 'email_changed'
    assert mail.arguments['to'] == 'ann@example.org'


def test_address_in_other_letters_is_the_same_one(desk: Desk) -> None:
    desk.edit(username='ann', changes={'email': 'Ann@example.org'})
    assert (desk.ann.email, desk.ann.verified) == ('Ann@example.org', True)
    assert desk.uow.mails() == []


@pytest.mark.parametrize('verified', [True, False])
def test_administrator_may_say_what_is_proven(desk: Desk, verified: bool) -> None:
    desk.edit(username='ann', changes={'email': 'anna@example.org', 'verified': verified})
    assert desk.ann.verified is verified
    assert desk.ann.verified_at == (desk.clock.now() if verified else None)


def test_every_fault_is_told_at_once_and_nothing_changes(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.edit(username='ann',
                  changes={
                      'email': 'nowhere',
                      'username': '?',
                      'birth_date': date(2090, 1, 1),
                      'language': 'tlh'
                  })
    assert {fault.pointer
            for fault in refused.value.faults
            } == {'/email', '/username', '/birth_date', '/language'}
    assert desk.uow.actions() == [] and desk.ann.username == 'ann'


def test_what_another_account_has_is_not_given_twice(desk: Desk) -> None:
    desk.add('ben')
    with pytest.raises(EmailTaken):
        desk.edit(username='ann', changes={'email': 'BEN@example.org'})
    with pytest.raises(UsernameTaken):
        desk.edit(username='ann', changes={'username': 'Ben'})
    assert desk.uow.mails() == []


def test_nobody_and_an_old_version_are_refused(desk: Desk) -> None:
    with pytest.raises(UserNotFound):
        desk.edit(username='nobody', changes={'bio': ''})
    with pytest.raises(VersionMismatch):
        desk.edit(username='ann', changes={'bio': 'x'}, expected_version=desk.ann.version + 1)
    assert desk.ann.bio == ''
