"""What students hand in, as programs: a file, folder or `.zip` with one, and a class as a folder or `.zip` of these.

Whatever is there becomes a program, or a sentence that says why it is none. Links are left out: what they lead to was
not handed in. Of an archive, nothing is ever written anywhere; what it may hold is bounded, and so is what is read.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from attrs import define, evolve, field, frozen

from dreamctl import InputError, Submission, Task

from .family import imports, is_library, is_program, starts, tree
from .students import MOST_BYTES, MOST_FILES, PLAYED, Program

MOST_PYTHON = 600_000  # bytes of a submission's sources, which are read outside the sandbox
PACKED = (".zip", ".rar", ".7z", ".gz", ".tar", ".ipynb", ".java")  # handed in, and not to be overlooked
MOST_MEMBERS, MOST_PACKED = 20_000, 256_000_000  # of an archive: what it holds; bytes of one inside another
UNPACKED, OF_A_CLASS = 64_000_000, 1_000_000_000  # bytes that may come out of a student's archive, of that of a class
GROWTH = 50  # and how many more for each of its own
OF_ONE = 3  # files that start by themselves, and may yet be one program
PROGRAMS = 500  # submissions in an archive of a student
MEMBER = b"PK\x01\x02"  # begins each entry of an archive's list
MOST_ON_DISK = 2_000_000_000  # bytes of an archive
DEEPEST, OF_AN_ARCHIVE = 12, 4  # folders in folders; an archive counts as so many
LIBRARIES = {"campy", "graphics", "lib", "libs", "library"}  # folders of a program with libraries
NOT_THEIRS = {"site-packages", "node_modules", "venv", "env", "lib64"}  # folders that tools make
BROKEN = (zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error, EOFError, ValueError, RuntimeError)
UNREADABLE = (OSError, MemoryError, *BROKEN)  # NotImplementedError, of unknown ways to pack, is a RuntimeError

OF_A_PROGRAM = ("breakout", "main", "brick", "game", "ball", "paddle", "milestone")  # names of files of one program
EXTENDED = re.compile(
    r"(?<![a-z])(ext|extra|extras|extended|extension|extensions|bonus|advanced|challenge|optional)(?![a-z])"
)
NOBODY = re.compile(r"(?<![a-z])(v|ver|version|copy|new|old|final|basic|plain|test|draft|backup)(?![a-z])|[^a-z]+")
DECLARED = re.compile(rb"(.*\n)?[ \t\f]*#.*coding[:=]")  # a source says how it is encoded
COOKIE = re.compile(r"(coding[:=][ \t]*)[-\w.]+")
BEYOND = re.compile(rb"[\x80-\xff]+")


@frozen
class File:
    """A file that was handed in; reading it may raise what is `UNREADABLE`."""

    name: str
    size: int
    read: Callable[[], bytes]
    packed: int  # bytes that it takes where it lies


@frozen
class Folder:
    """A folder that was handed in, or what an archive holds."""

    name: str
    inside: Callable[[], Sequence[File | Folder]]


Place = File | Folder


@define
class Allowance:
    """What may still come out of an archive, and of all that are in it."""

    bytes: int
    programs: int
    a_class: bool = False  # it is that of an archive that holds a class
    above: Allowance | None = None

    def unpack(self, content: bytes) -> bytes:
        """The same; ValueError where there is too much."""
        self.bytes -= len(content)
        if self.bytes < 0:
            raise ValueError("it unpacks to too much")
        return content if self.above is None else self.above.unpack(content)

    def count(self, submission: Submission) -> Submission:
        """The same; ValueError where there are too many."""
        self.programs -= 1
        if self.programs < 0:
            raise ValueError("it holds too many programs")
        return submission


def _allowance(packed: int, within: Allowance | None, depth: int) -> Allowance:
    """That of an archive of so many bytes: what was given may hold a class, and what is in that are students' own."""
    if within is not None and not within.a_class:
        return within
    if depth == 0:
        return Allowance(OF_A_CLASS + GROWTH * packed, MOST_MEMBERS, a_class=True)
    return Allowance(UNPACKED + GROWTH * packed, PROGRAMS, above=within)


