from members import importing
from members.management.commands._table import TableCommand


class Command(TableCommand):
    help = (
        "Bring in companies by name; may be repeated. "
        "Columns: name, customer_class, industry, region, size, email_domain, purchased_on, contract_ends_on."
    )
    bring_in = staticmethod(importing.import_companies)
