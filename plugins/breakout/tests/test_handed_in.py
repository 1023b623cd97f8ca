"""What students hand in: archives, odd names, odd encodings, and folders with all sorts of things in them."""

import io
import os
import stat
import zipfile

import pytest
from test_students import ALONE, CAMPY_MAIN, read, write

from dreamctl import InputError
from dreamctl_breakout import handed_in
from dreamctl_breakout.handed_in import program, read_submissions
from dreamctl_breakout.students import Program


def zipped(**files):
    """An archive; `__` in a name stands for a folder."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return data.getvalue()


def notes(path):
    return {s.id: s.note for s in read_submissions(path)}


ADA = zipped(**{"hw__breakout.py": CAMPY_MAIN, "hw__breakoutgraphics.py": "class B:\n    pass\n", "hw__ball.png": "x"})


def test_an_archive_is_read_as_the_folder_that_it_holds(tmp_path):
    (tmp_path / "ada.zip").write_bytes(ADA)
    (found,) = read_submissions(tmp_path / "ada.zip")
    assert found.id == found.task.key == "ada.zip"
    assert dict(found.task.params.files).keys() == {"breakout.py", "breakoutgraphics.py", "ball.png"}
    assert program(tmp_path / "ada.zip") == found.task.params


def test_a_class_is_a_folder_or_an_archive_of_archives_files_and_folders(tmp_path):
    handed = {"ada.zip": ADA, "bob.zip": zipped(**{"bob's game.py": ALONE}), "empty.zip": zipped(), "c__main.py": ALONE}
    for name, content in handed.items():
        path = tmp_path / "class" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "class.zip").write_bytes(zipped(**handed))
    on_disk, packed = read(tmp_path / "class"), read(tmp_path / "class.zip")
    assert on_disk == packed
    assert list(packed) == ["ada.zip", "bob.zip", "c", "empty.zip"]
    assert packed["empty.zip"] == "empty.zip: there is no Python file in it."
    assert [isinstance(found, Program) for found in packed.values()] == [True, True, True, False]


def test_several_programs_in_a_students_archive_are_named_by_it(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.zip").write_bytes(zipped(**{"one__main.py": ALONE, "two__main.py": ALONE}))
    assert list(read(tmp_path / "class")) == ["ada.zip/one", "ada.zip/two"]
    with pytest.raises(InputError, match="2 programs"):
        program(tmp_path / "class" / "ada.zip")


def test_nothing_leads_out_of_an_archive(tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("../../evil.py", ALONE)
        archive.writestr("/absolute.py", ALONE)
        link = zipfile.ZipInfo("link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("breakout.py", ALONE)
    (tmp_path / "a.zip").write_bytes(data.getvalue())
    assert dict(program(tmp_path / "a.zip").files).keys() == {"absolute.py", "breakout.py"}  # as names within it
    assert os.listdir(tmp_path) == ["a.zip"]


def test_archives_that_are_broken_locked_or_too_large_have_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(handed_in, "MOST_MEMBERS", 50)
    locked = bytearray(zipped(**{"main.py": ALONE}))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(sign) + at] |= 1
    damaged = bytearray(zipped(**{"main.py": ALONE * 20}))
    damaged[60] ^= 255
    russian = zipped(**{"main.py": ALONE})
    for _ in range(6):
        russian = zipped(**{"a.zip": russian})
    handed = {
        "bomb.zip": zipped(**{"main.py": b"#" * 60_000_000}), "locked.zip": bytes(locked), "cut.zip": ADA[:200],
        "damaged.zip": bytes(damaged), "many.zip": zipped(**{f"f{n}.py": "1" for n in range(51)}), "doll.zip": russian,
        "other.rar": b"Rar!",
    }  # fmt: skip
    for name, content in handed.items():
        (tmp_path / name).write_bytes(content)
    found = read(tmp_path)
    assert found.keys() == handed.keys()
    said = {"bomb": "more than 600,000 bytes of Python", "locked": "encrypted", "cut": "not a zip", "doll": "too deep",
            "damaged": "cannot be read", "many": "more than 50 files", "other": ".zip is read"}  # fmt: skip
    for name, words in said.items():
        (problem,) = (problem for id_, problem in found.items() if id_.startswith(name))
        assert words in problem


def test_what_systems_and_editors_leave_behind_is_overlooked(tmp_path):
    write(tmp_path, a__breakout=ALONE, a__venv__lib__site="1 / 0")
    for name in (
        ".git/config",
        ".idea/x.py",
        ".DS_Store",
        "__MACOSX/x.py",
        "__pycache__/a.pyc",
        "notes.txt",
        "ball.gif",
        "film.mp4",
    ):
        (tmp_path / "a" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "a" / name).write_bytes(b"x" * (9_000_000 if name == "film.mp4" else 9))
    assert dict(read(tmp_path)["a"].files).keys() == {"breakout.py", "notes.txt", "ball.gif"}


@pytest.mark.parametrize("name", ["mein spiel.py", "打磚塊.py", "jeu été.py"])
def test_names_with_spaces_and_other_letters(tmp_path, name):
    (tmp_path / "学生 一").mkdir()
    (tmp_path / "学生 一" / name).write_text(ALONE)
    (tmp_path / "z.zip").write_bytes(zipped(**{f"学生 一/{name}": ALONE}))
    found = read(tmp_path)
    assert found["学生 一"] == found["z.zip"]
    assert found["z.zip"].family.entry == name


def test_names_in_archives_of_a_chinese_windows_are_read(tmp_path):
    archive = zipped(**{"123456.py": ALONE})
    (tmp_path / "a.zip").write_bytes(archive.replace(b"123456", "打砖块".encode("gbk")))
    assert program(tmp_path / "a.zip").family.entry == "打砖块.py"


@pytest.mark.parametrize(
    ("encoding", "text", "said"),
    [
        ("utf-8-sig", "# größer 球\n", ""), ("gbk", "# 这是球的半径\n", "GBK"), ("big5", "# 這是球的半徑\n", "Big5"),
        ("latin-1", "# größe déjà\n", "Latin-1"), ("utf-16", "# 球\n", "UTF-16"),
        ("gbk", "# -*- coding: gbk -*-\n# 半径\n", ""),
    ],
)  # fmt: skip
def test_sources_in_other_encodings_are_read_and_that_is_said(tmp_path, encoding, text, said):
    (tmp_path / "main.py").write_bytes((text + ALONE).encode(encoding))
    (found,) = read_submissions(tmp_path / "main.py")
    assert found.task.params.family.library == "web"
    assert said in found.note
    compile(dict(found.task.params.files)["main.py"], "main.py", "exec")


def test_of_a_plain_and_an_extended_version_the_plain_one_is_played_and_that_is_said(tmp_path):
    write(tmp_path, a__breakout=ALONE, a__breakout_ext=ALONE, b__Breakout__main=ALONE)
    write(tmp_path, b__Breakout_Extension__main=ALONE)
    assert notes(tmp_path) == {
        "a": "breakout.py was played, and not breakout_ext.py.",
        "b/Breakout": "Breakout was played, and not its extended version Breakout_Extension.",
    }
    assert read(tmp_path)["a"].family.entry == "breakout.py"


def test_files_of_several_students_in_one_folder_are_a_class_whatever_the_assignment_is_called(tmp_path):
    write(tmp_path, ada_breakout=ALONE, bob_breakout=ALONE)
    assert list(read(tmp_path)) == ["ada_breakout.py", "bob_breakout.py"]


@pytest.mark.parametrize("other", ["print(", "def main(): pass", "import ada_breakout\n" + ALONE])
def test_one_file_cannot_make_those_of_others_its_own(tmp_path, other):
    write(tmp_path, ada_breakout=ALONE, bob_breakout=ALONE, cyd_breakout=ALONE, eve_breakout=other)
    assert {id_[:3] for id_ in read(tmp_path)} == {"ada", "bob", "cyd", "eve"}


def test_a_file_beside_the_folders_of_a_class_is_one_more_program(tmp_path):
    write(tmp_path, ada__breakout=ALONE, bob__breakout=ALONE, eve=ALONE)
    assert list(read(tmp_path)) == ["ada", "bob", "eve.py"]
    write(tmp_path / "one", breakout=ALONE, campy__gui__window="import tkinter", old__breakout=ALONE)
    assert list(read(tmp_path / "one")) == ["one"]


def test_a_number_that_is_too_large_to_divide_stops_nobody(tmp_path):
    write(tmp_path, a__main="import tkinter\nroot.after(1" + "0" * 400 + ")", b__main=ALONE)
    assert list(read(tmp_path)) == ["a", "b"]


def test_what_fails_while_one_program_is_read_is_said_of_that_one(tmp_path, monkeypatch):
    write(tmp_path, a__breakout="WRONG = 1\n" + ALONE, b__breakout=ALONE)
    gathered = handed_in._gathered

    def failing(place):
        files, remarks = gathered(place)
        return ({}["a bug"] if b"WRONG" in files["breakout.py"] else files), remarks

    monkeypatch.setattr(handed_in, "_gathered", failing)
    found = read(tmp_path)
    assert "dreamctl failed to read it (KeyError)" in found["a"]
    assert found["b"].family.entry == "breakout.py"


@pytest.mark.parametrize(("name", "most"), [("UNPACKED", 20_000), ("PROGRAMS", 30)])
@pytest.mark.parametrize("packed", [False, True])
def test_what_comes_out_of_a_students_archives_is_bounded_and_the_others_are_read(
    tmp_path, monkeypatch, name, most, packed
):
    monkeypatch.setattr(handed_in, name, most)
    monkeypatch.setattr(handed_in, "GROWTH", 0)
    many = {f"{n}/breakout.py": ALONE + "#" * 1000 for n in range(40)}
    handed = {"ada.zip": zipped(**{"main.py": ALONE}), "eve.zip": zipped(**many)}
    if packed:
        (tmp_path / "class.zip").write_bytes(zipped(**handed))
    for id_, content in {} if packed else handed.items():
        (tmp_path / id_).write_bytes(content)
    found = read(tmp_path / "class.zip" if packed else tmp_path)
    assert isinstance(found.pop("ada.zip"), Program)
    assert sum(isinstance(each, Program) for each in found.values()) < 20
    assert any("too m" in each for each in found.values() if isinstance(each, str))


def test_a_source_that_hides_lines_in_its_encoding_is_one_that_says_utf_8(tmp_path):
    (tmp_path / "main.py").write_text("# coding: raw_unicode_escape\nA = 1\\u000aBRICK_ROWS = 10\n" + ALONE)
    files = dict(read(tmp_path / "main.py")["main.py"].files)
    assert files["main.py"].startswith(b"# coding: utf-8\nA = 1\nBRICK_ROWS = 10\n")


def test_versions_of_one_program_in_one_folder_are_no_class(tmp_path):
    write(tmp_path, breakout_v1=ALONE, breakout_final=ALONE, breakout=ALONE)
    assert len(read(tmp_path)) == 1
