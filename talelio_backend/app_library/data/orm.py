"""Every table of the library, and the objects that their rows become."""

from talelio_backend.app_library.data import (book_mapping, catalogue_orm, circulation_orm,
                                              intake_orm, money_orm, shelving_mapping)

__all__ = ('book_mapping', 'catalogue_orm', 'circulation_orm', 'intake_orm', 'money_orm',
           'shelving_mapping')