def read_submissions(path: str | Path) -> Iterator[Submission]:
    """Every program at a path, in order: a file, a folder with one program, or a folder of these, packed or not.

    Of a folder of files, each is a program if they start by themselves and have nothing to do with each other. What
    cannot be played becomes a submission with a sentence that says why. Raises `InputError` if nothing is there.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: there is no such file or folder; give one with programs.")
    found = list(_submissions(_on_disk(path), "", 0))
    if not found:
        raise InputError(f"{path}: there is no Python program in it.")
    yield from found


def program(path: str | Path) -> Program:
    """The program in a file, a folder or an archive. Raises `InputError` if there is none that can be played."""
    place = _on_disk(Path(path))
    found = list(_submissions(place, "", 0)) if _is_archive(place) else [_submission(place, place.name)]
    if len(found) != 1 or found[0].task is None:
        sentence = found[0].problem if len(found) == 1 else f"{path}: {len(found)} programs are in it."
        raise InputError(f"{path}: {(sentence or '').removeprefix(f'{place.name}: ')}")
    params = found[0].task.params
    assert isinstance(params, Program)
    return params


# --- which programs there are ---------------------------------------------------------------------------------------


def _submissions(place: Place, within: str, depth: int, allowed: Allowance | None = None) -> Iterator[Submission]:
    """The submissions at a place; `within` is the id of what it is in, empty for what was given.

    `allowed`: what the archive may hold that it is in, where it is in one.
    """
    name = f"{within}/{place.name}" if within else place.name
    if depth > DEEPEST:
        yield _problem(name, "it lies too deep, in folders and archives that are in one another.")
    elif isinstance(place, File):
        yield from _in_archive(place, name, depth, allowed) if _is_archive(place) else [_submission(place, name)]
    else:
        yield from _in_folder(place, name, name if depth else "", depth, allowed)


def _in_folder(
    folder: Folder, name: str, within: str, depth: int, allowed: Allowance | None = None
) -> Iterator[Submission]:
    """The submissions in a folder, whose ids begin with `within`."""
    try:
        children = _children(folder)
    except UNREADABLE as error:
        yield _problem(name, _why(error))
        return
    own = [child for child in children if isinstance(child, File) and is_program(child.name) and not _library(child)]
    folders = [child for child in children if isinstance(child, Folder) and _holds_something(child)]
    packed = [child for child in children if isinstance(child, File) and child.name.lower().endswith(PACKED)]
    if own and not _strangers(own) and (within or not _class_of_folders(folders)):
        yield _submission(folder, name)
    elif not own and not packed and (pair := _plain_and_extended(folders)):
        plain, extended = pair
        for found in _submissions(plain, within, depth + 1, allowed):
            yield _noted(found, f"{plain.name} was played, and not its extended version {extended.name}.")
    elif own or packed or any(map(_holds_program, folders)):
        everything = sorted([*own, *packed, *(c for c in children if isinstance(c, Folder))], key=lambda c: c.name)
        for child in everything:
            yield from _submissions(child, within, depth + 1, allowed)
    elif within:
        yield _problem(name, "there is no Python file in it.")


def _in_archive(file: File, name: str, depth: int, allowed: Allowance | None) -> Iterator[Submission]:
    """The submissions in an archive; where there is one, it has the archive's name."""
    try:
        packed = file.read()
        if packed.count(MEMBER) > 2 * MOST_MEMBERS:  # reading the list would take long; those inside count too
            raise ValueError(f"it holds more than {MOST_MEMBERS:,} files")
        allowed = _allowance(file.packed, allowed, depth)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            folder = _opened(archive, file.name, allowed)
            within = _in_folder(folder, name, name if depth else "", depth + OF_AN_ARCHIVE, allowed)
            found = [allowed.count(submission) for submission in within]
    except UNREADABLE as error:
        yield _problem(name, _why(error))
        return
    if len(found) == 1:
        (one,) = found
        problem = one.problem and f"{name}: {one.problem.removeprefix(f'{one.id}: ')}"
        yield evolve(one, id=name, task=one.task and evolve(one.task, key=name), problem=problem)
    else:
        yield from found or [_problem(name, "there is no Python file in it.")]


def _strangers(files: Sequence[File]) -> bool:
    """Whether the files of a folder are programs of several students: most start by themselves, and of few files none
    is a part of another.

    Their names are those of people, with that of the assignment (`ada_breakout.py`) or without. One file cannot make
    the others its own, be it broken or import them.
    """
    stems = [PurePosixPath(file.name).stem.lower() for file in files]
    people = {NOBODY.sub("", EXTENDED.sub("", stem.replace("breakout", " "))) for stem in stems}
    named = all("breakout" in stem for stem in stems) and len(people) > 1 and "" not in people
    if not named and (len(files) < 3 or any(word in stem for stem in stems for word in OF_A_PROGRAM)):
        return False
    trees = [tree(_content(file)) for file in files]
    used = {name for found in trees if found is not None for name in imports(found)}
    alone = sum(found is None or starts(found) for found in trees)
    if alone < 2 or 2 * alone <= len(files):
        return False
    return len(files) > OF_ONE or not used & {PurePosixPath(file.name).stem for file in files}


def _class_of_folders(folders: Sequence[Folder]) -> bool:
    """Whether the folders in what was given are of several students, so that a file beside them is one more's."""
    theirs = [folder for folder in folders if folder.name.lower() not in LIBRARIES and _holds_program(folder)]
    playable = (any(found.task is not None for found in _submissions(folder, "", 1)) for folder in theirs)
    return len(theirs) > 1 and sum(playable) > 1


