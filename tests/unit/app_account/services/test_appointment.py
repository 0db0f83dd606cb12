import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import UsernameTaken
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.services.appointment import AppointmentService
from talelio_backend.app_account.services.registration import ApplicationRules
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid
from tests.fakes import NOON, FakeClock
from tests.fakes_account import FakeAccountUnitOfWork, PlainAddresses
from tests.fakes_sign_in import PlainHasher


@pytest.fixture(name='uow')
def _uow() -> FakeAccountUnitOfWork:
    return FakeAccountUnitOfWork()


@pytest.fixture(name='service')
def _service(uow: FakeAccountUnitOfWork) -> AppointmentService:
    clock = FakeClock()
    rules = ApplicationRules(addresses=PlainAddresses(),
                             is_common=lambda folded: False,
                             languages=Languages(offered=('en', ), default='en'),
                             clock=clock)
    return AppointmentService(open_uow=uow.again,
                              addresses=PlainAddresses(),
                              rules=rules,
                              hasher=PlainHasher(),
                              clock=clock)


def _create(service: AppointmentService,
            username: str = 'boss',
            password: str = '12345678') -> bool:
    return service.create_admin(email='boss@example.org', username=username, password=password)


def test_admin_is_made_and_verified(service: AppointmentService,
                                    uow: FakeAccountUnitOfWork) -> None:
    assert _create(service)
    (account, ) = uow.stored_accounts.values()
    assert (account.level, account.verified_at, account.username) == (Level.ADMIN, NOON, 'boss')


def test_second_time_changes_nothing(service: AppointmentService,
                                     uow: FakeAccountUnitOfWork) -> None:
    _create(service)
    told = len(uow.events)
    assert not _create(service, username='other', password='x')
    (account, ) = uow.stored_accounts.values()
    assert (account.password_hash, account.username) == ('hash:12345678', 'boss')
    assert len(uow.events) == told


def test_member_of_that_address_is_promoted_and_keeps_the_password(
        service: AppointmentService, uow: FakeAccountUnitOfWork) -> None:
    member = Account.register(email='Boss@example.org',
                              username='member',
                              password_hash='hash:own',
                              language='en',
                              now=NOON)
    uow.stored_accounts[member.id] = member
    assert service.exists('boss@example.org')
    assert not _create(service)
    (account, ) = uow.stored_accounts.values()
    assert (account.level, account.verified, account.password_hash) == (Level.ADMIN, True,
                                                                        'hash:own')


def test_taken_username_writes_nothing(service: AppointmentService,
                                       uow: FakeAccountUnitOfWork) -> None:
    _create(service)
    with pytest.raises(UsernameTaken):
        service.create_admin(email='new@example.org', username='BOSS', password='12345678')
    assert len(uow.stored_accounts) == 1


def test_refused_password_writes_nothing(service: AppointmentService,
                                         uow: FakeAccountUnitOfWork) -> None:
    with pytest.raises(Invalid):
        _create(service, password='short')
    assert not uow.stored_accounts
