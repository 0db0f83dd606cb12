"""The composition root: settings -> adapters -> areas -> application. Sees everything, is seen by
nobody. Importing it connects to nothing."""

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine, MetaData

from talelio_backend.house import House
from talelio_backend.operations.data.restored_house import Built
from talelio_backend.operations.plug import plug as plug_operations
from talelio_backend.settings import Settings
from talelio_backend.shared.area import Area, Kernel, Route
from talelio_backend.shared.data.clock import SystemClock
from talelio_backend.shared.data.cursors import SignedCursors
from talelio_backend.shared.data.database import ReadDatabase, build_engine
from talelio_backend.shared.data.health import (check_database, check_objects, check_redis,
                                                code_revisions)
from talelio_backend.shared.data.idempotency import SqlIdempotencyStore
from talelio_backend.shared.data.image_pipeline import PillowImagePipeline
from talelio_backend.shared.data.jobs import ProcrastinateJobs
from talelio_backend.shared.data.mailers import FileMailer, SmtpMailer
from talelio_backend.shared.data.markdown.renderer import CommonMarkRenderer
from talelio_backend.shared.data.metrics import ProcessMetrics
from talelio_backend.shared.data.object_store import S3ObjectStore
from talelio_backend.shared.data.redis import RedisRateLimiter, build_redis
from talelio_backend.shared.data.restore_flag import RedisRestoreFlag
from talelio_backend.shared.data.revision import code_revision
from talelio_backend.shared.data.rotation import follow_rotation
from talelio_backend.shared.data.s3_connection import S3Options, preload
from talelio_backend.shared.data.ses_mailer import SesMailer
from talelio_backend.shared.data.unit_of_work import Transactions
from talelio_backend.shared.domain.events import Event, check_declared
from talelio_backend.shared.presentation.api import add_routes, answer_errors
from talelio_backend.shared.presentation.application import Application
from talelio_backend.shared.presentation.documentation import add_documentation
from talelio_backend.shared.presentation.edge import Edge, LogRequest, log_request
from talelio_backend.shared.presentation.health import add_health
from talelio_backend.shared.presentation.shutdown import ShutdownFlag
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.mailer import Mailer
from talelio_backend.shared.services.metrics import Uncounted, Unmeasured
from talelio_backend.shared.services.rate_limit import parse_limits

if TYPE_CHECKING:
    from talelio_backend.operations.services.diagnosing import DiagnosingService

VERSION = '0.1.0'

# The areas, in the order in which they are plugged in. An area that is off is not imported.
AREAS: Mapping[str, str] = {
    'activity': 'talelio_backend.app_activity',
    'account': 'talelio_backend.app_account',
    'project': 'talelio_backend.app_project',
    'article': 'talelio_backend.app_article',
    'assets': 'talelio_backend.app_assets',
    'contact': 'talelio_backend.app_contact',
    'navigation': 'talelio_backend.app_navigation',
    'library': 'talelio_backend.app_library',
}

Plug = Callable[[Kernel, Settings], Area]

__all__ = ('AREAS', 'VERSION', 'DoubleAction', 'House', 'build', 'create_app', 'doctor',
           'make_flask', 's3_options', 'table_metadata', 'watching_engine')


class DoubleAction(TypeError):
    """Two event classes with one action; the start-up stops on it."""


def build(settings: Settings, *, without_areas: bool = False, **overrides: Any) -> House:
    """Builds the adapters and plugs the areas in; without areas for a process that has no use for
    them, and starts in less time and memory. ``overrides`` replace fields of ``Kernel`` by name;
    tests use them, production has none."""
    read_engine = _engine(settings, autocommit=True)
    kernel = _kernel(settings, read_engine, overrides)
    names = () if without_areas else settings.areas or AREAS
    areas = [_plug(name)(kernel, settings) for name in AREAS if name in names]
    _connect(areas, kernel.transactions)
    kernel.stored_html.extend(area.stored_html for area in areas if area.stored_html)
    kernel.picture_keepers.extend(area.picture_keeper for area in areas if area.picture_keeper)
    flag = RedisRestoreFlag(kernel.redis)
    return House(settings=settings,
                 kernel=kernel,
                 read_engine=read_engine,
                 idempotency=SqlIdempotencyStore(kernel.engine, kernel.clock),
                 restore_flag=flag,
                 areas=areas,
                 operations=plug_operations(kernel,
                                            settings,
                                            areas=areas,
                                            objects=s3_options(settings),
                                            environment=os.environ,
                                            version=VERSION,
                                            flag=flag,
                                            beside=_beside(settings, kernel.clock)))


def _kernel(settings: Settings, read_engine: Engine, overrides: Mapping[str, Any]) -> Kernel:
    engine, redis = _engine(settings, autocommit=False), build_redis(settings.redis_url)
    clock: Clock = overrides.get('clock') or SystemClock(settings.clock_offset)
    jobs = ProcrastinateJobs(engine)
    adapters: dict[str, Any] = {
        'clock': clock,
        'engine': engine,
        'read': ReadDatabase(read_engine),
        'transactions': Transactions(engine=engine, clock=clock, jobs=jobs),
        'redis': redis,
        'objects': S3ObjectStore(s3_options(settings), bucket=settings.s3_bucket),
        'mailer': _mailer(settings, clock),
        'markdown': CommonMarkRenderer(_own_hosts(settings)),
        'images': PillowImagePipeline(),
        'limiter': RedisRateLimiter(redis),
        'jobs': jobs,
        'cursors': SignedCursors(settings.secret_key),
        'counters': Uncounted(),
    }
    return Kernel(**{**adapters, **overrides})


