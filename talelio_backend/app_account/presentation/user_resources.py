# pylint: disable=unused-argument  # the kernel hands its call to every endpoint
from talelio_backend.app_account.domain.errors import (EmailTaken, LastAdmin, OwnAccount,
                                                       UsernameTaken)
from talelio_backend.app_account.presentation.schemas import (LEVELS, AccountBody, BlockBody,
                                                              LevelBody, MeView, ProfileBody,
                                                              UserRowView, UsersQuery, UsersView,
                                                              UserView)
from talelio_backend.app_account.services.account_editing import AccountEditingService
from talelio_backend.app_account.services.administration import AdministrationService
from talelio_backend.app_account.services.profiles import ProfileService
from talelio_backend.app_account.services.queries import AccountQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid, UserNotFound
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import naming_the_present
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.presentation.personal import personal
from talelio_backend.shared.services.listing import BadQuery, Document


class MeResource(Resource):

    def __init__(self, profiles: ProfileService, queries: AccountQueries) -> None:
        self._profiles = profiles
        self._queries = queries

    @endpoint(access=Level.EVERYONE, credentials=True, summary='My account', response=MeView)
    def get(self, call: Call) -> Answer:
        return personal(document(self._found(call)))

    @endpoint(access=Level.MEMBER,
              summary='Edit my profile',
              response=MeView,
              unverified=True,
              if_match='accepted',
              errors=(Invalid, ))
    def patch(self, call: Call, body: ProfileBody) -> Answer:
        with naming_the_present(lambda: self._found(call)):
            self._profiles.edit(account_id=call.caller.member_id,
                                changes=body.changes(),
                                expected_version=call.expected_version)
        return personal(document(self._found(call)))

    def _found(self, call: Call) -> Document:
        return self._queries.me(account_id=call.caller.member_id,
                                session_id=call.caller.session_id)


class UsersResource(Resource):

    def __init__(self, queries: AccountQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.ADMIN, summary='All accounts', response=UsersView, errors=(BadQuery, ))
    def get(self, call: Call, query: UsersQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        page = self._queries.users(query.filter(), wanted)
        return personal(list_answer('users', page, wanted))


class UserResource(Resource):

    def __init__(self, editing: AccountEditingService, queries: AccountQueries) -> None:
        self._editing = editing
        self._queries = queries

    @endpoint(access=Level.EVERYONE,
              summary='A user: the public profile; for administrators the whole account',
              response=UserView,
              errors=(UserNotFound, ))
    def get(self, call: Call, username: str) -> Answer:
        if call.caller.is_admin:
            return personal(document(self._queries.user_row(username)))
        return document(self._queries.user(username))

    @endpoint(access=Level.ADMIN,
              summary='Edit an account',
              response=UserRowView,
              if_match='accepted',
              errors=(UserNotFound, EmailTaken, UsernameTaken, Invalid))
    def patch(self, call: Call, username: str, body: AccountBody) -> Answer:
        with naming_the_present(lambda: self._queries.user_row(username)):
            present = self._editing.edit(username=username,
                                         changes=body.changes(),
                                         expected_version=call.expected_version)
        return personal(document(self._queries.user_row(present)))


class UserLevelResource(Resource):

    def __init__(self, administration: AdministrationService, queries: AccountQueries) -> None:
        self._administration = administration
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Change the access level of an account',
              response=UserRowView,
              if_match='accepted',
              errors=(UserNotFound, LastAdmin))
    def put(self, call: Call, username: str, body: LevelBody) -> Answer:
        with naming_the_present(lambda: self._queries.user_row(username)):
            self._administration.set_level(username=username,
                                           level=LEVELS[body.level],
                                           expected_version=call.expected_version)
        return personal(document(self._queries.user_row(username)))


class UserBlockResource(Resource):

    def __init__(self, administration: AdministrationService, queries: AccountQueries) -> None:
        self._administration = administration
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Block an account',
              response=UserRowView,
              body_optional=True,
              if_match='accepted',
              errors=(UserNotFound, OwnAccount, LastAdmin, Invalid))
    def put(self, call: Call, username: str, body: BlockBody) -> Answer:
        with naming_the_present(lambda: self._queries.user_row(username)):
            self._administration.block(username=username,
                                       reason=body.reason,
                                       by=call.caller.account_id,
                                       expected_version=call.expected_version)
        return personal(document(self._queries.user_row(username)))

    @endpoint(access=Level.ADMIN,
              summary='Unblock an account',
              response=UserRowView,
              if_match='accepted',
              errors=(UserNotFound, ))
    def delete(self, call: Call, username: str) -> Answer:
        with naming_the_present(lambda: self._queries.user_row(username)):
            self._administration.unblock(username=username, expected_version=call.expected_version)
        return personal(document(self._queries.user_row(username)))
