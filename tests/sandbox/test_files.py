from __future__ import annotations

import os
from pathlib import Path

import pytest

from dreamctl.sandbox import Contained, Limits, gather
from dreamctl.sandbox.framing import pack, unpack


def test_a_folder_is_gathered_without_what_only_leads_elsewhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not theirs")
    folder = tmp_path / "submission"
    (folder / "levels").mkdir(parents=True)
    (folder / "main.py").write_bytes(b"print()")
    (folder / "levels" / "one.txt").write_bytes(b"1")
    (folder / "link").symlink_to(secret)
    (folder / "outside").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    assert gather(folder) == {"main.py": b"print()", "levels/one.txt": b"1"}


def test_one_file_is_a_submission_and_a_link_is_none(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_bytes(b"print()")
    (tmp_path / "link.py").symlink_to(tmp_path / "main.py")
    assert gather(tmp_path / "main.py") == {"main.py": b"print()"}
    with pytest.raises(OSError):
        gather(tmp_path / "link.py")


def test_what_is_too_large_or_too_much_is_not_gathered(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.py").write_bytes(bytes(10))
    assert len(gather(tmp_path, Limits(files=40, file_count=4))) == 4
    for limits in (Limits(files=39), Limits(file_count=3)):
        with pytest.raises(Contained) as contained:
            gather(tmp_path, limits)
        assert contained.value.cause == "files"
        assert not contained.value.ours


def test_files_and_argument_arrive_as_they_were_packed() -> None:
    files = {"main.py": b"", "levels/é.txt": bytes(range(256))}
    assert unpack(pack(files, b"argument")) == (files, b"argument")
    assert unpack(pack({}, b"")) == ({}, b"")
