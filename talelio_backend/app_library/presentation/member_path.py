"""Whom a path below ``/v1/library/members`` means."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.services.authentication import Caller

MEMBER = '/v1/library/members/<member>'


def named_member(member: str, caller: Caller) -> UUID:
    """``me`` is the caller. Raises MemberNotFound for what is no id, and NotYours for somebody
    else's, whether there is such a member or not; administrators may name anybody."""
    if member == 'me':
        return caller.member_id
    member_id = _read(member)
    if member_id != caller.member_id and not caller.is_admin:
        raise NotYours()
    return member_id


def may_name(caller: Caller, path: Mapping[str, Any]) -> None:
    """The guard of these endpoints. Raises what ``named_member`` does."""
    named_member(path['member'], caller)


def _read(text: str) -> UUID:
    try:
        member_id = UUID(text)
    except ValueError as error:
        raise MemberNotFound() from error
    if str(member_id) != text.lower():  # braces, a URN, no hyphens: as the router has it elsewhere
        raise MemberNotFound()
    return member_id
