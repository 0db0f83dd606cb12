from talelio_backend.app_navigation.commands import navigation_group
from talelio_backend.app_navigation.data.queries import SqlNavigationQueries
from talelio_backend.app_navigation.data.unit_of_work import SqlNavigationUnitOfWork
from talelio_backend.app_navigation.domain.events import LinkCreated, LinkDeleted, LinkUpdated
from talelio_backend.app_navigation.presentation.resources import (LinkResource, LinksResource,
                                                                   MyMenuResource, OptionsResource,
                                                                   StrangersMenuResource)
from talelio_backend.app_navigation.services.menus import MenuService
from talelio_backend.app_navigation.services.ports import NavigationUnitOfWork
from talelio_backend.shared.area import Area, Kernel, Route


def plug(kernel: Kernel, _settings: object) -> Area:

    def open_uow() -> NavigationUnitOfWork:
        return SqlNavigationUnitOfWork(kernel.transactions)

    queries = SqlNavigationQueries(kernel.read, cursors=kernel.cursors)
    menus = MenuService(open_uow=open_uow, clock=kernel.clock)
    read, both = {'queries': queries}, {'menus': menus, 'queries': queries}
    return Area(
        name='navigation',
        events=(LinkCreated, LinkUpdated, LinkDeleted),
        routes=(
            Route(rule='/v1/navigation/me', resource=MyMenuResource, arguments=read),
            Route(rule='/v1/navigation/everyone', resource=StrangersMenuResource, arguments=read),
            Route(rule='/v1/navigation/options', resource=OptionsResource),
            Route(rule='/v1/navigation/links', resource=LinksResource, arguments=both),
            Route(rule='/v1/navigation/links/<uuid:link_id>',
                  resource=LinkResource,
                  arguments=both),
        ),
        commands=(navigation_group(menus), ),
    )
