from talelio_backend.app_library.domain.errors import BookNotFound, ItemTypeNotFound
from talelio_backend.app_library.domain.money_errors import (TariffDateTaken, TariffExists,
                                                             TariffInUse, TariffNotFound)
from talelio_backend.app_library.presentation.tariff_schemas import (QuoteQuery, QuoteView,
                                                                     TariffBody, TariffsView,
                                                                     TariffView, lines_of)
from talelio_backend.app_library.services.money_queries import TariffQueries
from talelio_backend.app_library.services.quoting import QuotingService, Wanted
from talelio_backend.app_library.services.tariffs import TariffService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.services.listing import BadQuery


class TariffsResource(Resource):

    def __init__(self, tariffs: TariffService, queries: TariffQueries) -> None:
        self._tariffs = tariffs
        self._queries = queries

    @endpoint(access=Level.EVERYONE,
              summary='The price lists, the newest first',
              response=TariffsView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('tariffs', self._queries.tariffs(wanted), wanted)

    @endpoint(access=Level.ADMIN,
              summary='Publish a price list for a time to come, or for comparison',
              status=201,
              response=TariffView,
              errors=(TariffExists, TariffDateTaken))
    def post(self, body: TariffBody) -> Answer:
        self._tariffs.publish(tariff_id=body.id,
                              label=body.label,
                              effective_from=body.effective_from,
                              rates=[rate.read() for rate in body.rates])
        return document(self._queries.tariff(body.id), location=f'/v1/library/tariffs/{body.id}')


class TariffResource(Resource):

    def __init__(self, tariffs: TariffService, queries: TariffQueries) -> None:
        self._tariffs = tariffs
        self._queries = queries

    @endpoint(access=Level.EVERYONE,
              summary='Read a price list',
              response=TariffView,
              errors=(TariffNotFound, ))
    def get(self, tariff_id: str) -> Answer:
        return document(self._queries.tariff(tariff_id))

    @endpoint(access=Level.ADMIN,
              summary='Delete a price list that nobody needs',
              status=204,
              errors=(TariffNotFound, TariffInUse))
    def delete(self, tariff_id: str) -> Answer:
        self._tariffs.delete(tariff_id=tariff_id)
        return no_content()


class QuoteResource(Resource):

    def __init__(self, quoting: QuotingService) -> None:
        self._quoting = quoting

    @endpoint(access=Level.EVERYONE,
              summary='What a loan would cost',
              response=QuoteView,
              errors=(BadQuery, BookNotFound, ItemTypeNotFound, TariffNotFound))
    def get(self, query: QuoteQuery) -> Answer:
        quote = self._quoting.quote(
            Wanted(item_type=query.item_type,
                   book_id=query.book_id,
                   days=query.days,
                   start=query.from_,
                   until=query.until,
                   tariff_id=query.tariff))
        price = quote.price
        return Answer(body=QuoteView(tariff=quote.tariff_id,
                                     item_type=quote.item_type,
                                     days=quote.days,
                                     charge=str(price.charge),
                                     currency=quote.currency,
                                     minimum=str(price.minimum),
                                     minimum_applied=price.minimum_applied,
                                     lines=lines_of(price)))
