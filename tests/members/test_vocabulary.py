from members.vocabulary import counted, measure, words


def test_chinese_is_cut_into_words_and_english_folded():
    assert "仓库" in words("我们的仓库库存不准")
    assert "库存" in words("我们的仓库库存不准")
    assert words("The Warehouse's stock, and the STOCK list") == ["warehouse's", "stock", "stock", "list"]
    assert {"库存", "excel"} <= set(words("库存表还是用Excel做"))


def test_words_are_counted_with_how_many_said_them_and_what_came_once_is_left_out():
    texts = ["Stock stock is short", "our stock", "库存不准", "库存太多", "once"]
    assert counted(texts)[:2] == [("stock", 3, 2), ("库存", 2, 2)]
    assert "once" not in [word for word, _count, _spread in counted(texts)]


def test_words_of_too_few_texts_are_left_out_where_that_is_asked():
    texts = ["stock stock stock", "list", "list"]
    assert [word for word, _count, _spread in counted(texts)] == ["stock", "list"]
    assert [word for word, _count, _spread in counted(texts, least=2)] == ["list"]


def test_speech_is_measured_alike_in_both_languages():
    assert measure("four words of speech") == 4
    assert round(measure("我们的库存总是不准"), 1) == round(9 / 1.7, 1)
