"""Stand-ins for what a program may do without: sounds, pictures from Pillow, and a person at the console."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from .libraries import pictures
from .libraries.stage import stage

SOUNDS = (
    "winsound", "playsound", "playsound3", "simpleaudio", "pydub", "pydub.playback", "pygame", "pygame.mixer",
    "pygame.locals", "pyttsx3", "vlc", "sounddevice", "soundfile", "just_playback", "audioplayer", "AppKit",
)  # fmt: skip
PILLOW = tuple(f"PIL.Image{part}" for part in ("Font", "Draw", "Ops", "Filter", "Enhance", "Color", "Chops"))
ANSWERS = ("3", "1", "10", "5", "2", "7", "20", "50", "100", "y", "", "n", "q")  # words where no number will do
YES_OR_NO = re.compile(r"\byes\b|\by\s*/\s*n\b|[(\[]y(es)?\b", re.IGNORECASE)
RANGE = re.compile(r"(\d{1,6})\s*(?:-|–|~|to|and|至|到)\s*(\d{1,6})")
NUMBER = re.compile(r"\d{1,6}")
WORDS = re.compile(r"\w+(?:\s*[/|]\s*\w+)+|[(\[]\w+(?:\s*,\s*(?:or\s+)?\w+|\s+or\s+\w+)+[)\]]|\w+\s+or\s+\w+")


class Anything(int):
    """Whatever is asked of it, it gives itself, and does nothing; where a number is needed, it is 0."""

    def __getattr__(self, name: str) -> Any:
        return _public(name, self)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        stage.asked()  # else a program that plays a sound for ever would
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None: ...

    def __getitem__(self, key: Any) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class Picture:
    """A picture of Pillow: a size and no content."""

    mode, format = "RGBA", "PNG"

    def __init__(self, size: Any) -> None:
        self.size = self.width, self.height = int(size[0]), int(size[1])

    def resize(self, size: Any, *arguments: Any, **options: Any) -> Picture:
        return Picture(size)

    def __enter__(self) -> Picture:
        return self

    def __exit__(self, *error: object) -> None: ...

    def __getattr__(self, name: str) -> Any:
        return _public(name, lambda *arguments, **options: self)


class Shown:
    """A picture of Pillow's `ImageTk`, whose size is asked for by calls."""

    def __init__(self, image: Any = None, size: Any = None, file: Any = None, **options: Any) -> None:
        self.size = tuple(size or getattr(image, "size", None) or (pictures.size(file) if file else pictures.UNKNOWN))

    def width(self) -> int:
        return int(self.size[0])

    def height(self) -> int:
        return int(self.size[1])

    def __getattr__(self, name: str) -> Any:
        return _public(name, lambda *arguments, **options: self)


def modules() -> dict[str, ModuleType]:
    """Stand-ins by module name."""
    image = ModuleType("PIL.Image")
    image.open = lambda file, *_: Picture(pictures.size(file))  # type: ignore[attr-defined]
    image.new = lambda mode, size, *_: Picture(size)  # type: ignore[attr-defined]
    image.Image = Picture  # type: ignore[attr-defined]
    image.__getattr__ = anything  # type: ignore[method-assign]
    tk = ModuleType("PIL.ImageTk")
    tk.PhotoImage = tk.BitmapImage = Shown  # type: ignore[attr-defined]
    found = {"PIL": ModuleType("PIL"), "PIL.Image": image, "PIL.ImageTk": tk}
    for name in (*SOUNDS, *PILLOW, "tkinter.scrolledtext"):
        found[name] = ModuleType(name)
        found[name].__getattr__ = anything  # type: ignore[method-assign]
    for name in found:
        found[name].__path__ = []
    return found


def quiet() -> None:
    """Programs beside the program, which play its sounds, and what Windows alone has do nothing."""
    for name in ("Popen", "run", "call", "check_call", "check_output"):
        setattr(subprocess, name, Anything())
    for where, name in ((os, "system"), (os, "popen"), (os, "startfile"), (ctypes, "windll")):
        setattr(where, name, Anything())


def anything(name: str) -> Any:
    """What a module has of which nothing is needed."""
    return _public(name, Anything())


def _public(name: str, value: Any) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return value


def answers() -> Any:
    """What a person would say: `answer(prompt)` gives what it names, else a number; another one if asked again."""
    asked: Counter[str] = Counter()

    def answer(prompt: str) -> str:
        offers = [*_named(prompt), *ANSWERS]
        asked[prompt] += 1
        return offers[(asked[prompt] - 1) % len(offers)]

    return answer


def _named(prompt: str) -> list[str]:
    """What a question offers: "(y/n)", "5-9", "1 or 2", "easy/hard"; zero mostly means to quit."""
    ranges = ["3" if int(low) <= 3 <= int(high) else low for low, high in RANGE.findall(prompt)]
    numbers = [number for number in NUMBER.findall(prompt) if int(number)]
    words = [word for some in WORDS.findall(prompt) for word in re.findall(r"\w+", some) if word != "or"]
    if YES_OR_NO.search(prompt):
        return [*(word for word in words if word.lower() in ("y", "yes")), "y", "n"]
    return [*ranges, *numbers, *words]
