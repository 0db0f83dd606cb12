from sqlalchemy.orm import Session

from talelio_backend.app_library.data.catalogue_lock import SqlCatalogueLock
from talelio_backend.app_library.data.hold_repository import SqlHoldRepository
from talelio_backend.app_library.data.loan_repository import SqlLoanRepository
from talelio_backend.app_library.data.policy_repository import SqlPolicyRepository
from talelio_backend.app_library.data.title_repository import SqlTitleRepository
from talelio_backend.app_library.domain import errors, money_errors
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork


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
        'uq_library_favourite': errors.AlreadyFavourite,
        'uq_library_policy_scope': errors.PolicyExists,
        'uq_library_member_card_number': money_errors.CardNumberTaken,
        'pk_library_tariff': money_errors.TariffExists,
        'uq_library_tariff_effective_from': money_errors.TariffDateTaken,
        'uq_library_ledger_voids': money_errors.AlreadyVoided,
    }

    holds: SqlHoldRepository
    catalogue: SqlCatalogueLock
    titles: SqlTitleRepository
    loans: SqlLoanRepository
    policies: SqlPolicyRepository

    def attach(self, session: Session) -> None:
        """Sets the repositories."""
        self.catalogue = SqlCatalogueLock(session)
        self.holds = SqlHoldRepository(session)
        self.titles = SqlTitleRepository(session)
        self.loans = SqlLoanRepository(session)
        self.policies = SqlPolicyRepository(session)
