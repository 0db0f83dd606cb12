from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx

from tests.e2e.traefik.conftest import Published
from tests.eventually import eventually

PAUSE = 0.1  # four clients stay below what the edge lets pass


def test_restart_under_load_is_felt_while_it_lasts_and_no_longer(product: Published) -> None:
    proxy, stop, told = product.edge.process.pid, Event(), Counter[int | str]()

    def read_on(client: httpx.Client) -> None:
        while not stop.wait(PAUSE):
            try:
                told[client.get('/v1/articles').status_code] += 1
            except httpx.RemoteProtocolError:
                told['cut'] += 1

    with product.client() as client, ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read_on, client) for _ in range(4)]
        try:
            eventually(lambda: told[200] >= 20)
            assert set(told) == {200}
            product.web.kill()
            eventually(lambda: told[502] + told[503] >= 4)
            product.web.start()
            eventually(product.ready, seconds=60)
            assert client.get('/v1/articles').status_code == 200

            before = Counter(told)
            eventually(lambda: told[200] >= before[200] + 40, seconds=30)
            # One of each reader may have been on its way.
            assert sum(told.values()) - told[200] <= sum(before.values()) - before[200] + 4
        finally:
            stop.set()
        for reader in readers:
            reader.result(timeout=30)
    assert set(told) <= {200, 502, 503, 'cut'}
    # At most what each reader was being told when everything was killed.
    assert told['cut'] <= 4
    assert product.edge.process.pid == proxy and product.edge.process.alive()
