from uuid import UUID

from talelio_backend.shared.presentation.schemas import View


class StatisticsView(View):
    members: int
    titles: int
    loans: int


class CategoryFiguresView(View):
    id: UUID
    name: str
    active: bool
    loans_count: int
    active_loans_count: int
    late_loans_count: int
    new_loans_count: int


class DashboardView(View):
    loans: int
    active: int
    late: int
    new: int
    returned: int
    holds_waiting: int
    holds_ready: int
    booked_debt: str
    currency: str
    categories: list[CategoryFiguresView]
