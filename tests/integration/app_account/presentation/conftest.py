from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.houses import Houses
from tests.integration.app_account.conftest import AddAccount, SignIn

Headers = dict[str, str]
As = Callable[[str], Headers]


@pytest.fixture(name='client')
def _client(house: House, houses: Houses) -> FlaskClient:
    return houses.app(house).test_client()


@pytest.fixture(name='bearer')
def _bearer(sign_in: SignIn) -> As:
    """The headers of a signed-in account."""

    def headers(username: str) -> Headers:
        return {'Authorization': f'Bearer {sign_in(username).access_token.text}'}

    return headers


@pytest.fixture(name='ann')
def _ann(add_account: AddAccount, bearer: As) -> Headers:
    add_account('ann')
    return bearer('ann')


@pytest.fixture(name='boss')
def _boss(add_account: AddAccount, bearer: As) -> Headers:
    add_account('boss', level=Level.ADMIN)
    return bearer('boss')
