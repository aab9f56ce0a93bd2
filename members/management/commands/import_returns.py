from members import importing
from members.management.commands._table import TableCommand


class Command(TableCommand):
    help = (
        "Bring in what went back of orders, by return_id: return_id, order_id, returned_on, amount_fen (or amount_yuan). May be repeated."
    )
    bring_in = staticmethod(importing.import_returns)
