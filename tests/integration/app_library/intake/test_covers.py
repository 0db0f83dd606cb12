from collections.abc import Iterator

import pytest

from talelio_backend.app_library.data.openlibrary import OpenLibrary
from talelio_backend.app_library.data.turns import RedisTurns
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.services.copying_covers import CoverService
from talelio_backend.shared.domain.errors import Unavailable
from tests.authors import Person, Site
from tests.open_library import OpenLibraryServer, open_library
from tests.picture_files import encoded, photograph
from tests.shelves import Shelved, Shelves


@pytest.fixture(name='server')
def start_server() -> Iterator[OpenLibraryServer]:
    with open_library() as server:
        yield server


@pytest.fixture(name='covers')
def make_covers(site: Site, server: OpenLibraryServer) -> CoverService:
    kernel = site.house.kernel
    turns = RedisTurns(kernel.redis, name='test', interval=1, sleep=lambda _: None)
    return CoverService(open_uow=lambda: SqlLibraryUnitOfWork(kernel.transactions),
                        source=OpenLibrary(turns=turns,
                                           user_agent='talelio',
                                           site=server.url,
                                           covers=server.url),
                        keepers=kernel.picture_keepers,
                        clock=kernel.clock)


@pytest.fixture(name='book')
def shelve(site: Site) -> Shelved:
    return Shelves(site).book('Emma')


def copy(covers: CoverService, book: Shelved, server: OpenLibraryServer, owner: Person) -> None:
    covers.copy(book_id=str(book.id), url=f'{server.url}/b/id/42-L.jpg', owner_id=str(owner.id))


def test_cover_is_copied_to_our_own_images(site: Site, covers: CoverService, book: Shelved,
                                           server: OpenLibraryServer, admin: Person) -> None:
    server.answers['/b/id/42'] = encoded(photograph(), 'JPEG')
    for _ in range(2):
        copy(covers, book, server, admin)
    cover = admin.get(f'/v1/library/books/{book.id}').get_json()['cover']
    image, = site.execute('SELECT id, owner_id FROM image')
    assert (cover['image_id'], image.owner_id) == (str(image.id), admin.id)
    assert server.url not in str(cover)
    assert len(server.asked) == 1
    told = {row.action: row.actor_id for row in site.activity()}
    assert told['book_updated'] == admin.id


@pytest.mark.parametrize('given', [404, b'<html>no picture</html>'])
def test_picture_that_is_none_is_left_out(site: Site, covers: CoverService, book: Shelved,
                                          server: OpenLibraryServer, admin: Person,
                                          given: bytes | int) -> None:
    server.answers['/b/id/42'] = given
    copy(covers, book, server, admin)
    assert site.execute('SELECT count(*) FROM image')[0][0] == 0
    assert admin.get(f'/v1/library/books/{book.id}').get_json()['cover'] is None


def test_source_that_is_down_is_asked_again_later(covers: CoverService, book: Shelved,
                                                  server: OpenLibraryServer,
                                                  admin: Person) -> None:
    server.answers['/b/id/42'] = 503
    with pytest.raises(Unavailable):
        copy(covers, book, server, admin)
