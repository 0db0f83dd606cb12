from talelio_backend.shared.domain.errors import Conflict, NotFound


class ActivityNotFound(NotFound):
    code = 'activity_not_found'
    title = 'There is no such row in the activity.'


class PositionTaken(Conflict):
    code = 'position_taken'
    title = 'Another row of the activity stands at this place of the chain.'
