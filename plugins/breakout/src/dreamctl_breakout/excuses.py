"""Stand-ins for what a program may do without: sounds, pictures from Pillow, and a person at the console."""

from __future__ import annotations

from collections import Counter
from types import ModuleType
from typing import Any

from .libraries import pictures

SOUNDS = ("winsound", "playsound", "playsound3", "simpleaudio", "pydub", "pydub.playback", "pygame", "pygame.mixer")
ANSWERS = ("3", "y", "", "1", "n", "10", "q")  # one after another, for a question that comes again


class Anything:
    """Whatever is asked of it, it gives itself, and does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self

    def __or__(self, other: Any) -> Any:
        return self

    __ror__ = __or__


class Picture:
    """A picture of Pillow, and of its `ImageTk`: a size and no content."""

    def __init__(self, image: Any = None, size: Any = None, file: Any = None, **options: Any) -> None:
        self.size = tuple(size or getattr(image, "size", None) or (pictures.size(file) if file else pictures.UNKNOWN))
        self.mode, self.format = "RGBA", "PNG"

    def width(self) -> int:
        return int(self.size[0])

    def height(self) -> int:
        return int(self.size[1])

    def resize(self, size: Any, *arguments: Any, **options: Any) -> Picture:
        return Picture(size=size)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **options: self


def modules() -> dict[str, ModuleType]:
    """Stand-ins by module name."""
    anything = Anything()
    image = ModuleType("PIL.Image")
    image.open = lambda file, *_: Picture(size=pictures.size(file))  # type: ignore[attr-defined]
    image.new = lambda mode, size, *_: Picture(size=size)  # type: ignore[attr-defined]
    image.__getattr__ = lambda name: _public(name, anything)  # type: ignore[method-assign]
    tk = ModuleType("PIL.ImageTk")
    tk.PhotoImage = tk.BitmapImage = Picture  # type: ignore[attr-defined]
    found = {"PIL": ModuleType("PIL"), "PIL.Image": image, "PIL.ImageTk": tk}
    for name in (*SOUNDS, "PIL.ImageFont", "PIL.ImageDraw", "PIL.ImageOps"):
        found[name] = ModuleType(name)
        found[name].__getattr__ = lambda attribute: _public(attribute, anything)  # type: ignore[method-assign]
    for name in found:
        found[name].__path__ = []
    return found


def _public(name: str, value: Any) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return value


def answers() -> Any:
    """What a person would say: `answer(prompt)` gives a number, or yes to a yes-or-no, and another if asked again."""
    asked: Counter[str] = Counter()

    def answer(prompt: str) -> str:
        asked[prompt] += 1
        said = ANSWERS[(asked[prompt] - 1) % len(ANSWERS)]
        if asked[prompt] == 1 and any(word in prompt.lower() for word in ("y/n", "yes", "(y", "[y")):
            return "y"
        return said

    return answer
