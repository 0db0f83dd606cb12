from sqlalchemy.orm import Session

# The objects are mapped before a repository selects them.
from talelio_backend.app_library.data import orm  # pylint: disable=unused-import
from talelio_backend.app_library.data.author_repository import SqlAuthorRepository
from talelio_backend.app_library.data.book_cascade import SqlBookCascade
from talelio_backend.app_library.data.book_repository import SqlBookRepository
from talelio_backend.app_library.data.catalogue_lock import SqlCatalogueLock
from talelio_backend.app_library.data.category_repository import SqlCategoryRepository
from talelio_backend.app_library.data.copy_repository import SqlCopyRepository
from talelio_backend.app_library.data.favourite_repository import SqlFavouriteRepository
from talelio_backend.app_library.data.hold_repository import SqlHoldRepository
from talelio_backend.app_library.data.import_repository import SqlImportRepository
from talelio_backend.app_library.data.item_type_repository import SqlItemTypeRepository
from talelio_backend.app_library.data.ledger_repository import SqlLedgerRepository
from talelio_backend.app_library.data.loan_repository import SqlLoanRepository
from talelio_backend.app_library.data.member_loans import SqlMemberLoans
from talelio_backend.app_library.data.member_repository import SqlMemberRepository
from talelio_backend.app_library.data.notice_repository import SqlNoticeRepository
from talelio_backend.app_library.data.parent_index import SqlBookIndex
from talelio_backend.app_library.data.policy_repository import SqlPolicyRepository
from talelio_backend.app_library.data.shelf import SqlShelf
from talelio_backend.app_library.data.surroundings import SqlSurroundings
from talelio_backend.app_library.data.tariff_repository import SqlTariffRepository
from talelio_backend.app_library.data.title_repository import SqlTitleRepository
from talelio_backend.app_library.domain import errors, money_errors
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork
from talelio_backend.shared.domain.events import Event


class SqlLibraryUnitOfWork(SqlUnitOfWork):
    """One transaction of the library, with all its repositories."""

    constraints = {
        'uq_library_category_name': errors.CategoryNameTaken,
        'pk_library_item_type': errors.ItemTypeTaken,
        'uq_library_book_isbn13': errors.IsbnTaken,
        'uq_library_copy_barcode': errors.BarcodeTaken,
        'uq_library_loan_open_title': errors.AlreadyBorrowed,
        'uq_library_loan_open_copy': errors.NoCopyAvailable,
        'uq_library_hold_open': errors.AlreadyOnHold,
        'uq_library_hold_ready_copy': errors.NoCopyAvailable,
        'uq_library_favourite': errors.AlreadyFavourite,
        'uq_library_policy_scope': errors.PolicyExists,
        'uq_library_member_card_number': money_errors.CardNumberTaken,
        'pk_library_tariff': money_errors.TariffExists,
        'uq_library_tariff_effective_from': money_errors.TariffDateTaken,
        'fk_library_loan_tariff_id': money_errors.TariffInUse,
        'uq_library_ledger_voids': money_errors.AlreadyVoided,
        'uq_library_ledger_overdue_day': money_errors.OverdueDayBooked,
    }

    holds: SqlHoldRepository
    favourites: SqlFavouriteRepository
    notices: SqlNoticeRepository
    catalogue: SqlCatalogueLock
    books: SqlBookRepository
    copies: SqlCopyRepository
    cascade: SqlBookCascade
    surroundings: SqlSurroundings
    item_types: SqlItemTypeRepository
    categories: SqlCategoryRepository
    authors: SqlAuthorRepository
    book_index: SqlBookIndex
    titles: SqlTitleRepository
    loans: SqlLoanRepository
    policies: SqlPolicyRepository
    members: SqlMemberRepository
    tariffs: SqlTariffRepository
    ledger: SqlLedgerRepository
    member_loans: SqlMemberLoans
    imports: SqlImportRepository
    shelf: SqlShelf

    def attach(self, session: Session) -> None:
        """Sets the repositories."""
        self.catalogue = SqlCatalogueLock(session)
        self.books = SqlBookRepository(session)
        self.copies = SqlCopyRepository(session)
        self.cascade = SqlBookCascade(session)
        self.surroundings = SqlSurroundings(session)
        self.item_types = SqlItemTypeRepository(session)
        self.categories = SqlCategoryRepository(session)
        self.authors = SqlAuthorRepository(session)
        self.book_index = SqlBookIndex(session)
        self.holds = SqlHoldRepository(session)
        self.favourites = SqlFavouriteRepository(session)
        self.notices = SqlNoticeRepository(session)
        self.titles = SqlTitleRepository(session)
        self.loans = SqlLoanRepository(session)
        self.policies = SqlPolicyRepository(session)
        self.members = SqlMemberRepository(session)
        self.tariffs = SqlTariffRepository(session)
        self.ledger = SqlLedgerRepository(session)
        self.member_loans = SqlMemberLoans(session)
        self.imports = SqlImportRepository(session)
        self.shelf = SqlShelf(session)

    def record(self, event: Event) -> None:
        """Notes what happened to no aggregate."""
        self._events.append(event)
