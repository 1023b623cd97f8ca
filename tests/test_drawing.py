import attrs
import numpy as np
import pytest

from dreamctl import Box, Digits, Disc, Drawing, PluginError
from dreamctl.plugins import load


def drawing(*shapes, **changes):
    words = {"width": 30, "height": 20, "background": "#000000", "columns": ("x", "there"), "shapes": shapes, **changes}
    return Drawing(**words)


def test_a_shape_stands_where_the_observation_says_and_over_those_before_it():
    box = Box(x="x", y=2, width=4, height=3, colour="#ff0000")
    over = Box(x=6, y=2, width=1, height=1, colour="#00ff00")
    picture = drawing(box, over).picture(np.array([5, 0]))
    assert picture.shape == (20, 30, 3)
    red = np.argwhere((picture == (255, 0, 0)).all(2))
    assert len(red) == 4 * 3 - 1
    assert red.min(0).tolist() == [2, 5]
    assert red.max(0).tolist() == [4, 8]
    assert picture[2, 6].tolist() == [0, 255, 0]


@pytest.mark.parametrize("x", [-100, -3, 0, 28, 100])
def test_what_reaches_over_the_edge_is_cut_off_there(x):
    shapes = [Disc(x="x", y=-3, size=8, colour="#ffffff"), Digits(x="x", y=-3, value=8, dot=2, colour="#ffffff")]
    for shape in shapes:
        wide = drawing(shape, width=300, height=300)
        picture = drawing(shape).picture(np.array([x, 0]))
        if 0 <= x <= 20:
            np.testing.assert_array_equal(picture, wide.picture(np.array([x, 0]))[:20, :30])
        assert (picture.any() == (-8 < x < 30)) or isinstance(shape, Digits)


def test_a_shape_is_there_only_while_its_column_says_so():
    disc = drawing(Disc(x="x", y=0, size=9, colour="#ffffff", shown="there"))
    assert not disc.picture(np.array([5, 0])).any()
    assert disc.picture(np.array([5, 1])).any()


def test_digits_grow_from_their_left_or_from_their_right_end():
    right = drawing(Digits(x=1, y=1, value="x", dot=1, colour="#ffffff"))
    left = drawing(Digits(x=8, y=1, value="x", dot=1, leftwards=1, colour="#ffffff"))
    two = right.picture(np.array([42, 0]))
    np.testing.assert_array_equal(two, left.picture(np.array([42, 0])))
    np.testing.assert_array_equal(two[:, :5], right.picture(np.array([4, 0]))[:, :5])


def test_numbers_are_the_columns_that_shapes_refer_to_after_reading():
    shown = drawing(Box(x="x", y=0, width="x", height=1, colour="#ffffff"), read=lambda seen: seen * 10)
    assert shown.names == ("x",)
    np.testing.assert_array_equal(shown.numbers(np.array([[0.5, 9], [0.26, 9]])), [[5], [3]])


def test_a_shape_that_names_no_column_is_refused():
    with pytest.raises(PluginError, match="a shape names 'y', which is not in 'columns'"):
        drawing(Box(x="y", y=0, width=1, height=1, colour="#ffffff"))


def test_an_environment_refuses_a_drawing_of_other_observations(tiny):
    lamps = load(tiny).environments["lamps"]
    box = Box(x="x", y=0, width=1, height=1, colour="#ffffff")
    with pytest.raises(PluginError, match="the drawing's 'columns' name each component of an observation"):
        attrs.evolve(lamps, drawing=drawing(box))
    assert attrs.evolve(lamps, drawing=drawing(box, columns=("x", "y", "z"))).drawing.names == ("x",)
