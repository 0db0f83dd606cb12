"""Every table of the library, and the objects that their rows become."""

from talelio_backend.app_library.data import catalogue_orm, circulation_orm, money_orm

__all__ = ('catalogue_orm', 'circulation_orm', 'money_orm')
