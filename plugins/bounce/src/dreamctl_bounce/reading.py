"""Reading programs: a JSON file, JSON lines (also .gz), the published CSV (also .gz), a zip or a folder of these.

A program that cannot be read becomes a `Submission` with a sentence that says where and why; it never raises.
What is given must exist, else `InputError`.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import lzma
import math
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import attrs

from dreamctl import InputError, Submission, Task

from .labels import LABELS, labels, table
from .programs import Program, balls, kind, nearest, shown

MOST_BYTES = 5_000_000  # of a JSON file, or a line, or a field: the longest real program has 10 thousand
MOST_WORDS = 1_000  # of a program that is handed in; each is run whenever its event happens, so many of them are slow
SUFFIXES = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".csv", ".csv.gz", ".zip")

# What the readers of packed files raise when these are broken, locked, or packed in a way that Python does not know.
BROKEN = (zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error, EOFError, ValueError, RuntimeError)
UNREADABLE = (OSError, *BROKEN)
UNPACKED_FREELY, MOST_UNPACKED = 6_000_000, 200  # bytes; after them, so many times the bytes that were packed


def read_submissions(path: str | Path) -> Iterable[Submission]:
    """Every program in a file or folder, in order; the labels of its task are those that the file gives.

    A submission's `id` is the program's own `id`, else where it stands: its path, relative to what was given, or the
    row number in a CSV file.
    """
    return _unique(_in_path(_existing(path)))


def read_tasks(path: str | Path) -> Sequence[Task]:
    """The programs in a file or folder as labelled tasks: labels from the file, else by the rules.

    `weight` is the number of submissions. Raises `InputError` for the first program that cannot be read.
    """
    tasks = [_labelled(submission) for submission in read_submissions(path)]
    if not tasks:
        raise InputError(f"{path}: there is no program in it.")
    return tasks


def _existing(path: str | Path) -> Path:
    path = Path(path)
    try:
        path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason}); give a file or folder with programs.") from error
    return path


def _labelled(submission: Submission) -> Task:
    task = submission.task
    if task is None:
        raise InputError(submission.problem or f"{submission.id}: cannot be read.")
    return task if task.labels else attrs.evolve(task, labels=labels(task.params))


def _unique(submissions: Iterator[Submission]) -> Iterator[Submission]:
    """An id that comes again would make two programs one: the later one is refused."""
    seen: set[str] = set()
    for submission in submissions:
        if submission.task is not None and submission.id in seen:
            problem = f"The id {shown(submission.id)} stands twice; ids are unique."
            submission = attrs.evolve(submission, task=None, problem=problem)
        seen.add(submission.id)
        yield submission


# --- files ----------------------------------------------------------------------------------------------------


def _in_path(path: Path) -> Iterator[Submission]:
    if not path.is_dir():
        yield from _in_file(path, _text(path.name), alone=True)
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            special = file.exists() and not file.is_file()  # a pipe, say; a broken link is an unreadable file
            if name.lower().endswith(SUFFIXES) and not name.startswith(".") and not special:
                yield from _in_file(file, _text(file.relative_to(path).as_posix()), alone=False)
    for error in closed:
        yield _unreadable(_text(Path(error.filename).relative_to(path).as_posix()), error)


def _in_file(path: Path, name: str, alone: bool) -> Iterator[Submission]:
    try:
        if name.lower().endswith(".zip"):
            yield from _in_zip(path, name, alone)
        else:
            with path.open("rb") as stream:
                packed = os.fstat(stream.fileno()).st_size
                yield from _in_stream(stream, name, alone, packed)
    except UNREADABLE as error:
        yield _unreadable(name, error)


def _in_zip(path: Path, name: str, alone: bool) -> Iterator[Submission]:
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.namelist() if _is_programs(m)]
        if not members:
            yield _problem(name, f"{name}: this archive holds no CSV or JSON file.")
        for member in members:
            inside = f"{name}/{_text(member)}"
            try:
                with archive.open(member) as stream:
                    packed = archive.getinfo(member).compress_size
                    yield from _in_stream(_bounded(stream, packed), inside, alone and len(members) == 1, packed)
            except UNREADABLE as error:
                yield _unreadable(inside, error)


class _Unpacked(io.RawIOBase):
    """What comes out of a packed file, unless it is far too much for what went in: a few bytes can unpack to disks."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        self.stream, self.left = stream, UNPACKED_FREELY + MOST_UNPACKED * packed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.stream.read(len(buffer))
        self.left -= len(data)
        if self.left < 0:
            raise OSError("it unpacks to far more than programs do")
        buffer[: len(data)] = data
        return len(data)


