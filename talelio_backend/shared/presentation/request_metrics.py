import time

from flask import Flask, Response, g, request

from talelio_backend.shared.services.metrics import RequestMeter

NO_ROUTE = 'none'
OTHER_METHOD = 'other'
METHODS = frozenset({'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'})


def measure_requests(app: Flask, meter: RequestMeter) -> None:
    """Counts and times every request by its route's rule; a path never becomes a label."""

    def begin() -> None:
        g.measured_from = time.perf_counter()
        meter.began()

    def answered(response: Response) -> Response:
        rule = request.url_rule
        meter.answered(method=request.method if request.method in METHODS else OTHER_METHOD,
                       route=NO_ROUTE if rule is None else rule.rule,
                       status=response.status_code,
                       seconds=time.perf_counter() - g.measured_from)
        return response

    def end(_error: BaseException | None) -> None:
        if g.pop('measured_from', None) is not None:
            meter.ended()

    # Around everything else: first before a request, last after it.
    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request_funcs.setdefault(None, []).insert(0, answered)
    app.teardown_request(end)
