from uuid import UUID

import pytest

from talelio_backend.app_assets.domain.image_file import ImageFile, images_named_in, shown_name

ONE = UUID('0198c5a2-f7c1-7a2e-8000-0000000000a1')
TWO = UUID('0198c5a2-f7c1-7a2e-8000-0000000000a2')


@pytest.mark.parametrize('name, file', [
    (f'{ONE}.jpg', ImageFile(ONE, 'jpg')),
    (f'{ONE}.webp', ImageFile(ONE, 'webp')),
    (f'{ONE}-320.webp', ImageFile(ONE, 'webp', 320)),
])
def test_names_that_are_given_out_are_read_back(name: str, file: ImageFile) -> None:
    assert ImageFile.parse(name) == file
    assert file.name == name


@pytest.mark.parametrize('name', [
    '', 'heron.png', f'{ONE}', f'{ONE}.svg', f'{ONE}.PNG', f'{ONE}-320.png', f'{ONE}-0.webp',
    f'{ONE}-.webp', f'{ONE}-03.webp', f'{ONE}.png\n', f' {ONE}.png', f'{ONE.hex}.png',
    str(ONE).upper() + '.png', f'../{ONE}.png', f'{ONE}-٣٢٠.webp', f'{ONE}-123456.webp'
])
def test_any_other_name_is_none(name: str) -> None:
    assert ImageFile.parse(name) is None


@pytest.mark.parametrize('link', [
    f'https://api.example/v1/users/ada/images/{ONE}.png',
    f'https://cdn.example/users/{TWO}/images/{ONE}.jpg',
    f'http://old.example:8080/v1/users/former.name/images/{ONE}-640.webp?size=2#top',
    f'/v1/users/ada/images/{ONE}.gif',
    f' https://api.example/v1/users/ad%61/images/{ONE}%2Epng ',
])
def test_an_address_names_its_image_whatever_host_it_was_written_for(link: str) -> None:
    assert images_named_in([link]) == [ONE]


@pytest.mark.parametrize('link', [
    'https://api.example/v1/users/ada',
    f'https://api.example/v1/users/ada/images/{ONE}.png/more',
    f'https://api.example/v1/users/images/{ONE}.png',
    f'https://api.example/?file=/users/ada/images/{ONE}.png',
    f'https://api.example/users/ada/images/{ONE}-640.png',
    'http://[broken/users/ada/images/',
    '',
])
def test_other_addresses_name_none(link: str) -> None:
    assert not images_named_in([link])


def test_each_image_is_named_once() -> None:
    links = [
        f'/users/ada/images/{name}' for name in (f'{TWO}.png', f'{ONE}.png', f'{TWO}-320.webp')
    ]
    assert images_named_in(links) == [ONE, TWO]


@pytest.mark.parametrize('sent, shown', [
    ('heron.png', 'heron.png'),
    ('C:\\fakepath\\heron.png', 'heron.png'),
    ('/home/ada/../heron.png', 'heron.png'),
    ('  Reiher am See.PNG ', 'Reiher am See.PNG'),
    ('a\x00b\r\nc\x7f.png', 'abc.png'),
    ('', 'image.png'),
    ('folder/', 'image.png'),
    ('\x00', 'image.png'),
    ('a' * 199 + ' b.png', 'a' * 199),
    ('a' * 300, 'a' * 200),
    ('A\u030angstrom.png', '\u00c5ngstrom.png'),
])
def test_the_name_is_shown_as_sent_without_folders(sent: str, shown: str) -> None:
    assert shown_name(sent, extension='png') == shown
