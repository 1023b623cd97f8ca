"""Which library a program is written for, and which of its files is run: both are read off the syntax trees.

The same text means different things under the generations of `graphics.Canvas`, so the names that it calls decide.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from attrs import frozen

CAMPY, BRIDGE, STANFORD, WEB, TKINTER, PGL = "campy", "bridge", "stanford", "web", "tkinter", "pgl"
ZELLE = "the graphics module of John Zelle's book"
GENERATIONS = (BRIDGE, STANFORD, WEB)
OTHERS = ("pygame", "turtle", "arcade", "pyglet", "ursina", "kivy", "PyQt5", "PyQt6", "pgzrun", "cs1graphics")
ABSENT = frozenset((  # well known, and no part of Python: students have them, and programs here do not
    "Box2D", "colorama", "customtkinter", "cv2", "easygui", "emoji", "faker", "imageio", "keyboard", "librosa",
    "matplotlib", "moviepy", "mutagen", "networkx", "numba", "numpy", "pandas", "pyaudio", "pyautogui", "pydantic",
    "pyfiglet", "pymunk", "pynput", "requests", "scipy", "screeninfo", "seaborn", "shapely", "skimage", "sklearn",
    "sympy", "tensorflow", "termcolor", "torch", "tqdm", "ttkbootstrap", "webcolors",
))  # fmt: skip

SIGNS = {  # calls of methods that one generation has, and how much they say
    BRIDGE: {
        "get_canvas_width": 3, "get_canvas_height": 3, "set_outline_color": 1, "set_fill_color": 1,
        "mouse_is_on_canvas": 4, "set_canvas_title": 1, "set_outline_width": 2, "set_font": 1, "set_text": 1,
        "set_on_mouse_pressed": 3, "get_new_key_presses": 1, "raise_to_front": 1, "set_canvas_size": 2,
    },
    STANFORD: {
        "get_obj_width": 4, "get_obj_height": 4, "set_canvas_background_fill": 4, "set_fill": 3,
    },
    WEB: {
        "get_object_width": 3, "get_object_height": 3, "get_last_click": 3, "change_text": 3, "set_hidden": 1,
        "set_color": 1, "get_last_key_press": 3, "get_random_color": 2,
    },
}  # fmt: skip
OF_TK = {"itemconfig", "itemconfigure", "itemcget", "bbox", "bind", "tag_bind", "after", "find_withtag", "find_all"}
WAITS = {
    "sleep", "pause", "update", "update_idletasks", "after", "setInterval", "setTimeout", "createTimer", "GTimer",
    "set_interval", "set_timeout", "create_timer",
}  # fmt: skip
MOST_SOURCE = 300_000  # bytes of a file that is read as Python here, outside the sandbox
LONG = 0.25  # seconds: such a sleep is a rest between turns, not the rhythm of the game


@frozen
class Family:
    """What a program is written for.

    `library` is a word of this module, or what was imported instead. `waits` and `sleeps`: whether it waits anywhere,
    and whether it does so by sleeping. `problem` is a sentence if it cannot be run at all.
    """

    library: str
    entry: str = ""
    why: str = ""
    waits: bool = True
    sleeps: bool = True
    problem: str = ""

    @property
    def graphics(self) -> str | None:
        """The generation of `graphics.Canvas`."""
        return self.library if self.library in GENERATIONS else None


def family(files: Mapping[str, bytes]) -> Family:
    """The family of a program, from its files by their paths."""
    trees = {name: tree(source) for name, source in files.items() if is_program(name)}
    own = {name: found for name, found in trees.items() if not is_library(name, found)}
    if not own:
        return Family("", problem="there is no Python file in it.")
    read = [found for found in own.values() if found is not None]
    if not read:
        entry = _entry(own)
        return Family(_guess(files, own), entry, "no file could be read as Python, so its words decide")
    library, why = _library(read, trees, files)
    entry = _entry(own)
    calls = Counter(name for found in read for name in _calls(found))
    sleeps = any(_rhythm(call) for found in read for call in (*_named(found, "sleep"), *_rests(found)))
    problem = ""
    if library in (ZELLE, *OTHERS):
        problem = f"it is written for {library}; campy, graphics.Canvas, tkinter and pgl are played."
    elif not library:
        problem = "it imports none of campy, graphics, tkinter and pgl, so there is no game to play."
    elif absent := _absent(own, entry):
        problem = f"it imports {absent}, which is not there; programs that need nothing but Python and campy, "
        problem += "graphics.Canvas, tkinter or pgl are played."
    return Family(library, entry, why, bool(calls.keys() & WAITS), sleeps, problem)


def is_program(name: str) -> bool:
    """Whether a file holds Python."""
    path = PurePosixPath(name)
    return path.suffix.lower() == ".py" and not any(part.startswith((".", "__pycache__")) for part in path.parts)


def is_library(name: str, found: ast.Module | None) -> bool:
    """Whether a file is a library that was handed in beside the program; ours stands in for it."""
    path = PurePosixPath(name)
    if "campy" in path.parts[:-1] or path.name == "pgl.py":
        return True
    return path.name == "graphics.py" and found is not None and "Canvas" in _classes(found)


@lru_cache(maxsize=32)
def tree(source: bytes) -> ast.Module | None:
    """The syntax tree of a file, which nobody changes; None if it is no Python, or too long to be read."""
    if len(source) > MOST_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


# --- the library ----------------------------------------------------------------------------------------------------


def _library(
    read: Iterable[ast.Module], trees: Mapping[str, ast.Module | None], files: Mapping[str, bytes]
) -> tuple[str, str]:
    imported = {name for found in read for name in imports(found)}
    if "campy" in imported:
        return CAMPY, "it imports campy"
    if "pgl" in imported:
        return PGL, "it imports pgl"
    if "graphics" in imported:
        shipped = next((name for name in trees if PurePosixPath(name).name == "graphics.py"), None)
        if shipped is None and any(_named(found, "GraphWin") for found in read):
            return ZELLE, "it calls GraphWin"
        if shipped is None or is_library(shipped, trees[shipped]):
            return _generation(read, files.get(shipped or "", b""))
    if "tkinter" in imported:
        return TKINTER, "it imports tkinter"
    for name in OTHERS:
        if name in imported:
            return name, f"it imports {name}"
    return "", "it imports no graphics library"


def _generation(read: Iterable[ast.Module], shipped: bytes) -> tuple[str, str]:
    """The generation of `graphics.Canvas`: the library beside the program says it, else the names that it calls."""
    for mark, generation in ((b"get_canvas_width", BRIDGE), (b"get_obj_width", STANFORD), (b"get_object_width", WEB)):
        if mark in shipped:
            return generation, f"the library beside it has {mark.decode()}"
    votes: Counter[str] = Counter()
    reasons: dict[str, list[str]] = {generation: [] for generation in GENERATIONS}
    for generation, weight, reason in _signs(read):
        votes[generation] += weight
        reasons[generation].append(reason)
    best = max(GENERATIONS[::-1], key=lambda generation: votes[generation])  # the web, if nothing speaks
    said = list(dict.fromkeys(reasons[best]))[:3]
    return best, "it calls " + ", ".join(said) if said else "nothing in it tells, and most are of this one"


def _signs(read: Iterable[ast.Module]) -> Iterator[tuple[str, int, str]]:
    """Generation, weight and words for what a program calls."""
    read = list(read)
    calls = [call for found in read for call in ast.walk(found) if isinstance(call, ast.Call)]
    names = {called(call) for call in calls}
    for name in sorted(names & OF_TK):
        yield BRIDGE, 3, name
        yield STANFORD, 3, name
    for generation, signs in SIGNS.items():
        for name in sorted(signs.keys() & names):
            yield generation, signs[name], name
    for call in calls:
        yield from _sign(call)
    if not names & {"update", "mainloop"}:
        yield WEB, 2, "neither update nor mainloop"
    elif "update" in names:
        yield BRIDGE, 2, "update"
        yield STANFORD, 2, "update"
    for found in read:
        for node in ast.walk(found):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("shape_"):
                yield WEB, 5, repr(node.value)
            if isinstance(node, ast.Assign) and _is_call(node.value, "coords") and _length(node.targets[0]) == 2:
                yield WEB, 5, "coords of two numbers"
            if isinstance(node, ast.Assign) and _is_call(node.value, "coords") and _length(node.targets[0]) == 4:
                yield BRIDGE, 3, "coords of four numbers"
                yield STANFORD, 3, "coords of four numbers"
            if isinstance(node, ast.Subscript) and _is_call(node.value, "coords") and _index(node) in (2, 3):
                yield BRIDGE, 3, "coords of four numbers"
                yield STANFORD, 3, "coords of four numbers"


def _sign(call: ast.Call) -> Iterator[tuple[str, int, str]]:
    name, keywords = called(call), {keyword.arg for keyword in call.keywords}
    if name == "Canvas" and (len(call.args) >= 3 or "title" in keywords):
        yield STANFORD, 4, "Canvas with a title"
    if name in ("get_width", "get_height"):
        if call.args:
            yield BRIDGE, 3, f"{name} of an object"
        else:
            yield STANFORD, 1, f"{name} of the canvas"
            yield WEB, 1, f"{name} of the canvas"
    if name in ("create_rectangle", "create_oval"):
        if "color" in keywords:
            yield WEB, 2, "color="
            yield STANFORD, 1, "color="
        if "fill" in keywords:
            yield BRIDGE, 1, "fill="
            yield STANFORD, 1, "fill="
        if len(call.args) >= 5:
            yield WEB, 2, "a colour as the fifth argument"
            yield STANFORD, 1, "a colour as the fifth argument"
    if name == "create_text" and "font_size" in keywords:
        yield WEB, 1, "font_size="
        yield STANFORD, 1, "font_size="


def imports(found: ast.AST) -> set[str]:
    """The first names of the modules that a file imports."""
    names: set[str] = set()
    for node in ast.walk(found):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def _guess(files: Mapping[str, bytes], own: Iterable[str]) -> str:
    text = b"\n".join(files[name] for name in own)
    for word, library in ((b"campy", CAMPY), (b"pgl", PGL), (b"graphics", WEB), (b"tkinter", TKINTER)):
        if b"import " + word in text or b"from " + word in text:
            return library
    return next((name for name in OTHERS if f"import {name}".encode() in text), "")


def _absent(own: Mapping[str, ast.Module | None], entry: str) -> str:
    """A module of others that the program cannot do without; none if it comes with it, or is only tried."""
    used = {PurePosixPath(entry).stem}.union(*(imports(found) for found in own.values() if found is not None))
    beside = {part for name in own for part in PurePosixPath(name).with_suffix("").parts}
    parts = [found for name, found in own.items() if found is not None and PurePosixPath(name).stem in used]
    tried = {name for found in parts for node in ast.walk(found) if isinstance(node, ast.Try) for name in imports(node)}
    needed = {name for found in parts for name in imports(found)}
    return min((needed & ABSENT) - tried - beside, default="")


# --- the file that is run -------------------------------------------------------------------------------------------


def _entry(own: Mapping[str, ast.Module | None]) -> str:
    """The file that is run: one that starts something, is no part of another, and has the plainest name."""
    used = {name for found in own.values() if found is not None for name in imports(found)}
    return min(own, key=lambda name: _rank(name, own[name], used))


def _rank(name: str, found: ast.Module | None, used: set[str]) -> tuple[object, ...]:
    path = PurePosixPath(name)
    stem = path.stem.lower()
    drawn = found is not None and not imports(found).isdisjoint({"campy", "graphics", "tkinter", "pgl", *used})
    plain = 0 if stem == "breakout" else 1 if stem == "main" else 2 if stem.startswith("breakout") else 3
    return (
        len(path.parts),
        found is not None and not starts(found),
        path.stem in used,
        found is not None and not drawn,
        "test" in stem,
        plain,
        len(stem),
        name,
    )


def starts(found: ast.Module) -> bool:
    """Whether running a file does something: it asks for `__main__`, or calls a function."""
    for node in found.body:
        if isinstance(node, ast.If) and any(
            isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test)
        ):
            return True
        if isinstance(node, (ast.Expr, ast.While, ast.For)) and any(isinstance(n, ast.Call) for n in ast.walk(node)):
            return True
    return False


# --- reading trees --------------------------------------------------------------------------------------------------


def _classes(found: ast.Module) -> set[str]:
    return {node.name for node in ast.walk(found) if isinstance(node, ast.ClassDef)}


def _calls(found: ast.Module) -> Iterator[str]:
    for node in ast.walk(found):
        if isinstance(node, ast.Call):
            yield called(node)


def _named(found: ast.Module, name: str) -> list[ast.Call]:
    return [node for node in ast.walk(found) if isinstance(node, ast.Call) and called(node) == name]


def called(node: ast.AST) -> str:
    """The last name of what a node calls; nothing if it calls nothing."""
    function = node.func if isinstance(node, ast.Call) else None
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _rests(found: ast.Module) -> list[ast.Call]:
    """Calls of `after` without a function, which sleep."""
    return [call for call in _named(found, "after") if len(call.args) == 1 and not call.keywords]


def _rhythm(call: ast.Call) -> bool:
    """Whether a sleep may be the rhythm of the game."""
    value = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else 0
    long = 1000 * LONG if called(call) == "after" else LONG
    return not (isinstance(value, (int, float)) and value >= long)


def _is_call(node: ast.AST, name: str) -> bool:
    return called(node) == name


def _length(target: ast.AST) -> int:
    return len(target.elts) if isinstance(target, (ast.Tuple, ast.List)) else 0


def _index(node: ast.Subscript) -> object:
    return node.slice.value if isinstance(node.slice, ast.Constant) else None
