import click

from talelio_backend.app_navigation.services.menus import MenuService


def navigation_group(menus: MenuService) -> click.Group:
    """The commands of this area, bound to its services."""

    @click.group('navigation')
    def navigation() -> None:
        """Look after the menus."""

    @navigation.command('restore-defaults')
    def restore_defaults() -> None:
        """Put back the links of the beginning that are missing; touch no other."""
        click.echo(f'{menus.restore_defaults()} put back')

    return navigation
