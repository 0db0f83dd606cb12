from talelio_backend.shared.domain.errors import Conflict, NotFound


class ArticleNotFound(NotFound):
    code = 'article_not_found'
    title = 'There is no such article.'


class SlugTaken(Conflict):
    code = 'slug_taken'
    title = 'Another article has the address “{slug}”.'


class AlreadyPublished(Conflict):
    code = 'already_published'
    title = 'This article is published already.'


class AlreadyDraft(Conflict):
    code = 'already_draft'
    title = 'This article is a draft already.'
