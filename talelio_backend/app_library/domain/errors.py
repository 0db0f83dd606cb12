"""What the catalogue and the desk refuse."""

from talelio_backend.shared.domain.errors import Conflict, Fault, Invalid, NotFound


class BookNotFound(NotFound):
    code = 'book_not_found'
    title = 'There is no such book.'


class CopyNotFound(NotFound):
    code = 'copy_not_found'
    title = 'There is no such copy.'


class AuthorNotFound(NotFound):
    code = 'author_not_found'
    title = 'There is no such author.'


class CategoryNotFound(NotFound):
    code = 'category_not_found'
    title = 'There is no such category.'


class ItemTypeNotFound(NotFound):
    code = 'item_type_not_found'
    title = 'There is no such item type.'


class IsbnTaken(Conflict):
    code = 'isbn_taken'
    title = 'There is a book of this ISBN already.'


class ParentInactive(Conflict):
    """``inactive``: list of ``{type, id, name}``."""

    code = 'parent_inactive'
    title = 'The category or an author of the book is inactive.'


class CopiesInUse(Conflict):
    code = 'copies_in_use'
    title = 'Too few copies are available to be withdrawn.'


class AlreadyInactive(Conflict):
    code = 'already_inactive'
    title = 'This is inactive already.'


class AlreadyActive(Conflict):
    code = 'already_active'
    title = 'This is active already.'


class BarcodeTaken(Conflict):
    code = 'barcode_taken'
    title = 'Another copy has this barcode.'


class CopyInUse(Conflict):
    code = 'copy_in_use'
    title = 'The copy circulates: its status changes at the desk alone.'


class CategoryNameTaken(Conflict):
    code = 'category_name_taken'
    title = 'There is a category of this name already.'


class ItemTypeTaken(Conflict):
    code = 'item_type_taken'
    title = 'There is an item type of this id already.'


class ItemTypeInUse(Conflict):
    code = 'item_type_in_use'
    title = 'A book, a policy or a tariff names this item type.'


class PolicyNotFound(NotFound):
    code = 'policy_not_found'
    title = 'There is no such policy.'


class PolicyExists(Conflict):
    code = 'policy_exists'
    title = 'There is a policy for this access level and item type already.'


class DefaultPolicy(Conflict):
    code = 'default_policy'
    title = 'The policy for everybody and everything stays what it is for.'


class LoanNotFound(NotFound):
    code = 'loan_not_found'
    title = 'There is no such loan.'


class BookInactive(Conflict):
    code = 'book_inactive'
    title = 'The book is inactive and not lent.'


class MemberBlocked(Conflict):
    code = 'member_blocked'
    title = 'The account is blocked or not verified.'


class AlreadyBorrowed(Conflict):
    code = 'already_borrowed'
    title = 'The member has this book already.'


class LoanLimit(Conflict):
    code = 'loan_limit'
    title = 'The member has as many loans as the policy allows: {limit}.'


class CreditLimitReached(Conflict):
    code = 'credit_limit_reached'
    title = 'The member owes {balance}, more than the limit of {credit_limit}.'


class NoCopyAvailable(Conflict):
    code = 'no_copy_available'
    title = 'No copy is free.'


class AlreadyReturned(Conflict):
    code = 'already_returned'
    title = 'The loan has ended.'


class NotOnLoan(Conflict):
    code = 'not_on_loan'
    title = 'This copy is not on loan.'


class ExtensionLimit(Conflict):
    code = 'extension_limit'
    title = 'The loan was extended as often as its policy allows: {limit}.'


class HoldWaiting(Conflict):
    code = 'hold_waiting'
    title = 'Somebody else waits for this book.'


class ExtensionTooLate(Conflict):
    code = 'extension_too_late'
    title = 'The new date would have passed already.'


class HoldNotFound(NotFound):
    code = 'hold_not_found'
    title = 'There is no such hold.'


class AlreadyOnHold(Conflict):
    code = 'already_on_hold'
    title = 'The member waits for this book already.'


class CopyAvailable(Conflict):
    code = 'copy_available'
    title = 'A copy is free: borrow it.'


class HoldsNotAllowed(Conflict):
    code = 'holds_not_allowed'
    title = 'The policy allows no holds on this.'


class HoldLimit(Conflict):
    code = 'hold_limit'
    title = 'The member has as many holds as the policy allows: {limit}.'


class HoldNotWaiting(Conflict):
    code = 'hold_not_waiting'
    title = 'The hold is not waiting.'


class HoldNotSuspended(Conflict):
    code = 'hold_not_suspended'
    title = 'The hold is not suspended.'


class HoldClosed(Conflict):
    code = 'hold_closed'
    title = 'The hold is closed.'


class FavouriteNotFound(NotFound):
    code = 'favourite_not_found'
    title = 'There is no such favourite.'


class AlreadyFavourite(Conflict):
    code = 'already_favourite'
    title = 'The book is a favourite already.'


class CalendarNotFound(NotFound):
    code = 'calendar_not_found'
    title = 'There is no calendar at this address.'


class UnknownReference(Invalid):
    """An id in a body that names nothing. ``pointer`` is where it stands."""

    def __init__(self, pointer: str, what: str) -> None:
        super().__init__(Fault(pointer, 'unknown', f'there is no such {what}'))
