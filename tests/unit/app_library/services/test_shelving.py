from uuid import UUID

import pytest

from talelio_backend.app_library.domain.errors import (AlreadyActive, AlreadyInactive,
                                                       AuthorNotFound, CategoryNameTaken,
                                                       CategoryNotFound)
from talelio_backend.app_library.services.shelving import AuthorService, CategoryService
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON, FakeClock
from tests.fakes_library_shelving import FakeShelvingUnitOfWork


@pytest.fixture(name='uow')
def make_uow() -> FakeShelvingUnitOfWork:
    return FakeShelvingUnitOfWork()


@pytest.fixture(name='authors')
def make_authors(uow: FakeShelvingUnitOfWork) -> AuthorService:
    return AuthorService(open_uow=lambda: uow, clock=FakeClock())


@pytest.fixture(name='categories')
def make_categories(uow: FakeShelvingUnitOfWork) -> CategoryService:
    return CategoryService(open_uow=lambda: uow, clock=FakeClock())


@pytest.fixture(name='jane')
def make_jane(authors: AuthorService) -> UUID:
    return authors.create(given_name='Jane', family_name='Austen')


@pytest.fixture(name='novels')
def make_novels(categories: CategoryService) -> UUID:
    return categories.create(name='Novels')


def told(uow: FakeShelvingUnitOfWork) -> list[str | None]:
    return [event.action for event in uow.events]


def test_each_edit_holds_the_lock_of_the_catalogue(uow: FakeShelvingUnitOfWork,
                                                   authors: AuthorService,
                                                   categories: CategoryService, jane: UUID,
                                                   novels: UUID) -> None:
    authors.rename(author_id=jane, changes={'family_name': 'Eyre'})
    authors.deactivate(author_id=jane)
    authors.restore(author_id=jane)
    categories.rename(category_id=novels, name='Tales')
    categories.deactivate(category_id=novels)
    categories.restore(category_id=novels)
    assert uow.catalogue.taken == uow.commits == 8
    assert told(uow) == [
        'author_created', 'category_created', 'author_updated', 'author_deactivated',
        'author_restored', 'category_updated', 'category_deactivated', 'category_restored'
    ]


def test_books_follow_a_name_that_changed_alone(uow: FakeShelvingUnitOfWork,
                                                authors: AuthorService,
                                                categories: CategoryService, jane: UUID,
                                                novels: UUID) -> None:
    authors.rename(author_id=jane, changes={'given_name': 'Jane'})
    categories.rename(category_id=novels, name='Novels')
    assert not uow.book_index.changed
    authors.rename(author_id=jane, changes={'given_name': None})
    categories.rename(category_id=novels, name='NOVELS')
    assert uow.book_index.changed == [jane, novels]


def test_books_fall_with_what_is_deactivated_and_stay_when_it_is_restored(
        uow: FakeShelvingUnitOfWork, authors: AuthorService, categories: CategoryService,
        jane: UUID, novels: UUID) -> None:
    authors.deactivate(author_id=jane)
    categories.deactivate(category_id=novels)
    assert uow.cascade.changed == [jane, novels]
    for service, key, thing in ((authors, 'author_id', jane), (categories, 'category_id', novels)):
        with pytest.raises(AlreadyInactive):
            getattr(service, 'deactivate')(**{key: thing})
        getattr(service, 'restore')(**{key: thing})
        with pytest.raises(AlreadyActive):
            getattr(service, 'restore')(**{key: thing})
    assert uow.cascade.changed == [jane, novels]
    assert uow.stored_authors[jane].is_active and uow.stored_categories[novels].is_active


def test_a_name_is_taken_whatever_its_case_and_by_an_inactive_one(uow: FakeShelvingUnitOfWork,
                                                                  categories: CategoryService,
                                                                  novels: UUID) -> None:
    categories.deactivate(category_id=novels)
    with pytest.raises(CategoryNameTaken):
        categories.create(name='nOVELS')
    tales = categories.create(name='Tales')
    with pytest.raises(CategoryNameTaken):
        categories.rename(category_id=tales, name='NOVELS')
    assert uow.stored_categories[tales].name == 'Tales'
    assert uow.stored_categories[novels].updated_at == NOON


def test_what_there_is_not_is_not_found(authors: AuthorService,
                                        categories: CategoryService) -> None:
    nobody = new_id()
    for name in ('deactivate', 'restore'):
        with pytest.raises(AuthorNotFound):
            getattr(authors, name)(author_id=nobody)
        with pytest.raises(CategoryNotFound):
            getattr(categories, name)(category_id=nobody)
    with pytest.raises(AuthorNotFound):
        authors.rename(author_id=nobody, changes={'family_name': 'Eyre'})
    with pytest.raises(CategoryNotFound):
        categories.rename(category_id=nobody, name='Tales')
