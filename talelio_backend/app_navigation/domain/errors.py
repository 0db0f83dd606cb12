from talelio_backend.shared.domain.errors import NotFound, RuleBroken


class LinkNotFound(NotFound):
    code = 'link_not_found'
    title = 'There is no such link.'


class BadTarget(RuleBroken):
    code = 'bad_target'
    title = ('A link leads to a route of the client, to a path that begins with one slash, or to '
             'an http, https or mailto address.')
