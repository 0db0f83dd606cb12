from uuid import UUID

from talelio_backend.app_library.domain.errors import (DefaultPolicy, ItemTypeNotFound,
                                                       PolicyExists, PolicyNotFound)
from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.app_library.presentation.policy_schemas import (PoliciesView, PolicyBody,
                                                                     PolicyPatchBody, PolicyView,
                                                                     ResolveQuery, RulingView)
from talelio_backend.app_library.services.loan_queries import PolicyQueries
from talelio_backend.app_library.services.policies import PolicyService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.services.listing import BadQuery


class _Policies(Resource):

    def __init__(self, policies: PolicyService, queries: PolicyQueries) -> None:
        self._policies = policies
        self._queries = queries


class PoliciesResource(_Policies):

    @endpoint(access=Level.ADMIN,
              summary='How long and how many, for whom and of what',
              response=PoliciesView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('policies', self._queries.policies(wanted), wanted)

    @endpoint(access=Level.ADMIN,
              summary='Add a policy',
              status=201,
              response=PolicyView,
              errors=(Invalid, PolicyExists))
    def post(self, body: PolicyBody) -> Answer:
        policy_id = self._policies.create(body.fields())
        return document(self._queries.policy(policy_id),
                        location=f'/v1/library/policies/{policy_id}')


class PolicyResource(_Policies):

    @endpoint(access=Level.ADMIN,
              summary='Read a policy',
              response=PolicyView,
              errors=(PolicyNotFound, ))
    def get(self, policy_id: UUID) -> Answer:
        return document(self._queries.policy(policy_id))

    @endpoint(access=Level.ADMIN,
              summary='Change a policy for loans to come',
              response=PolicyView,
              errors=(PolicyNotFound, Invalid, DefaultPolicy, PolicyExists))
    def patch(self, policy_id: UUID, body: PolicyPatchBody) -> Answer:
        self._policies.change(policy_id=policy_id, changes=body.policy_changes())
        return document(self._queries.policy(policy_id))

    @endpoint(access=Level.ADMIN,
              summary='Delete a policy; loans keep its terms',
              status=204,
              errors=(PolicyNotFound, DefaultPolicy))
    def delete(self, policy_id: UUID) -> Answer:
        self._policies.delete(policy_id=policy_id)
        return no_content()


class ResolveResource(_Policies):

    @endpoint(access=Level.ADMIN,
              summary='Which policy counts for a member and a type of items, and why',
              response=RulingView,
              errors=(MemberNotFound, ItemTypeNotFound))
    def get(self, query: ResolveQuery) -> Answer:
        ruling = self._policies.resolve(member_id=query.member_id, item_type=query.item_type)
        return document(self._queries.ruling(ruling))
