from sqlalchemy import text

from talelio_backend.app_assets.data.media import ORIGINALS
from tests.integration.app_assets.site import Person, Site, picture


def test_rows_name_the_originals_in_the_bucket(site: Site, ada: Person) -> None:
    ada.stored(picture(seed=1), picture('JPEG', seed=2))
    originals = site.keys()
    site.work()

    with site.house.kernel.engine.connect() as connection:
        named = set(connection.execute(text(ORIGINALS)).scalars())

    assert named == originals and len(named) == 2
    assert site.house.operations.adapters.names.all() == named
