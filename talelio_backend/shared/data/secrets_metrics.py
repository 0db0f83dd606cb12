from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from talelio_backend.shared.data.secrets_manager import Secrets


class SecretsCollector(Collector):
    """Whether the manager answers, asked for as seldom as the secrets are read anew."""

    def __init__(self, secrets: Secrets | None) -> None:
        self._secrets = secrets

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if self._secrets is not None:
            self._secrets.values()
        yield GaugeMetricFamily('talelio_secrets_stale',
                                '1 while old values serve on, since the manager does not answer.',
                                value=float(self._secrets is not None and self._secrets.stale))