def _bounded(stream: Any, packed: int) -> IO[bytes]:
    return cast(IO[bytes], io.BufferedReader(_Unpacked(stream, packed), 1 << 16))


def _is_programs(member: str) -> bool:
    parts = PurePosixPath(member).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not hidden and member.lower().endswith(SUFFIXES) and not member.lower().endswith(".zip")


def _in_stream(stream: IO[bytes], name: str, alone: bool, packed: int) -> Iterator[Submission]:
    """`alone`: no other file is read, so the rows of a table can be named by their numbers."""
    kind_of = name.lower()
    if kind_of.endswith(".gz"):
        stream, kind_of = _bounded(gzip.GzipFile(fileobj=stream), packed), kind_of.removesuffix(".gz")
    if kind_of.endswith((".jsonl", ".ndjson")):
        yield from _in_lines(stream, name)
    elif kind_of.endswith(".csv"):
        yield from _in_csv(stream, name, "" if alone else f"{name}:")
    else:
        yield _in_json(stream, name)


def _in_json(stream: IO[bytes], name: str) -> Submission:
    data = stream.read(MOST_BYTES + 1)
    return _submission(name, name, partial(_json_record, data))


def _in_lines(stream: IO[bytes], name: str) -> Iterator[Submission]:
    number, found = 0, False
    while data := stream.readline(MOST_BYTES + 1):
        number += 1
        place = f"{name}, line {number}"
        too_long = len(data) > MOST_BYTES
        if too_long or data.strip(b" \t\r\n\xef\xbb\xbf"):
            found = True
            yield _submission(f"{name}:{number}", place, partial(_json_record, data))
        if too_long:
            return  # the sentence says so; what follows cannot be told apart from it
    if not found:
        yield _problem(name, f"{name}: the file is empty.")


PROGRAM, MULTI_LABEL, SUBMISSIONS = "Program", "Multi-Error Label", "Submission Count"
DISTRIBUTION = "Distribution Label"


def _in_csv(stream: IO[bytes], name: str, prefix: str) -> Iterator[Submission]:
    csv.field_size_limit(MOST_BYTES)
    with io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="") as text:
        rows = csv.reader(_short_lines(text))
        try:
            columns = next(rows, [])
            if PROGRAM not in columns:
                yield _problem(name, f"{name}: a CSV file of programs has a column '{PROGRAM}', but this has none.")
                return
            found = False
            for number, row in enumerate(rows, 1):
                if row:
                    found = True
                    place = f"{name}, row {number}"
                    yield _submission(f"{prefix}{number}", place, partial(_csv_record, columns, row))
            if not found:
                yield _problem(name, f"{name}: the table has no row.")
        except csv.Error as error:
            yield _problem(f"{name}:{rows.line_num}", f"{name}, line {rows.line_num}: not CSV ({error}).")


def _short_lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MOST_BYTES + 1):
        if len(line) > MOST_BYTES:
            raise csv.Error(f"the next line is longer than {MOST_BYTES:,} characters")
        yield line


def _unreadable(name: str, error: BaseException) -> Submission:
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200] or type(error).__name__
    return _problem(name, f"{name}: cannot be read ({reason}).")


def _problem(name: str, sentence: str) -> Submission:
    return Submission(id=name, problem=sentence)


def _text(name: str) -> str:
    """A path as text that can be written anywhere."""
    text = " ".join(os.fsencode(name).decode("utf-8", "replace").splitlines())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


# --- records --------------------------------------------------------------------------------------------------

Record = dict[str, Any]  # `program`, and optionally `id`, `labels`, `submissions`, `distribution`
BODY = 10  # a program that was handed in more often than this is of the body, another of the tail


def _submission(name: str, place: str, make: Callable[[], Record]) -> Submission:
    """One program; `name` is its id if it has none of its own, and `place` says where it stands."""
    try:
        record = make()
        name = _own_id(record, name)
        program = _program(record["program"])
        task = Task(
            key=name,
            params=program,
            labels=_labels(record.get("labels")),
            weight=_weight(record.get("submissions", 1)),
            groups={"balls": balls(program), **_distribution(record)},
        )
    except InputError as error:
        return _problem(name, f"{place}: {error}")
    return Submission(id=name, task=task)


