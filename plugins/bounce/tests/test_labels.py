import numpy as np
import pytest

from dreamctl_bounce.generator import sample_many
from dreamctl_bounce.labels import LABELS, NO_BALL, NO_BOUNCE, NO_MOVE, PUBLISHED, labels, rubrics
from dreamctl_bounce.programs import COMMANDS, Program
from dreamctl_bounce.rules import EVENTS

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


def test_exclusions_are_what_the_rules_never_let_stand_together():
    """Every pair of labels that some program shows is free to stand; rules 2 and 3 stop at their own label."""
    everything = rubrics()[0]
    drawn = sample_many(4000, np.random.default_rng(0))
    truth = everything.targets(drawn) == 1
    assert (everything.stand(truth, truth) == truth).all()
    excluded = {item.key: set(item.excludes) for item in everything.items}
    for label in (NO_MOVE, NO_BOUNCE):
        assert excluded[label] == set(LABELS) - {label}
        assert all(label in excluded[other] for other in LABELS if other != label)
    assert excluded[NO_BALL] == {NO_MOVE, NO_BOUNCE, "whenRun-multipleBalls"}
    assert excluded["whenGoal-noBallLaunch"] == {NO_MOVE, NO_BOUNCE, "whenGoal-multipleBalls"}


def test_a_judge_that_is_less_sure_of_the_other_faults_of_an_unplayable_program_is_put_right():
    published = rubrics()[1]
    p = np.where(np.array(published.keys) == NO_MOVE, 0.9, 0.6)[None]
    (stands,) = published.stand(p >= 0.5, p)
    assert [key for key, so in zip(published.keys, stands, strict=True) if so] == [NO_MOVE]


def test_feedback_names_the_event_s_block_and_what_to_do_there():
    for item in rubrics()[0].items:
        assert any(f"'{event}'" in item.feedback for event in EVENTS), item.feedback
        assert any(word in item.feedback for word in ("Put ", "Take ", "Keep ")), item.feedback
        assert any(f"'{command}'" in item.feedback for command in COMMANDS)