def _plain_and_extended(folders: Sequence[Folder]) -> tuple[Folder, Folder] | None:
    """Of two folders with programs, the plain version and the extended one, if that is what they are."""
    having = [folder for folder in folders if _holds_program(folder)]
    extended = [folder for folder in having if EXTENDED.search(folder.name.lower())]
    if len(having) != 2 or len(extended) != 1:
        return None
    (plain,) = (folder for folder in having if folder is not extended[0])
    return plain, extended[0]


def _children(folder: Folder) -> list[Place]:
    """What is in a folder and may be a student's, by name."""
    there = [place for place in folder.inside() if not place.name.startswith((".", "__"))]
    theirs = [place for place in there if isinstance(place, File) or place.name.lower() not in NOT_THEIRS]
    return sorted(theirs, key=lambda place: place.name)


def _files(folder: Folder, above: str = "", depth: int = 0) -> Iterator[tuple[str, File]]:
    """The files in a folder and in those within, by their paths."""
    for place in _children(folder) if depth <= DEEPEST else ():
        if isinstance(place, File):
            yield f"{above}{place.name}", place
        else:
            yield from _files(place, f"{above}{place.name}/", depth + 1)


def _holds_program(folder: Folder) -> bool:
    return any(is_program(path) or _is_archive(file) for path, file in _files(folder))


def _holds_something(folder: Folder) -> bool:
    return next(_files(folder), None) is not None


def _library(file: File) -> bool:
    return is_library(file.name, tree(_content(file)))


def _is_archive(place: Place) -> bool:
    return isinstance(place, File) and place.name.lower().endswith(".zip")


def _content(file: File) -> bytes:
    """Of a source; nothing where it cannot be read, or is too long for one."""
    try:
        return b"" if file.size > MOST_BYTES else file.read()
    except UNREADABLE:
        return b""


# --- one program ----------------------------------------------------------------------------------------------------


def _submission(place: Place, name: str) -> Submission:
    try:
        return _program(place, name)
    except UNREADABLE as error:
        return _problem(name, _why(error))
    except Exception as error:  # the others of a class are read all the same
        return _problem(name, f"dreamctl failed to read it ({type(error).__name__}), which is no fault of the program.")


def _program(place: Place, name: str) -> Submission:
    files, remarks = _gathered(place)
    if isinstance(files, str):
        return _problem(name, files)
    found = Program(files)
    known = found.family
    if known.problem:
        return _problem(name, known.problem)
    if known.library not in PLAYED:
        return _problem(name, f"it is written for {known.library or 'no library'}.")
    others = _other_versions(found)
    if others:
        remarks.append(f"{known.entry} was played, and not {', '.join(others)}.")
    return _noted(Submission(id=name, task=Task(key=name, params=found)), *remarks)


def _gathered(place: Place) -> tuple[dict[str, bytes] | str, list[str]]:
    """The files of a submission by their paths, or why there are none; and remarks. Sources come as UTF-8.

    Where there is too much, sources come first, then what is small.
    """
    if isinstance(place, File):
        if not is_program(place.name):
            return _no_program(place.name), []
        there = [(place.name, place)]
    else:
        there = list(_files(place))
    there.sort(key=lambda pair: (not is_program(pair[0]), pair[1].size))
    if sum(file.size for path, file in there if is_program(path)) > MOST_PYTHON:
        return f"it has more than {MOST_PYTHON:,} bytes of Python.", []
    files: dict[str, bytes] = {}
    left, remarks = MOST_BYTES, []
    for path, file in there:
        if file.size > left or len(files) == MOST_FILES:
            if is_program(path):
                return f"it has more than {MOST_FILES} files.", []
            continue
        content = file.read()
        left -= len(content)
        if is_program(path):
            content, encoding = _as_utf8(content)
            remarks += [f"{path} is no UTF-8, and was read as {encoding}."] if encoding else []
        files[path] = content
    return files, remarks


