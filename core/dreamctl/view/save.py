"""Writing a film to a file: its suffix says how."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from ..errors import UsageError
from ..records import Environment
from .film import Shot
from .page import contact_sheet, doubtful, page
from .web import web_page

HOLD = 1.5  # seconds that the last moment of an episode stays
MOST = {".gif": (300, 25.0), ".mp4": (4000, 60.0)}  # pictures of frames, and how many of them a second
SUFFIXES = (".png", ".gif", ".mp4", ".html")


def save(environment: Environment, shots: Sequence[Shot], path: Path, steps_per_second: float) -> None:
    """A PNG is a contact sheet; a GIF, an HTML page, and an MP4 where `av` is installed, play at `steps_per_second`."""
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path}: its name ends in none of {', '.join(SUFFIXES)}; choose another --out.")
    try:
        if path.suffix == ".png":
            contact_sheet(shots).save(path)
        elif path.suffix == ".html":
            path.write_text(web_page(environment, shots, path.stem, steps_per_second), "utf-8")
        else:
            items = doubtful(shots)
            every = _every(shots, steps_per_second, *MOST[path.suffix])
            pages = [page(shot, items) for shot in shots[::every]]
            write = _gif if path.suffix == ".gif" else _mp4
            write(pages, _seconds(shots[::every], steps_per_second / every), path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror or error}).") from error


def _every(shots: Sequence[Shot], steps_per_second: float, most: int, a_second: float) -> int:
    """Every how many frames there is a picture; every moment has one."""
    if shots[0].footage is None:
        return 1
    return max(math.ceil(len(shots) / most), math.ceil(steps_per_second / a_second))


def _seconds(shots: Sequence[Shot], steps_per_second: float) -> list[float]:
    """How long each moment stays."""
    last = [a.episode != b.episode for a, b in pairwise(shots)] + [True]
    return [HOLD if ends else 1 / steps_per_second for ends in last]


def _gif(pages: Sequence[Image.Image], seconds: Sequence[float], path: Path) -> None:
    colours = [picture.quantize(128, dither=Image.Dither.NONE) for picture in pages]
    milliseconds = [max(20, round(1000 * second)) for second in seconds]
    colours[0].save(path, save_all=True, append_images=colours[1:], duration=milliseconds, loop=0)


def _mp4(pages: Sequence[Image.Image], seconds: Sequence[float], path: Path) -> None:
    try:
        import av
    except ImportError as error:
        raise UsageError(
            f"{path}: MP4 needs the package 'av'; run pip install 'dreamctl[video]', or choose .gif."
        ) from error
    rate = max(1, round(1 / min(seconds)))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("h264", rate=rate)
        stream.width, stream.height = pages[0].size
        stream.pix_fmt = "yuv420p"
        for picture, second in zip(pages, seconds, strict=True):
            for _ in range(max(1, round(second * rate))):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        container.mux(stream.encode())
