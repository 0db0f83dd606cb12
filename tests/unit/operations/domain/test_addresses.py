from dataclasses import replace

import pytest

from talelio_backend.operations.domain.addresses import Addresses, move

OLD = Addresses(public_url='https://api.old.example',
                client_url='https://old.example',
                s3_public_url='https://cdn.old.example/media/')
NEW = Addresses(public_url='http://127.0.0.1:5000',
                client_url='http://127.0.0.1:3000',
                s3_public_url=None)


def moved(text: str, old: Addresses = OLD, new: Addresses = NEW) -> str:
    found = move(old, new)
    assert found is not None
    return found.rewrite(text)


@pytest.mark.parametrize(('before', 'after'), [
    ('https://api.old.example/v1/users/ada/images/1.jpg',
     'http://127.0.0.1:5000/v1/users/ada/images/1.jpg'),
    ('https://old.example/articles/herons?a=1#b', 'http://127.0.0.1:3000/articles/herons?a=1#b'),
    ('https://cdn.old.example/media/users/7/images/1.jpg',
     'http://127.0.0.1:5000/v1/users/7/images/1.jpg'),
    ('[here](https://old.example).', '[here](http://127.0.0.1:3000).'),
    ('{"link": "https://old.example"}', '{"link": "http://127.0.0.1:3000"}'),
    ('see https://old.example', 'see http://127.0.0.1:3000'),
])
def test_an_address_follows_the_installation(before: str, after: str) -> None:
    assert moved(before) == after


@pytest.mark.parametrize('text', [
    'https://old.example.org', 'https://old.example:8443/', 'https://old.example-shop.net',
    'https://older.example', 'old.example', 'http://old.example'
])
def test_another_place_keeps_its_address(text: str) -> None:
    assert moved(text) == text


def test_files_go_from_bucket_to_bucket() -> None:
    new = replace(NEW, s3_public_url='https://cdn.new.example')
    assert moved('https://cdn.old.example/media/a.jpg', new=new) == 'https://cdn.new.example/a.jpg'


def test_parts_that_exchange_their_addresses_are_not_moved_twice() -> None:
    here = replace(NEW, client_url='http://127.0.0.1:5000', public_url='http://127.0.0.1:3000')
    text = 'http://127.0.0.1:3000/a http://127.0.0.1:5000/b'
    assert moved(text, NEW, here) == 'http://127.0.0.1:5000/a http://127.0.0.1:3000/b'


def test_one_that_stays_is_not_taken_for_its_beginning() -> None:
    old = Addresses(public_url='https://old.example/api',
                    client_url='https://old.example',
                    s3_public_url=None)
    new = replace(old, client_url='https://new.example')
    assert moved('https://old.example/api/v1 https://old.example/x', old,
                 new) == 'https://old.example/api/v1 https://new.example/x'


def test_nothing_is_moved_to_where_it_is() -> None:
    assert move(OLD, OLD) is None
    assert move(OLD, replace(OLD, s3_public_url='https://cdn.old.example/media')) is None


def test_addresses_are_read_as_they_were_written() -> None:
    assert Addresses.from_json(OLD.to_json()) == OLD
    assert Addresses.from_json(NEW.to_json()) == NEW
    for wrong in ({}, OLD.to_json() | {'public_url': ''}, OLD.to_json() | {'s3_public_url': 7}):
        with pytest.raises((KeyError, TypeError)):
            Addresses.from_json(wrong)
