"""The library as docs/library.md tells it, over HTTP: lend, wait, collect, owe, pay, import."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import Servers
from tests.e2e.conftest import (PASSWORD, Product, make_child, sign_up, start_product,
                                stop_product, text_of)
from tests.eventually import eventually

LIBRARY = '/v1/library'
FIVE_DAYS = 5 * 86_400 - 600  # what began minutes ago is in its fifth day then


@pytest.fixture(name='library')
def start_library(servers: Servers, worker_number: int,
                  tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = start_product(servers, tmp_path_factory.mktemp('library'), 12 + worker_number)
    yield running
    stop_product(running)


def sign_in(client: httpx.Client, name: str) -> dict[str, str]:
    client.cookies.clear()  # everybody has a browser of their own
    answer = client.post('/v1/accounts/login', json={'username': name, 'password': PASSWORD})
    assert answer.status_code == 200, answer.text
    return {'Authorization': f"Bearer {answer.json()['access_token']}"}


def join(product: Product, client: httpx.Client, name: str) -> dict[str, str]:
    client.cookies.clear()
    return sign_up(product, client, name)


def staff(product: Product, client: httpx.Client) -> dict[str, str]:
    operator = product.operator('create-admin', '--email', 'desk@example.org', '--username',
                                'desk', '--password', PASSWORD)
    assert operator.wait(60)
    return sign_in(client, 'desk')


def made(answer: httpx.Response, status: int = 201) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def stock(client: httpx.Client, desk: dict[str, str], title: str, copies: int) -> Any:
    category = made(
        client.post(f'{LIBRARY}/categories', headers=desk, json={'name': f'About {title}'}))
    author = made(
        client.post(f'{LIBRARY}/authors',
                    headers=desk,
                    json={
                        'given_name': 'Jane',
                        'family_name': 'Austen'
                    }))
    return made(
        client.post(f'{LIBRARY}/books',
                    headers=desk,
                    json={
                        'title': title,
                        'authors': [{
                            'author_id': author['id']
                        }],
                        'category_id': category['id'],
                        'number_owned': copies
                    }))


def days_pass(product: Product, seconds: int) -> None:
    """The API comes back with a clock that is ahead."""
    product.web.stop(10)
    environment = product.environment | {'TALELIO_CLOCK_OFFSET': str(seconds)}
    product.web = make_child('web', ('serve', ), environment, product.data_dir)
    product.web.start()
    eventually(product.ready, seconds=60)


def test_a_week_at_the_desk(library: Product) -> None:
    with library.client() as client:
        ada, ben, eve = (join(library, client, name) for name in ('ada', 'ben', 'eve'))
        desk = staff(library, client)
        book = stock(client, desk, 'Emma', copies=2)
        assert book['available_copies'] == 2

        hers = made(client.post(f'{LIBRARY}/loans', headers=ada, json={'book_id': book['id']}))
        made(client.post(f'{LIBRARY}/loans', headers=ben, json={'book_id': book['id']}))
        refused = client.post(f'{LIBRARY}/loans', headers=eve, json={'book_id': book['id']})
        assert (refused.status_code, refused.json()['code']) == (409, 'no_copy_available')
        hold = made(client.post(f'{LIBRARY}/holds', headers=eve, json={'book_id': book['id']}))
        assert hold['position'] == 1

        back = made(
            client.post(f'{LIBRARY}/returns',
                        headers=desk,
                        json={'barcode': hers['copy']['barcode']}), 200)
        assert back['hold']['member']['username'] == 'eve'
        mail = library.mail('eve@example.org', 'hold_ready')
        assert 'Emma' in mail['Subject'] and 'Emma' in text_of(mail)
        collected = made(client.post(f'{LIBRARY}/loans', headers=eve, json={'book_id':
                                                                            book['id']}))
        assert collected['copy']['barcode'] == hers['copy']['barcode']

        days_pass(library, FIVE_DAYS)
        ben, desk = sign_in(client, 'ben'), sign_in(client, 'desk')
        balances = {
            tariff:
            made(
                client.get(f'{LIBRARY}/members/me/balance', headers=ben,
                           params={'tariff': tariff}), 200)['balance']
            for tariff in ('v1', 'v2', 'v3')
        }
        # Five started days: 5 × 1.00; 5 × 1.50; 2 × 1.00 + 3 × 1.50.
        assert balances == {'v1': '5.00', 'v2': '7.50', 'v3': '6.50'}
        settle(client, ben, desk, book['id'])


def settle(client: httpx.Client, ben: dict[str, str], desk: dict[str, str], book_id: str) -> None:
    """Ben returns the book, owes what v3 says, and pays."""
    loan = made(client.get(f'{LIBRARY}/loans', headers=ben), 200)['loans'][0]
    assert loan['book']['id'] == book_id
    returned = made(client.post(f"{LIBRARY}/loans/{loan['id']}/return", headers=ben), 200)
    assert returned['charge']['total'] == '6.50' and returned['charge']['frozen'] is True
    member = returned['member']['id']
    paid = made(
        client.post(f'{LIBRARY}/members/{member}/ledger',
                    headers=desk | {'Idempotency-Key': 'till-1'},
                    json={
                        'kind': 'payment',
                        'amount': '6.50'
                    }))
    assert paid['amount'] == '-6.50'
    balance = made(client.get(f'{LIBRARY}/members/me/balance', headers=ben), 200)
    assert (balance['balance'], balance['ledger'], balance['accrued']) == ('0.00', '0.00', '0.00')


def csv_of(count: int) -> str:
    """``count`` good books and three that are broken, in rows 5, 50 and 100."""
    rows = [f'Walk {number},"Author, Ann",Walks,,{number % 3}' for number in range(count)]
    for row, broken in ((5, ',"Author, Ann",Walks,,1'),
                        (50, 'No ISBN,"A, B",Walks,9780000000000,1'), (100,
                                                                       'No author,,Walks,,1')):
        rows.insert(row - 2, broken)
    return 'title,authors,category,isbn,copies\n' + '\n'.join(rows) + '\n'


def test_two_hundred_books_come_in_by_csv(library: Product) -> None:
    with library.client() as client:
        desk = staff(library, client)
        answer = client.post(f'{LIBRARY}/imports?dry_run=false',
                             headers=desk | {'Content-Type': 'text/csv'},
                             content=csv_of(200))
        assert answer.status_code == 202, answer.text
        address = answer.headers['Location']

        def done() -> Any:
            document = made(client.get(address, headers=desk), 200)
            return document if document['state'] == 'done' else None

        report = eventually(done, seconds=60)
        assert (report['created'], report['failed'], report['total']) == (200, 3, 203)
        assert [problem['row'] for problem in report['problems']] == [5, 50, 100]
        page = made(client.get(f'{LIBRARY}/books?page=1&limit=1'), 200)
        assert len(page['books']) == 1
        export = client.get(f'{LIBRARY}/export?format=csv', headers=desk)
        assert len(export.text.strip().splitlines()) == 201
