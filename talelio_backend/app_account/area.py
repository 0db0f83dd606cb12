from talelio_backend.app_account.adapters import build_adapters
from talelio_backend.app_account.area_settings import AccountSettings
from talelio_backend.app_account.commands import accounts_group, create_admin_command
from talelio_backend.app_account.domain.events import RECORDED
from talelio_backend.app_account.presentation import assuming_resources as assuming
from talelio_backend.app_account.presentation import registration_resources as registering
from talelio_backend.app_account.presentation import session_resources as signing_in
from talelio_backend.app_account.presentation import user_resources as users
from talelio_backend.app_account.presentation import user_session_resources as sessions
from talelio_backend.app_account.presentation.refresh_cookie import RefreshCookie
from talelio_backend.app_account.services import mails, retention
from talelio_backend.app_account.services.queries import AccountQueries
from talelio_backend.app_account.use_cases import UseCases, bind
from talelio_backend.shared.area import Area, Kernel, Route
from talelio_backend.shared.services.jobs import Handler
from talelio_backend.shared.services.mailer import LONGEST_MAIL_PAUSE, MAIL_ATTEMPTS, MAIL_PAUSE


def plug(kernel: Kernel, settings: AccountSettings) -> Area:
    adapters = build_adapters(kernel, settings)
    services = bind(kernel, settings, adapters)
    cookie = RefreshCookie(secure=settings.cookie_secure, domain=settings.cookie_domain)
    return Area(name='account',
                events=RECORDED,
                preloads=(adapters.devices.preload, adapters.is_common.preload),
                authenticator=adapters.authenticator,
                routes=(*_registration_routes(services, settings),
                        *_session_routes(services, adapters.queries, cookie),
                        *_user_routes(services, adapters.queries)),
                handlers=(
                    Handler(name=mails.SEND_MAIL,
                            run=services.mails.send,
                            attempts=MAIL_ATTEMPTS,
                            pause=MAIL_PAUSE,
                            longest_pause=LONGEST_MAIL_PAUSE,
                            notifies=True),
                    Handler(name=retention.SWEEP, run=services.retention.sweep, cron='0 * * * *'),
                ),
                commands=(create_admin_command(services.appointment),
                          accounts_group(services.administration)),
                on_restored=(services.administration.end_all_sessions, ))


def _registration_routes(services: UseCases, settings: AccountSettings) -> list[Route]:
    verification = {'verification': services.verification}
    return [
        Route(rule='/v1/accounts/register',
              resource=registering.RegisterResource,
              arguments={'registration': services.registration}),
        Route(rule='/v1/accounts/verify',
              resource=registering.VerifyResource,
              arguments=verification),
        Route(rule='/v1/accounts/verify/resend',
              resource=registering.ResendResource,
              arguments=verification),
        Route(rule='/v1/accounts/verify/<token>',
              resource=registering.VerifyPageResource,
              arguments=verification | {
                  'client_url': settings.client_url,
                  'client_verify_url': settings.client_verify_url
              }),
    ]


def _session_routes(services: UseCases, queries: AccountQueries,
                    cookie: RefreshCookie) -> list[Route]:
    with_cookie = {'sessions': services.sessions, 'cookie': cookie}
    return [
        Route(rule='/v1/accounts/login',
              resource=signing_in.LoginResource,
              arguments={
                  'signing_in': services.signing_in,
                  'cookie': cookie
              }),
        Route(rule='/v1/accounts/token', resource=signing_in.TokenResource, arguments=with_cookie),
        Route(rule='/v1/accounts/logout',
              resource=signing_in.LogoutResource,
              arguments=with_cookie),
        Route(rule='/v1/accounts/return',
              resource=assuming.ReturnResource,
              arguments={'assuming': services.assuming}),
        Route(rule='/v1/me/sessions',
              resource=signing_in.MySessionsResource,
              arguments={
                  'sessions': services.sessions,
                  'queries': queries
              }),
        Route(rule='/v1/me/sessions/<uuid:session_id>',
              resource=signing_in.MySessionResource,
              arguments={'sessions': services.sessions}),
    ]


def _user_routes(services: UseCases, queries: AccountQueries) -> list[Route]:
    administering = {'administration': services.administration, 'queries': queries}
    return [
        Route(rule='/v1/me',
              resource=users.MeResource,
              arguments={
                  'profiles': services.profiles,
                  'queries': queries
              }),
        Route(rule='/v1/users', resource=users.UsersResource, arguments={'queries': queries}),
        Route(rule='/v1/users/<username>',
              resource=users.UserResource,
              arguments={
                  'editing': services.editing,
                  'queries': queries
              }),
        Route(rule='/v1/users/<username>/level',
              resource=users.UserLevelResource,
              arguments=administering),
        Route(rule='/v1/users/<username>/sessions',
              resource=sessions.UserSessionsResource,
              arguments=administering),
        Route(rule='/v1/users/<username>/sessions/<uuid:session_id>',
              resource=sessions.UserSessionResource,
              arguments={'administration': services.administration}),
        Route(rule='/v1/users/<username>/assume',
              resource=assuming.AssumeResource,
              arguments={'assuming': services.assuming}),
        Route(rule='/v1/users/<username>/block',
              resource=users.UserBlockResource,
              arguments=administering),
    ]
