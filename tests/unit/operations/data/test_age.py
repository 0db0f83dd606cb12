from io import BytesIO
from pathlib import Path

import pytest
from pyrage import x25519

from talelio_backend.operations.data.age import AgeSealer
from talelio_backend.operations.domain.errors import Corrupted, NoIdentity

CONTENT = bytes(range(256)) * 1024


class Broken:
    """A stream that breaks after so many bytes, however it is used."""

    def __init__(self, error: BaseException, left: int = 100_000) -> None:
        self._error = error
        self._left = left

    def read(self, size: int = -1, /) -> bytes:
        self._use(size)
        return b'x' * size

    def write(self, content: bytes, /) -> int:
        self._use(len(content))
        return len(content)

    def _use(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self._error


@pytest.fixture(name='identity')
def make_identity() -> x25519.Identity:
    return x25519.Identity.generate()


@pytest.fixture(name='sealer')
def make_sealer(identity: x25519.Identity, tmp_path: Path) -> AgeSealer:
    file = tmp_path / 'identity'
    file.write_text(f'# created: today\n\n{identity}\n')
    return AgeSealer([str(identity.to_public())], file)


def sealed(sealer: AgeSealer, content: bytes = CONTENT) -> bytes:
    target = BytesIO()
    sealer.seal(BytesIO(content), target)
    return target.getvalue()


def opened(sealer: AgeSealer, content: bytes) -> bytes:
    target = BytesIO()
    sealer.open(BytesIO(content), target)
    return target.getvalue()


@pytest.mark.parametrize('content', [b'', b'x', CONTENT])
def test_what_was_sealed_is_opened(sealer: AgeSealer, content: bytes) -> None:
    stored = sealed(sealer, content)
    assert sealer.is_sealed(stored[:64]) and sealer.can_open
    assert len(content) < 100 or content[:100] not in stored
    assert opened(sealer, stored) == content


def test_without_recipients_nothing_is_sealed() -> None:
    sealer = AgeSealer([], None)
    assert sealed(sealer) == CONTENT
    assert not sealer.is_sealed(CONTENT) and not sealer.can_open


def test_each_recipient_opens_it(sealer: AgeSealer, tmp_path: Path) -> None:
    other = x25519.Identity.generate()
    file = tmp_path / 'other'
    file.write_text(f'{x25519.Identity.generate()}\n{other}\n')
    both = AgeSealer([*sealer.recipients, str(other.to_public())], file)
    assert opened(both, sealed(both)) == CONTENT
    assert opened(sealer, sealed(both)) == CONTENT


def test_somebody_elses_is_not_opened(sealer: AgeSealer) -> None:
    other = AgeSealer([str(x25519.Identity.generate().to_public())], None)
    with pytest.raises(NoIdentity):
        opened(sealer, sealed(other))
    with pytest.raises(NoIdentity):
        opened(other, sealed(other))


@pytest.mark.parametrize('content', ['', '# nothing\n', 'AGE-SECRET-KEY-1NONSENSE', 'ä'])
def test_a_file_without_a_key_is_none(sealer: AgeSealer, tmp_path: Path, content: str) -> None:
    file = tmp_path / 'bad'
    file.write_text(content, encoding='utf-8')
    with pytest.raises(NoIdentity) as refused:
        opened(AgeSealer([], file), sealed(sealer))
    assert 'NONSENSE' not in f'{refused.value}{refused.value.__cause__}'


@pytest.mark.parametrize('at', [30, 150, 5000, -1])
def test_a_change_is_noticed(sealer: AgeSealer, at: int) -> None:
    changed = bytearray(sealed(sealer))
    changed[at] ^= 1
    with pytest.raises((Corrupted, NoIdentity)):
        opened(sealer, bytes(changed))


@pytest.mark.parametrize('missing', [1, 16, 65536 + 16, 200_000])
def test_a_missing_tail_is_noticed(sealer: AgeSealer, missing: int) -> None:
    with pytest.raises(Corrupted):
        opened(sealer, sealed(sealer)[:-missing])


@pytest.mark.parametrize('error', [ValueError('ours'), BrokenPipeError('ours'), SystemExit(143)])
def test_errors_of_the_streams_come_out_as_they_are(sealer: AgeSealer,
                                                    error: BaseException) -> None:
    stored = sealed(sealer)
    with pytest.raises(type(error), match='ours|143'):
        sealer.seal(Broken(error), BytesIO())
    with pytest.raises(type(error), match='ours|143'):
        sealer.seal(BytesIO(CONTENT), Broken(error))
    with pytest.raises(type(error), match='ours|143'):
        sealer.open(BytesIO(stored), Broken(error))