def _program(value: Any) -> Program:
    program = Program.from_json(value)
    long = sum(map(len, program.events)) > MOST_WORDS
    if long and (words := len(program.code[0])) > MOST_WORDS:  # a run of equal commands is one word
        raise InputError(
            f"the program is {words} commands long even when each run of equal ones is counted once, "
            f"and at most {MOST_WORDS} are played."
        )
    return program


def _json_record(data: bytes) -> Record:
    """A record has the program in it; a bare program is one without anything else."""
    value = _json(data)
    return value if isinstance(value, dict) and "program" in value else {"program": value}


def _json(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise InputError(f"longer than {MOST_BYTES:,} bytes, which is as much as is read of one program.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise InputError("this is UTF-16 text; save it as UTF-8.") from error
        raise InputError(f"not UTF-8 text (byte {error.start + 1}).") from error
    if not text.strip():
        raise InputError("the file is empty.")
    return _parse(text)


def _parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        raise InputError(f"not JSON: {message} at line {error.lineno}, column {error.colno}.") from error
    except (RecursionError, MemoryError) as error:
        raise InputError("nested too deeply for a program.") from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"not JSON that can be read: {error}.") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> Record:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise InputError(f"{shown(twice)} stands twice in one object.")
    return result


QUOTED = r"'(?:[^'\\]*)'|\"(?:[^\"\\]*)\""
LITERAL = re.compile(rf"(?:[\s\[\]{{}},:]++|{QUOTED})*+")  # possessive: it never goes back, however long the text
STRING = re.compile(QUOTED)


def _csv_record(columns: list[str], row: list[str]) -> Record:
    cells = dict(zip(columns, row, strict=False))
    count = cells.get(SUBMISSIONS, "").strip() or "1"
    try:
        submissions = float(count)
    except ValueError:
        raise InputError(f"the submission count is {shown(count)}, which is not a number.") from None
    record = {"program": _literal(cells.get(PROGRAM, "")), "submissions": submissions}
    if cells.get(DISTRIBUTION, "").strip():
        record["distribution"] = cells[DISTRIBUTION].strip().lower()
    if MULTI_LABEL in cells:
        record["labels"] = [name for name in re.split(r"[\[\](){},;'\"\s]+", cells[MULTI_LABEL]) if name not in NONE]
    return record


NONE = {"", "correct", "Correct", "none", "None", "nan"}  # in place of a label


def _literal(text: str) -> Any:
    """A dictionary of lists of texts as Python prints it, read as the JSON that it almost is.

    That is safe for any text and several times faster than Python's own reader of literals.
    """
    if not text.strip():
        raise InputError("there is no program in this row.")
    if not LITERAL.fullmatch(text):
        raise InputError("the program is not a Python dictionary of lists of commands.")
    return _parse(STRING.sub(lambda match: json.dumps(match[0][1:-1]), text))


def _own_id(record: Record, name: str) -> str:
    own = record.get("id", name)
    if isinstance(own, bool) or not isinstance(own, str | int) or not str(own).strip():
        raise InputError(f"'id' is a text, but this is {kind(own) if own != '' else 'empty'}.")
    own = str(own)
    if not own.isprintable() or len(own) > 500:
        raise InputError(f"'id' is a short text on one line, but this is {shown(own)}.")
    return own


def _labels(value: Any) -> dict[str, bool]:
    """A list names the labels that are so; an object says of each label that it names whether it is so."""
    if value is None:
        return {}
    if not isinstance(value, dict | list):
        raise InputError(f"'labels' is a list of labels, but this is {kind(value)}.")
    for name in value:
        if not isinstance(name, str) or name not in LABELS:
            raise InputError(f"{shown(name)} is not a label.{nearest(name, LABELS)}")
    if isinstance(value, list):
        return table(value)
    for name, present in value.items():
        if not isinstance(present, bool):
            raise InputError(f"label '{name}' is true or false, but this is {kind(present)}.")
    return value


def _distribution(record: Record) -> dict[str, str]:
    """Body or tail, as the published table says, or as the number of submissions does; nothing if that is not known."""
    if isinstance(record.get("distribution"), str):
        return {"distribution": record["distribution"]}
    if "submissions" not in record:
        return {}
    return {"distribution": "body" if _weight(record["submissions"]) > BODY else "tail"}


def _weight(value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 < value < 1e12 or not math.isfinite(value):
        raise InputError(f"'submissions' is a number above 0, but this is {shown(value)}.")
    return float(value)