def _no_program(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in PACKED:
        return f"it is no Python file; of what is packed, .zip is read, and this is {suffix}."
    return "it is no Python file; its name ends in '.py'."


def _as_utf8(content: bytes) -> tuple[bytes, str]:
    """A source as UTF-8, and the encoding that it came in, where Python itself would not know."""
    if DECLARED.match(content) and tree(content) is not None:
        return _declared(content), ""
    if _decoded(content, "utf-8") is not None and b"\0" not in content:
        return content, ""
    for encoding, name in _likely(content):
        text = _decoded(content, encoding)
        if text is not None and tree(text.encode()) is not None:
            return text.encode(), name
    return content, ""


def _declared(content: bytes) -> bytes:
    """A source that says how it is encoded, as one that says UTF-8: what is found in it then stands where it was."""
    encoding, lines = tokenize.detect_encoding(io.BytesIO(content).readline)
    text = content.decode(encoding)
    for line in lines:
        said = line.decode(encoding)
        text = text.replace(said, COOKIE.sub(r"\1utf-8", said), 1)
    return text.encode()


def _likely(content: bytes) -> Sequence[tuple[str, str]]:
    """Encodings that a source may be in, and what people call them: in Chinese, letters beyond ASCII stand together."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [("utf-16", "UTF-16")]
    if max(map(len, BEYOND.findall(content)), default=0) <= 2:
        return [("latin-1", "Latin-1")]
    return [("gb2312", "GBK"), ("big5", "Big5"), ("gb18030", "GBK"), ("latin-1", "Latin-1")]


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeError:
        return None


def _other_versions(program: Program) -> list[str]:
    """Files that start by themselves too, and that the entry does not need: an extended version, say."""
    trees = {name: tree(source) for name, source in program.files if is_program(name)}
    used = {module for found in trees.values() if found is not None for module in imports(found)}
    entry = program.family.entry
    beside = {
        name: found
        for name, found in trees.items()
        if PurePosixPath(name).parent == PurePosixPath(entry).parent and PurePosixPath(name).stem not in used
    }
    return sorted(
        name
        for name, found in beside.items()
        if name != entry and found is not None and not is_library(name, found) and starts(found)
    )


def _problem(name: str, sentence: str) -> Submission:
    return Submission(id=name, problem=f"{name}: {sentence}")


def _noted(submission: Submission, *remarks: str) -> Submission:
    return evolve(submission, note=" ".join(filter(None, (submission.note, *remarks))))


def _why(error: BaseException) -> str:
    return f"it cannot be read ({getattr(error, 'strerror', None) or error or type(error).__name__})."


# --- where it is ----------------------------------------------------------------------------------------------------


def _on_disk(path: Path) -> Place:
    name = _text(path.name)
    if not path.is_dir():
        size = path.stat().st_size
        return File(name, size, lambda: _read(path), size)
    return Folder(name, lambda: [_on_disk(Path(entry.path)) for entry in os.scandir(path) if _ordinary(entry)])


def _ordinary(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("it is no ordinary file")
        if os.fstat(file.fileno()).st_size > MOST_ON_DISK:
            raise OSError(f"it has more than {MOST_ON_DISK:,} bytes")
        return file.read()


def _text(name: str) -> str:
    """A file's name as it can be written: those that are no UTF-8 are made so."""
    return os.fsencode(name).decode("utf-8", "replace")


@frozen
class _Directory:
    """A folder of an archive while it is put together."""

    folders: dict[str, _Directory] = field(factory=dict)
    files: dict[str, File] = field(factory=dict)

    def folder(self, name: str) -> Folder:
        return Folder(name, lambda: [*self.files.values(), *(d.folder(n) for n, d in self.folders.items())])


def _opened(archive: zipfile.ZipFile, name: str, allowed: Allowance) -> Folder:
    """What an archive holds; reading from it needs it open. Raises ValueError where it holds too much."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise ValueError(f"it holds more than {MOST_MEMBERS:,} files")
    top = _Directory()
    for member in members:
        parts = _parts(member)
        if not parts or member.is_dir():
            continue
        here = top
        for part in parts[:-1]:
            here = here.folders.setdefault(part, _Directory())
        here.files[parts[-1]] = File(
            parts[-1],
            member.file_size,
            lambda member=member: allowed.unpack(_member(archive, member)),  # type: ignore[misc]
            member.compress_size,
        )
    return top.folder(name)


def _parts(member: zipfile.ZipInfo) -> list[str]:
    """Where a file stands in an archive; nothing for links, and for what would stand outside."""
    parts = [part for part in _name(member).replace("\\", "/").split("/") if part not in ("", ".")]
    link = stat.S_ISLNK(member.external_attr >> 16)
    return [] if link or ".." in parts or len(parts) > DEEPEST else parts


def _name(member: zipfile.ZipInfo) -> str:
    """Names that are not marked as UTF-8 may be so, or of a Chinese Windows; Python reads them as those of DOS."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeError:
        return member.filename
    names = (_decoded(raw, encoding) for encoding in ("utf-8", "gb18030"))
    return next((name for name in names if name is not None), member.filename)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A file of an archive, never more than the archive says that it has."""
    most = MOST_PACKED if member.filename.lower().endswith(".zip") else MOST_BYTES
    if member.file_size > most:
        raise ValueError(f"{member.filename[-80:]!r} has more than {most:,} bytes")
    with archive.open(member) as file:
        return file.read(most + 1)
