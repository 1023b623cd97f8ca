import json

import numpy as np
import pytest
import torch
from safetensors.numpy import save

from dreamctl.errors import RunError
from dreamctl.runs import checkpoint

STATE = {
    "weights": torch.arange(6, dtype=torch.float32).reshape(2, 3).T,
    "scalar": torch.tensor(1.5, dtype=torch.float64),
    "seeds": np.array([2**64 - 1, 0], np.uint64),
    "counter": np.int64(7),
    "none": np.zeros((0, 3)),
    "steps": 12,
    "rate": 0.1,
    "name": "größer",
    "list": [1, 2],
}


def test_what_is_written_is_read_back_with_its_kind_shape_and_bytes(tmp_path):
    checkpoint.write(tmp_path, STATE, {"phase": "explore"})
    state, about = checkpoint.read(tmp_path)
    assert about == {"phase": "explore"}
    assert set(state) == set(STATE)
    for name in ("weights", "scalar"):
        assert torch.equal(state[name], STATE[name])
        assert state[name].dtype == STATE[name].dtype
    for name in ("seeds", "counter", "none"):
        np.testing.assert_array_equal(state[name], STATE[name], strict=False)
        assert state[name].dtype == np.asarray(STATE[name]).dtype
        assert state[name].shape == np.asarray(STATE[name]).shape
    assert {name: state[name] for name in ("steps", "rate", "name", "list")} == {
        name: STATE[name] for name in ("steps", "rate", "name", "list")
    }


def test_equal_arrays_take_the_room_of_one_and_are_read_as_several(tmp_path):
    weights = torch.arange(10_000, dtype=torch.float32)
    twice = {"judge/w": weights, "explorer/q/w": weights.clone(), "plain": weights.numpy(), "other": weights.int()}
    checkpoint.write(tmp_path, twice, {})
    assert 2 * weights.nbytes < (tmp_path / checkpoint.TENSORS).stat().st_size < 2.1 * weights.nbytes
    state, about = checkpoint.read(tmp_path)
    assert about == {}
    state["plain"][0] = -1
    assert torch.equal(state["judge/w"], weights)
    assert torch.equal(state["explorer/q/w"], weights)
    np.testing.assert_array_equal(state["plain"][1:], weights.numpy()[1:], strict=True)
    assert torch.equal(state["other"], weights.int())


def test_equal_states_make_equal_files_whatever_their_order(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    checkpoint.write(tmp_path / "a", STATE, {"x": 1, "y": 2})
    checkpoint.write(tmp_path / "b", dict(reversed(STATE.items())), {"y": 2, "x": 1})
    for name in (checkpoint.TENSORS, checkpoint.VALUES):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("metadata", [[], 7, {"format_version": 1}])
def test_a_header_that_is_not_ours_is_refused(tmp_path, metadata):
    text = json.dumps(metadata)
    (tmp_path / checkpoint.TENSORS).write_bytes(save({"a": np.zeros(2)}, metadata={"dreamctl": text}))
    with pytest.raises(RunError, match=r"not from a dreamctl run|damaged"):
        checkpoint.read(tmp_path)


def test_the_readable_copy_says_what_the_tensors_file_says_and_is_not_needed(tmp_path):
    checkpoint.write(tmp_path, STATE, {"phase": "done"})
    copy = json.loads((tmp_path / checkpoint.VALUES).read_text())
    assert copy["phase"] == "done"
    assert copy["values"]["steps"] == 12
    (tmp_path / checkpoint.VALUES).write_text("cut sho")
    assert checkpoint.read(tmp_path)[0]["steps"] == 12


def test_a_kill_while_writing_leaves_the_old_checkpoint(tmp_path):
    checkpoint.write(tmp_path, STATE, {})
    whole = (tmp_path / checkpoint.TENSORS).read_bytes()
    (tmp_path / (checkpoint.TENSORS + ".writing")).write_bytes(whole[: len(whole) // 2])
    assert checkpoint.read(tmp_path)[0]["steps"] == 12


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_checkpoint_is_refused_in_one_sentence(tmp_path, share):
    checkpoint.write(tmp_path, STATE, {})
    path = tmp_path / checkpoint.TENSORS
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(RunError, match="truncated, damaged, or not from a dreamctl run"):
        checkpoint.read(tmp_path)


def test_a_single_changed_bit_of_a_tensor_is_noticed(tmp_path):
    checkpoint.write(tmp_path, STATE, {})
    path = tmp_path / checkpoint.TENSORS
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(RunError, match="digest"):
        checkpoint.read(tmp_path)


def test_somebody_elses_safetensors_file_is_refused(tmp_path):
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(3)}, tmp_path / checkpoint.TENSORS)
    with pytest.raises(RunError, match="not from a dreamctl run"):
        checkpoint.read(tmp_path)


def test_a_newer_checkpoint_is_refused(tmp_path):
    checkpoint.write(tmp_path, STATE, {"format_version": 99})
    with pytest.raises(RunError, match="format 99, and this dreamctl reads up to 1; use a newer dreamctl"):
        checkpoint.read(tmp_path)
