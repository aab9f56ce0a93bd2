from members import importing
from members.management.commands._table import TableCommand


class Command(TableCommand):
    help = "Bring in orders by order_id: order_id, company, product, ordered_on, amount_fen (or amount_yuan), buyer_email. May be repeated."
    bring_in = staticmethod(importing.import_purchases)
