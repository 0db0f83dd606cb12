from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.presentation.schemas import Body
from talelio_backend.shared.services.authentication import Caller


def check_staff_fields(body: Body, caller: Caller, *names: str) -> None:
    """Raises NotYours where somebody else than an administrator sends one of these keys."""
    if body.model_fields_set & set(names) and not caller.is_admin:
        raise NotYours()