def create_app(settings: Settings, **overrides: Any) -> Flask:
    """The WSGI application; see ``build`` for ``overrides``."""
    return make_flask(build(settings, **overrides))


def make_flask(house: House,
               shutdown: ShutdownFlag | None = None,
               metrics: ProcessMetrics | None = None,
               log: LogRequest | None = None) -> Flask:
    kernel = house.kernel
    app = Application('talelio_backend', _edge(house, metrics, log))
    restoring = house.restore_flag.is_up
    answer_errors(app, restoring=restoring)
    routes: list[Route] = [route for area in house.areas for route in area.routes]
    add_routes(app, routes)
    add_documentation(app, version=VERSION)
    head, known = code_revisions()
    database = check_database(house.read_engine, head=head, known=known, restoring=restoring)
    add_health(app, {
        'database': database,
        'redis': check_redis(kernel.redis),
        's3': check_objects(kernel.objects),
    },
               version={
                   'version': VERSION,
                   'revision': code_revision(),
                   'schema': head
               },
               shutdown=shutdown or ShutdownFlag())
    if metrics is not None:
        metrics.begin_at_zero(routes=((method, rule.rule) for rule in app.url_map.iter_rules()
                                      for method in rule.methods or ()))
    return app


def _edge(house: House, metrics: ProcessMetrics | None, log: LogRequest | None) -> Edge:
    settings, kernel = house.settings, house.kernel
    authenticators = [area.authenticator for area in house.areas if area.authenticator]
    return Edge(authenticator=authenticators[0] if authenticators else None,
                limiter=kernel.limiter,
                limits=parse_limits(settings.rate_limit),
                idempotency=house.idempotency,
                clock=kernel.clock,
                public_url=settings.public_url,
                cors_origins=frozenset(settings.cors_origins),
                verified_email_required=settings.verified_email_required,
                hsts=settings.env == 'production',
                meter=metrics or Unmeasured(),
                log_request=log or log_request)


def watching_engine(settings: Settings) -> Engine:
    """One connection for the process that watches the others, and little patience."""
    engine = build_engine(settings.database_url,
                          pool_size=1,
                          overflow=0,
                          timeout=2,
                          statement_timeout=2,
                          lock_timeout=2,
                          autocommit=True)
    follow_rotation(engine, settings.database_address)
    return engine


def _beside(settings: Settings, clock: Clock) -> Callable[[str], Built]:

    def build_beside(database: str) -> Built:
        house = build(settings.at_database(database), clock=clock)
        return Built(engine=house.kernel.engine, on_restored=house.on_restored, close=house.close)

    return build_beside


def doctor(house: House) -> 'DiagnosingService':
    """Examines what ``house`` is made of."""
    # One command needs these, and every process would carry them along.
    from talelio_backend.operations.doctor import examinations
    from talelio_backend.operations.services.backup_age import BackupAge
    from talelio_backend.operations.services.diagnosing import DiagnosingService

    # What the library takes to begin is no sign of an illness.
    preload()
    adapters = house.operations.adapters
    age = BackupAge(adapters.vault.list, adapters.proofs.all, house.kernel.clock)
    return DiagnosingService(
        examinations(house.settings,
                     house.kernel,
                     house.read_engine,
                     objects=s3_options(house.settings),
                     backup=age))


def table_metadata() -> MetaData:
    """The tables of every area, whether it is on or not: the schema is one."""
    from talelio_backend.shared.data import idempotency, orm
    for package in AREAS.values():
        import_module(f'{package}.data.orm')
    assert idempotency.table.metadata is orm.metadata
    return orm.metadata


def _plug(name: str) -> Plug:
    return cast(Plug, import_module(f'{AREAS[name]}.area').plug)


def _connect(areas: Sequence[Area], transactions: Transactions) -> None:
    actions: dict[str, type[Event]] = {}
    for area in areas:
        for event_class in area.events:
            check_declared(event_class)
            if event_class.action and actions.setdefault(event_class.action,
                                                         event_class) is not event_class:
                raise DoubleAction(event_class.action)
        if area.recorder is not None:
            transactions.recorders.append(area.recorder)
        transactions.add_reactions(area.reactions)


def _engine(settings: Settings, *, autocommit: bool) -> Engine:
    engine = build_engine(settings.database_url,
                          pool_size=settings.database_pool_size,
                          overflow=settings.database_pool_overflow,
                          timeout=settings.database_pool_timeout,
                          statement_timeout=settings.database_statement_timeout,
                          lock_timeout=settings.database_lock_timeout,
                          autocommit=autocommit)
    follow_rotation(engine, settings.database_address)
    return engine


def s3_options(settings: Settings) -> S3Options:
    return S3Options(region=settings.aws_region,
                     endpoint_url=settings.s3_endpoint_url,
                     access_key=settings.aws_access_key_id,
                     secret_key=settings.aws_secret_access_key)


def _mailer(settings: Settings, clock: Clock) -> Mailer:
    if settings.mail_backend == 'smtp' and settings.smtp_url is not None:
        return SmtpMailer(settings.smtp_url, sender=settings.mail_sender, clock=clock)
    if settings.mail_backend == 'ses':
        return SesMailer(region=settings.aws_region,
                         access_key=settings.aws_access_key_id,
                         secret_key=settings.aws_secret_access_key,
                         sender=settings.mail_sender,
                         clock=clock)
    return FileMailer(settings.data_dir / 'mail', sender=settings.mail_sender, clock=clock)


def _own_hosts(settings: Settings) -> frozenset[str]:
    return frozenset(urlsplit(url).netloc for url in (settings.client_url, settings.public_url))
