import pytest
from django.core.management import CommandError, call_command

from members.models import Activity, Company, Purchase, PurchaseReturn

COMPANIES = """name,customer_class,industry,email_domain,purchased_on
Willow Works,small_business,Textiles,willow.example,2026-03-01
,small_business,Nameless,,
Birch & Co,giant,Paper,,
Oak Foods,key_account,食品,qq.com,
Elm Tools,,Tools,,yesterday
Ash Optics,,Optics,,
"""
PURCHASES = """order_id,company,product,ordered_on,amount_fen,amount_yuan
A-1,Harbour Trading,Press,2026-10-01,120000,
A-2,Nowhere,Press,2026-10-01,1,
A-3,Harbour Trading,Paper,2026-10-02,,99.5
A-4,Harbour Trading,Paper,2026-10-02,,0.005
A-5,Harbour Trading,Paper,2026-10-02,-3,
"""


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


def test_bad_rows_are_named_by_line_and_the_rest_goes_in(db, table, capsys):
    call_command("import_companies", table(COMPANIES))
    said = capsys.readouterr()
    assert set(Company.objects.values_list("name", flat=True)) == {"Willow Works", "Ash Optics"}
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["line 3", "line 4", "line 5", "line 6"]
    assert "2 new, 0 changed, 0 unchanged, 4 bad" in said.out


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_a_bad_row(harbour, table, capsys, day):
    call_command("import_companies", table(f"name,contract_ends_on\nWillow Works,{day}\n"))
    call_command("import_purchases", table(f"order_id,company,product,ordered_on,amount_fen\nA-1,Harbour Trading,Press,{day},1\n"))
    assert capsys.readouterr().err.count("lies outside of 1990 to 2099") == 2
    assert not Purchase.objects.exists()
    assert not Company.objects.filter(name="Willow Works").exists()


def test_strict_brings_in_nothing(db, table, capsys):
    with pytest.raises(CommandError, match="nothing was brought in"):
        call_command("import_companies", table(COMPANIES), "--strict")
    assert not Company.objects.exists()
    assert "line 3" in capsys.readouterr().err


def test_a_table_may_come_again_and_may_change_a_company(harbour, table, capsys):
    text = "name,region,industry\nHarbour Trading,Shanghai,\n"
    call_command("import_companies", table(text))
    call_command("import_companies", table(text))
    assert capsys.readouterr().out.splitlines() == [
        "table.csv: 0 new, 1 changed, 0 unchanged, 0 bad",
        "table.csv: 0 new, 0 changed, 1 unchanged, 0 bad",
    ]
    harbour.refresh_from_db()
    assert (harbour.region, harbour.industry) == ("Shanghai", "Trade")


def test_two_companies_do_not_share_a_domain(harbour, table, capsys):
    call_command("import_companies", table("name,email_domain\nThief,harbour.example\n"))
    assert not Company.objects.filter(name="Thief").exists()
    assert "belongs to Harbour Trading" in capsys.readouterr().err


def test_orders_go_in_once_in_whole_fen(alice, harbour, table, capsys):
    for _time in range(2):
        call_command("import_purchases", table(PURCHASES))
    assert dict(Purchase.objects.values_list("order_id", "amount_fen")) == {"A-1": 120_000, "A-3": 9950}
    assert Activity.objects.filter(kind="cross_purchase").count() == 1
    assert "line 3: there is no company 'Nowhere'" in capsys.readouterr().err


def test_an_order_that_changed_is_a_bad_row(harbour, table, capsys):
    head = "order_id,company,product,ordered_on,amount_fen\n"
    call_command("import_purchases", table(f"{head}A-1,Harbour Trading,Press,2026-10-01,5\n"))
    call_command("import_purchases", table(f"{head}A-1,Harbour Trading,Press,2026-10-01,6\n"))
    assert Purchase.objects.get().amount_fen == 5
    assert "known already" in capsys.readouterr().err


def test_a_table_from_excel_in_china_is_read(db, table):
    call_command("import_companies", table("name,industry\r\n杭州印刷,印刷\r\n", "gb18030"))
    assert Company.objects.get().industry == "印刷"


def test_a_mark_at_the_start_and_a_field_of_two_lines_are_read(db, table):
    call_command("import_companies", table('\ufeffname,industry\n"Two\nLines",Trade\n'))
    assert Company.objects.get().industry == "Trade"


@pytest.mark.parametrize("text", ["", "industry\nTrade\n", 'name\n"unclosed\n'])
def test_an_unreadable_table_is_refused(db, table, text):
    with pytest.raises(CommandError):
        call_command("import_companies", table(text))
    assert not Company.objects.exists()


def test_a_missing_file_is_refused(db):
    with pytest.raises(CommandError):
        call_command("import_purchases", "/nowhere.csv")


RETURNS = """return_id,order_id,returned_on,amount_fen,amount_yuan
R-1,A-1,2026-11-20,20000,
R-2,A-1,2026-11-21,,300
R-3,A-1,2026-11-21,70001,
R-4,Z-9,2026-11-21,5,
R-5,A-1,yesterday,5,
R-6,A-1,2026-11-21,0,
"""


def test_what_went_back_goes_in_once_and_no_more_than_was_ordered(alice, harbour, table, capsys):
    call_command("import_purchases", table(PURCHASES))
    capsys.readouterr()
    for counts in ("2 new, 0 changed, 0 unchanged, 4 bad", "0 new, 0 changed, 2 unchanged, 4 bad"):
        call_command("import_returns", table(RETURNS))
        said = capsys.readouterr()
        assert counts in said.out
        assert "line 4: return R-3 is of more than is left of order A-1" in said.err
        assert "line 5: there is no order 'Z-9'" in said.err
        assert "line 6: returned_on" in said.err
        assert "line 7: a return is of more than 0" in said.err
    assert dict(PurchaseReturn.objects.values_list("return_id", "amount_fen")) == {"R-1": 20_000, "R-2": 30_000}
    done = Activity.objects.filter(kind="purchased", details__order="A-1", undone_by=None).get()
    assert done.details["kept"] == 700


def test_a_return_that_changed_is_a_bad_row(alice, harbour, table, capsys):
    call_command("import_purchases", table(PURCHASES))
    head = "return_id,order_id,returned_on,amount_fen\n"
    call_command("import_returns", table(f"{head}R-1,A-1,2026-11-20,5\n"))
    call_command("import_returns", table(f"{head}R-1,A-1,2026-11-20,6\n"))
    assert "return R-1 is known already, with other contents" in capsys.readouterr().err
    with pytest.raises(CommandError):
        call_command("import_returns", table(f"{head}R-2,Z-9,2026-11-20,6\n"), "--strict")
    assert PurchaseReturn.objects.get().amount_fen == 5
