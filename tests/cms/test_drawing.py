import pytest

from cms import drawing


@pytest.mark.parametrize("motif", drawing.MOTIFS)
def test_the_same_seed_draws_the_same_picture(motif):
    first, again, other = (drawing.draw(seed, width=320, height=200, motif=motif) for seed in ("one", "one", "two"))
    assert first.size == (320, 200)
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_an_unknown_motif_is_refused():
    with pytest.raises(KeyError):
        drawing.draw("one", motif="dragons")
