import pytest

from dreamctl_bounce.labels import LABELS, NO_BALL, NO_BOUNCE, NO_MOVE, PUBLISHED, labels, rubrics
from dreamctl_bounce.programs import Program

RIGHT_PROGRAM = {
    "when run": ["launch new ball"],
    "when left arrow": ["move left"],
    "when right arrow": ["move right"],
    "when ball hits paddle": ["bounce ball"],
    "when ball hits wall": ["bounce ball"],
    "when ball in goal": ["score point", "launch new ball"],
    "when ball misses paddle": ["score opponent point", "launch new ball"],
}


def present(**changes):
    commands = dict(RIGHT_PROGRAM)
    for word, event_commands in changes.items():
        commands[next(event for event in commands if word in event)] = event_commands
    return {label for label, so in labels(Program.from_json(commands)).items() if so}


def test_there_are_38_labels_and_every_one_is_answered():
    assert len(LABELS) == len(set(LABELS)) == 38
    assert set(labels(Program.from_json(RIGHT_PROGRAM))) == set(LABELS)


def test_the_right_program_has_no_label():
    assert present() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"run": []}, {NO_BALL}),
        ({"run": [], "wall": [], "paddle": []}, {NO_BALL}),
        ({"run": [], "left": ["move left", "launch new ball"]}, {NO_BALL, "whenLeft-illegal-launchBall"}),
        ({"left": [], "wall": []}, {NO_MOVE}),
        ({"right": ["move right", "move left"]}, {NO_MOVE}),
        ({"right": ["move right", "move left", "move right"]}, set()),
        ({"paddle": ["score point"], "wall": []}, {NO_BOUNCE}),
        ({"wall": []}, {"whenWall-noBounce"}),
        ({"run": ["launch new ball"] * 2}, {"whenRun-multipleBalls"}),
        ({"goal": ["bounce ball"]}, {"whenGoal-illegal-bounceBall", "whenGoal-noBallLaunch", "whenGoal-noPlayerScore"}),
        ({"misses": ["score point"]}, {"whenMiss-noBallLaunch", "whenMiss-noOpponentScore",
                                       "whenMiss-illegal-incrementPlayerScore"}),
        ({"wall": ["bounce ball", "move left", "move right", "launch new ball", "score opponent point"]},
         {"whenWall-illegal-moveLeft", "whenWall-illegal-moveRight", "whenWall-illegal-launchBall",
          "whenWall-illegal-incrementOpponentScore"}),
    ],
)  # fmt: skip
def test_labels_follow_the_rules_and_their_early_ends(changes, expected):
    assert present(**changes) == expected


def test_both_rubrics_have_a_title_a_point_and_feedback_for_every_item():
    everything, published = rubrics()
    assert everything.name == "all"
    assert everything.keys == LABELS
    assert published.name == "published"
    assert published.keys == PUBLISHED
    assert len(PUBLISHED) == 8
    for item in everything.items:
        assert item.points == 1.0
        assert item.title
        assert item.feedback.endswith(".")
    assert len({item.title for item in everything.items}) == len({item.feedback for item in everything.items}) == 38
