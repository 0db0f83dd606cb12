from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.data.shelving_queries import SqlShelvingQueries
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain import events
from talelio_backend.app_library.part import Part
from talelio_backend.app_library.presentation import author_resources as authors
from talelio_backend.app_library.presentation import category_resources as categories
from talelio_backend.app_library.presentation import item_type_resources as item_types
from talelio_backend.app_library.services.catalogue_ports import ShelvingUnitOfWork
from talelio_backend.app_library.services.item_types import ItemTypeService
from talelio_backend.app_library.services.shelving import AuthorService, CategoryService
from talelio_backend.shared.area import Kernel, Route

_AUTHORS, _CATEGORIES = '/v1/library/authors', '/v1/library/categories'
_AUTHOR, _CATEGORY = f'{_AUTHORS}/<uuid:author_id>', f'{_CATEGORIES}/<uuid:category_id>'
_ITEM_TYPES = '/v1/library/item-types'


def plug(kernel: Kernel, settings: LibrarySettings) -> Part:  # pylint: disable=unused-argument

    def open_uow() -> ShelvingUnitOfWork:
        return SqlLibraryUnitOfWork(kernel.transactions)

    queries = SqlShelvingQueries(kernel.read, cursors=kernel.cursors, clock=kernel.clock)
    author_service = AuthorService(open_uow=open_uow, clock=kernel.clock)
    category_service = CategoryService(open_uow=open_uow, clock=kernel.clock)
    return Part(events=(events.AuthorCreated, events.AuthorUpdated, events.AuthorDeactivated,
                        events.AuthorRestored, events.CategoryCreated, events.CategoryUpdated,
                        events.CategoryDeactivated, events.CategoryRestored,
                        events.ItemTypeCreated, events.ItemTypeUpdated, events.ItemTypeDeleted),
                routes=(*_author_routes(author_service, queries),
                        *_category_routes(category_service, queries),
                        *_item_type_routes(ItemTypeService(open_uow=open_uow), queries)))


def _author_routes(service: AuthorService, queries: SqlShelvingQueries) -> list[Route]:
    both = {'authors': service, 'queries': queries}
    return [
        Route(rule=_AUTHORS, resource=authors.AuthorsResource, arguments=both),
        Route(rule=_AUTHOR, resource=authors.AuthorResource, arguments=both),
        Route(rule=f'{_AUTHOR}/deactivate',
              resource=authors.DeactivatedAuthorResource,
              arguments=both),
        Route(rule=f'{_AUTHOR}/restore', resource=authors.RestoredAuthorResource, arguments=both),
    ]


def _category_routes(service: CategoryService, queries: SqlShelvingQueries) -> list[Route]:
    both = {'categories': service, 'queries': queries}
    return [
        Route(rule=_CATEGORIES, resource=categories.CategoriesResource, arguments=both),
        Route(rule=_CATEGORY, resource=categories.CategoryResource, arguments=both),
        Route(rule=f'{_CATEGORY}/deactivate',
              resource=categories.DeactivatedCategoryResource,
              arguments=both),
        Route(rule=f'{_CATEGORY}/restore',
              resource=categories.RestoredCategoryResource,
              arguments=both),
    ]


def _item_type_routes(service: ItemTypeService, queries: SqlShelvingQueries) -> list[Route]:
    both = {'item_types': service, 'queries': queries}
    return [
        Route(rule=_ITEM_TYPES, resource=item_types.ItemTypesResource, arguments=both),
        Route(rule=f'{_ITEM_TYPES}/<item_type>',
              resource=item_types.ItemTypeResource,
              arguments=both),
    ]
