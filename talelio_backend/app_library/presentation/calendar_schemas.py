from talelio_backend.shared.presentation.schemas import View


class CalendarLinkView(View):
    url: str
