"""What came of the exercises, as the page of results draws it."""

import io

import pytest
from django.core.files.images import ImageFile
from django.test import Client
from wagtail.images.models import Image

from focusgroups import charts, discussing, findings, moderating
from focusgroups.models import Item
from tests.focusgroups.test_withdrawing import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(open_group, seats, alice, charlie, moderator, new_id, settings, tmp_path):
    """A ranking in which Forecasts come first, and a picture twice as wide as high with two pins."""
    settings.MEDIA_ROOT = tmp_path
    picture = Image.objects.create(title="A shelf", file=ImageFile(io.BytesIO(picture_bytes()), name="shelf.png"))
    Image.objects.filter(pk=picture.pk).update(width=400, height=200)
    ranking = Item.objects.create(group=open_group, kind="ranking", text="Order", options="Space\nForecasts", sort_order=20)
    pins = Item.objects.create(group=open_group, kind="pins", text="Where?", image_id=picture.pk, image_alt="A shelf", sort_order=21)
    for item, given in ((ranking, {"order": [1, 0]}), (pins, {"pins": [{"x": 500, "y": 500, "comment": "here"}]})):
        moderating.pose(open_group.pk, member=moderator, client_id=None, item=item.pk)
        for member in (alice, charlie):
            discussing.answer(open_group.pk, member=member, client_id=new_id(), item=item.pk, given=given)
    return {outcome["item"].kind: charts.drawn(outcome) for outcome in findings.outcomes(open_group)}


def test_the_best_place_of_a_ranking_has_the_longest_bar(shown):
    bars = {text: (value, length) for text, value, _most, length in shown["ranking"]["bars"]}
    assert bars == {"Forecasts": (1.0, 2.0), "Space": (2.0, 1.0)}


def test_pins_lie_where_they_were_put_and_bear_the_numbers_of_their_list(shown, open_group, moderator, alice):
    assert (shown["pins"]["height"], [point["top"] for point in shown["pins"]["points"]]) == (500, [250, 250])
    page = Client()
    page.force_login(moderator)
    drawn = page.get(f"/groups/{open_group.pk}/results/").content.decode()
    assert 'viewBox="0 0 1000 500"' in drawn
    assert [f">{number}</text>" in drawn for number in (1, 2, 3)] == [True, True, False]
    assert "Mean place; 1 is the best." in drawn
    page.force_login(alice)
    assert page.get(f"/groups/{open_group.pk}/results/").status_code == 404
