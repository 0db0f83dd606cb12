from talelio_backend.shared.domain.errors import Conflict, NotFound


class ProjectNotFound(NotFound):
    code = 'project_not_found'
    title = 'There is no such project.'


class ProjectLimit(Conflict):
    code = 'project_limit'
    title = 'A person has {limit} projects at most.'


class OrderStale(Conflict):
    code = 'order_stale'
    title = 'Name each of your projects once. The list has changed or is not whole.'
