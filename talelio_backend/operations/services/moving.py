"""A whole installation in one file, and out of it again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from talelio_backend.operations.domain.addresses import Addresses, move
from talelio_backend.operations.domain.errors import NotProven
from talelio_backend.operations.domain.export import (DUMP, MEDIA, ExportedFile, ExportManifest,
                                                      most_bytes)
from talelio_backend.operations.domain.manifest import Tools
from talelio_backend.operations.domain.restore_errors import HoldsAccounts
from talelio_backend.operations.domain.row_change import RowChange
from talelio_backend.operations.services.drilling import differing
from talelio_backend.operations.services.moving_ports import (Archive, ArchiveOnItsWay, Archives,
                                                              MediaFiles, Texts)
from talelio_backend.operations.services.ports import (Contents, Dumper, Loader, Readable,
                                                       Snapshot, Snapshots, Writable)
from talelio_backend.operations.services.replacing import Replaced, ReplacingService
from talelio_backend.shared.services.clock import Clock

ACCOUNTS = 'public.account'
_PIECE = 1024 * 1024
_NAMED = 3  # differences that are told


class ExportingService:

    def __init__(self, *, snapshots: Snapshots, dumper: Dumper, media: MediaFiles,
                 archives: Archives, addresses: Addresses, clock: Clock, version: str) -> None:
        self._snapshots = snapshots
        self._dumper = dumper
        self._media = media
        self._archives = archives
        self._addresses = addresses
        self._clock = clock
        self._version = version

    def export(self, file: Path) -> ExportManifest:
        """Writes the database and all media into ``file``, in a stream; blocks no write. A file
        that somebody deletes meanwhile is left out.

        Raises FileFailed, DumpFailed, StorageUnavailable, DatabaseUnavailable."""
        with self._archives.create(file) as archive:
            with self._snapshots.take() as snapshot:
                keys = list(self._media.keys())
                draft = self._describe(snapshot)
                archive.reserve(most_bytes(draft, keys))
                with self._dumper.dump(snapshot.id) as dump, archive.add(DUMP) as member:
                    _copy(dump, member)
                database = replace(draft.database, size=member.size, sha256=member.sha256)
            media = [stored for key in keys if (stored := self._add(archive, key)) is not None]
            manifest = replace(draft, database=database, media=media)
            archive.describe(manifest)
        return manifest

    def _describe(self, snapshot: Snapshot) -> ExportManifest:
        return ExportManifest(created_at=self._clock.now().replace(microsecond=0),
                              alembic_revision=snapshot.contents.alembic_revision,
                              tables=snapshot.contents.tables,
                              database=ExportedFile(key=DUMP, size=0, sha256='0' * 64),
                              media=(),
                              addresses=self._addresses,
                              tools=Tools(talelio=self._version,
                                          pg_dump=self._dumper.version(),
                                          server=snapshot.server))

    def _add(self, archive: ArchiveOnItsWay, key: str) -> ExportedFile | None:
        with self._media.open(key) as opened:
            if opened is None:
                return None
            with archive.add(MEDIA + key) as member:
                _copy(opened.content, member)
            return ExportedFile(key=key,
                                size=member.size,
                                sha256=member.sha256,
                                content_type=opened.content_type,
                                cache_control=opened.cache_control)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What an archive is brought into: the parts that are not the database's."""

    loader: Loader
    media: MediaFiles
    texts: Texts
    addresses: Addresses


class ArchivedInstallation:
    """An archive as what a database is filled from. ``replace``: accounts may get lost."""

    name = 'import'

    def __init__(self, archive: Archive, into: Installation, replacing: ReplacingService, *,
                 replace_accounts: bool) -> None:
        self._archive = archive
        self._into = into
        self._replacing = replacing
        self._replace_accounts = replace_accounts

    def fill(self, database: str) -> None:
        with self._into.loader.load(database) as target, self._archive.dump() as dump:
            _copy(dump, target)

    def check(self, contents: Contents) -> None:
        differences = differing(self._archive.manifest, contents)
        if differences:
            raise NotProven('; '.join(differences[:_NAMED]))

    def complete(self, database: str) -> None:
        """Files come before the rows that name them. They have names that no other file ever
        had, so that nobody sees them before; a sweep removes them where it ends here."""
        moved = move(self._archive.manifest.addresses, self._into.addresses)
        if moved is not None:
            self._into.texts.rewrite(database, moved)
        for file, content in self._archive.media():
            self._into.media.put(file, content)
        self.check_accounts()  # somebody may have signed up meanwhile

    def check_accounts(self) -> None:
        """Raises HoldsAccounts unless they may be replaced."""
        number = self._replacing.present().tables.get(ACCOUNTS, 0)
        if number and not self._replace_accounts:
            raise HoldsAccounts(f'{number}; --replace puts the imported ones in their place')


class ImportingService:

    def __init__(self, *, archives: Archives, replacing: ReplacingService,
                 into: Installation) -> None:
        self._archives = archives
        self._replacing = replacing
        self._into = into

    def preview(self, file: Path, *, replace_accounts: bool) -> Sequence[RowChange]:
        """What ``bring_in`` would change; it reads and loads everything, and changes nothing.

        Raises what ``bring_in`` raises."""
        with self._archives.open(file) as archive:
            return self._replacing.preview(self._checked(archive, replace_accounts))

    def bring_in(self, file: Path, *, replace_accounts: bool) -> Replaced:
        """Puts the installation of ``file`` in the place of this one. Interrupted at any moment,
        it has changed nothing and can be run again.

        Raises NotAnExport, NewerThanThisVersion, Corrupted, HoldsAccounts, NotProven, LoadFailed,
        FileFailed, StorageUnavailable, and what ``ReplacingService.replace`` raises."""
        self._replacing.check_allowed()
        with self._archives.open(file) as archive:
            return self._replacing.replace(self._checked(archive, replace_accounts))

    def _checked(self, archive: Archive, replace_accounts: bool) -> ArchivedInstallation:
        self._replacing.check_known(archive.manifest.alembic_revision)
        source = ArchivedInstallation(archive,
                                      self._into,
                                      self._replacing,
                                      replace_accounts=replace_accounts)
        source.check_accounts()
        archive.verify()
        return source


def _copy(source: Readable, target: Writable) -> None:
    while piece := source.read(_PIECE):
        target.write(piece)
