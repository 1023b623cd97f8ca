"""`tkinter` without a display: its canvas as Tk 8.6 computes it, its events and timers, and widgets that do nothing.

Hit tests follow Tk's own: edges count as inside because the outline is as wide as it is, unfilled shapes are hit at
their outlines alone, ovals are true ellipses, and `moveto` puts the outline's corner where it is told.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Collection, Sequence
from types import ModuleType
from typing import Any

from .. import colours, excuses, wire
from . import fonts, pictures
from .stage import BEGINS, LOOK, ORDER, TEXT, Shape, stage
from .stage import Canvas as Area

MARGIN = 3.0  # pixels that an outline may reach beyond its coordinates
SCREEN = (1440, 900)
IDLE = 1 / 60
MOST_WAITING = 3.0  # seconds

Handler = Callable[..., Any]


class TclError(Exception):
    """What Tk says is wrong."""


# --- things on a canvas ---------------------------------------------------------------------------------------------

COMMON = {"state", "tags", "fill", "activefill", "disabledfill", "stipple", "offset"}
OUTLINED = COMMON | {"outline", "width", "dash", "dashoffset", "activeoutline", "activewidth", "disabledoutline",
                     "disabledwidth", "outlinestipple", "outlineoffset", "activedash", "disableddash"}  # fmt: skip
LINES = COMMON | {"width", "arrow", "arrowshape", "capstyle", "joinstyle", "smooth", "splinesteps", "dash",
                  "dashoffset", "activewidth"}  # fmt: skip
OPTIONS = {
    "rectangle": OUTLINED,
    "oval": OUTLINED,
    "arc": OUTLINED | {"start", "extent", "style"},
    "polygon": OUTLINED | {"smooth", "splinesteps", "joinstyle"},
    "line": LINES,
    "text": COMMON | {"text", "font", "anchor", "justify", "width", "angle", "underline"},
    "image": {"state", "tags", "image", "anchor", "activeimage", "disabledimage"},
    "bitmap": {"state", "tags", "bitmap", "anchor", "background", "foreground"},
    "window": {"state", "tags", "window", "anchor", "width", "height"},
}
KINDS = {"rectangle": wire.RECTANGLE, "oval": wire.OVAL, "arc": wire.ARC, "polygon": wire.POLYGON, "line": wire.LINE,
         "text": wire.LABEL, "image": wire.IMAGE, "bitmap": wire.IMAGE, "window": wire.IMAGE}  # fmt: skip
DEFAULTS: dict[str, dict[str, Any]] = {
    "rectangle": {"outline": "black", "fill": "", "width": 1.0},
    "oval": {"outline": "black", "fill": "", "width": 1.0},
    "arc": {"outline": "black", "fill": "", "width": 1.0},
    "polygon": {"outline": "", "fill": "black", "width": 1.0},
    "line": {"fill": "black", "width": 1.0},
    "text": {"fill": "black", "text": "", "font": "TkDefaultFont", "anchor": "center"},
    "image": {"image": "", "anchor": "center"},
    "bitmap": {"bitmap": "", "anchor": "center"},
    "window": {"window": "", "anchor": "center"},
}
COLOURED = ("fill", "outline")


class Item(Shape):
    """One thing on a canvas: its type, its coordinates and its options."""

    def __init__(self, area: Area, type_: str, place: list[float], options: dict[str, Any]) -> None:
        super().__init__()
        self.type, self._kind, self._area = type_, KINDS[type_], area
        self._options = dict(DEFAULTS[type_], state="normal", tags=())
        self.boxed = type_ in ("rectangle", "oval", "arc")
        self.place = place
        self.id = 0
        self.half = 0.5  # of the width of the outline; 0 without one
        self.filled = False
        self.configure(options)
        self.arrange()
        area.index(self)

    def configure(self, options: dict[str, Any]) -> None:
        """Set options. Raises `TclError` for one that Tk does not know."""
        options = {option(name, self.type): value for name, value in options.items() if value is not None}
        for name, value in options.items():
            if name in COLOURED:
                value = colour(value)
            elif name == "width":
                value = number(value)
            elif name == "tags":
                value = tuple(value.split()) if isinstance(value, str) else tuple(str(tag) for tag in value or ())
            self._options[name] = value
        outlined = self.type not in ("line", "text") and self._options.get("outline") and self._options.get("width")
        self.half = self._options["width"] / 2 if outlined else 0.0
        self.filled = bool(self._options.get("fill"))
        self._canvas = None if self._options["state"] == "hidden" else self._area
        if (
            self.boxed
            or options.keys() & {"text", "font", "anchor", "image", "justify", "angle"}
            or self.type == "text"
        ):
            self.arrange()
        self._change(LOOK | TEXT)

    def arrange(self) -> None:
        """The box, from the coordinates."""
        place = self.place
        if self.boxed:
            x1, y1, x2, y2 = place
            if x1 > x2:
                x1, x2 = x2, x1
            if y1 > y2:
                y1, y2 = y2, y1
            self.place = [x1, y1, x2, y2]
            self.x1, self.y1, self.x2, self.y2 = x1, y1, x2, y2
        elif self.type in ("line", "polygon"):
            self.x1, self.x2 = min(place[::2]), max(place[::2])
            self.y1, self.y2 = min(place[1::2]), max(place[1::2])
        else:
            width, height = self._extent()
            x, y = place
            anchor = str(self._options.get("anchor", "center")).lower()
            self.x1 = x - (0 if "w" in anchor else width if "e" in anchor.replace("center", "") else width / 2)
            self.y1 = y - (0 if "n" in anchor.replace("center", "") else height if "s" in anchor else height / 2)
            self.x2, self.y2 = self.x1 + width, self.y1 + height
        if self._cells is not None:
            self._area.loosen(self)
        self._change()

    def shift(self, dx: float, dy: float) -> None:
        """Move by so many pixels."""
        if self.boxed:
            x1, y1, x2, y2 = self.place
            self.x1, self.y1, self.x2, self.y2 = self.place = [x1 + dx, y1 + dy, x2 + dx, y2 + dy]
            if self._cells is not None:
                self._area.loosen(self)
            if not self._changed:
                self._changed = True
                stage.changed.append(self)
            return
        self.place = [value + (dy if i % 2 else dx) for i, value in enumerate(self.place)]
        self.arrange()

    def _look(self) -> tuple[str, str, str]:
        options = self._options
        outline = options.get("outline", "") if self.half else ""
        text = options.get("text", "") if self.type == "text" else str(options.get("image", ""))
        return str(options.get("fill", "")), str(outline), str(text)

    def outer(self) -> tuple[int, int, int, int]:
        """The box of whole pixels around it, as Tk has it."""
        bloat = int(2 * self.half + 1) // 2 if self.half else 0
        right, bottom = max(self.x2, self.x1 + 1), max(self.y2, self.y1 + 1)
        if not self.boxed:
            bloat, right, bottom = (1 if self.type in ("line", "polygon") else 0), self.x2, self.y2
        edges = (self.x1, self.y1, right, bottom)
        left, top, right, bottom = (int(edge + 0.5) if edge >= 0 else int(edge - 0.5) for edge in edges)
        return left - bloat, top - bloat, right + bloat, bottom + bloat

    def overlap(self, x1: float, y1: float, x2: float, y2: float) -> int:
        """Whether it is outside (-1) an area, partly in it (0), or wholly (1)."""
        half = self.half
        if self._kind == wire.OVAL:
            return self._oval_overlap(x1, y1, x2, y2)
        if x2 <= self.x1 - half or x1 >= self.x2 + half or y2 <= self.y1 - half or y1 >= self.y2 + half:
            return -1
        if self._kind == wire.RECTANGLE and half and not self.filled:
            inner = x1 >= self.x1 + half and y1 >= self.y1 + half and x2 <= self.x2 - half and y2 <= self.y2 - half
            if inner:
                return -1
        if self.type in ("line", "polygon") and not crossed(self.place, x1, y1, x2, y2, self.type == "polygon"):
            return -1
        inside = x1 <= self.x1 - half and y1 <= self.y1 - half and x2 >= self.x2 + half and y2 >= self.y2 + half
        return 1 if inside else 0

    def _oval_overlap(self, x1: float, y1: float, x2: float, y2: float) -> int:
        half = self.half
        left, top, right, bottom = self.x1 - half, self.y1 - half, self.x2 + half, self.y2 + half
        if x1 <= left and x2 >= right and y1 <= top and y2 >= bottom:
            return 1
        if x2 < left or x1 > right or y2 < top or y1 > bottom:
            return -1
        centre_x, centre_y = (left + right) / 2, (top + bottom) / 2
        across, down = (right - left) / 2 or 1e-9, (bottom - top) / 2 or 1e-9
        near_x = max(x1 - centre_x, centre_x - x2, 0.0) / across
        near_y = max(y1 - centre_y, centre_y - y2, 0.0) / down
        if near_x * near_x + near_y * near_y > 1.0:
            return -1
        if half and not self.filled:
            across, down = across - 2 * half, down - 2 * half
            if across > 0 and down > 0:
                far_x = max(abs(x1 - centre_x), abs(x2 - centre_x)) / across
                far_y = max(abs(y1 - centre_y), abs(y2 - centre_y)) / down
                if far_x * far_x + far_y * far_y < 1.0:
                    return -1
        return 0

    def _extent(self) -> tuple[float, float]:
        if self.type == "text":
            return fonts.extent(str(self._options["text"]), *font(self._options["font"]))
        picture = self._options.get("image") or self._options.get("window")
        if hasattr(picture, "width") and callable(picture.width):
            return float(picture.width()), float(picture.height())
        return 0.0, 0.0


def crossed(place: Sequence[float], x1: float, y1: float, x2: float, y2: float, closed: bool) -> bool:
    """Whether a line, or a filled polygon, meets an area."""
    points = list(zip(place[::2], place[1::2], strict=True))
    pairs = list(zip(points, points[1:] + (points[:1] if closed else []), strict=False))
    if any(_clipped(a, b, x1, y1, x2, y2) for a, b in pairs):
        return True
    odd = False
    for a, b in pairs if closed else ():
        if (a[1] > y1) != (b[1] > y1) and x1 < (b[0] - a[0]) * (y1 - a[1]) / (b[1] - a[1]) + a[0]:
            odd = not odd
    return odd


def _clipped(a: Any, b: Any, x1: float, y1: float, x2: float, y2: float) -> bool:
    """Whether a line between two points meets an area (Liang and Barsky)."""
    start, end = 0.0, 1.0
    for at, step, low, high in ((a[0], b[0] - a[0], x1, x2), (a[1], b[1] - a[1], y1, y2)):
        if step == 0:
            if not low <= at <= high:
                return False
            continue
        enter, leave = sorted(((low - at) / step, (high - at) / step))
        start, end = max(start, enter), min(end, leave)
    return start <= end


def colour(value: Any) -> str:
    """A colour, or none. Raises `TclError` for a name that Tk does not know."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or colours.rgb(value) is None:
        raise TclError(f'unknown color name "{value}"')
    return value


def option(name: str, type_: str) -> str:
    """The option of that name, or the only one that begins like it. Raises `TclError` if there is none."""
    known = OPTIONS[type_]
    if name in known:
        return name
    alike = [other for other in known if other.startswith(name)]
    if len(alike) != 1:
        raise TclError(f'{"ambiguous" if alike else "unknown"} option "-{name}"')
    return alike[0]


def number(value: Any) -> float:
    """A distance on the screen. Raises `TclError` for what is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    found = re.fullmatch(r"\s*(-?[\d.]+)([cimp])\s*", str(value))
    if found is None:
        raise TclError(f'bad screen distance "{value}"')
    return float(found[1]) * {"c": 37.8, "i": 96.0, "m": 3.78, "p": 4 / 3}[found[2]]


def font(value: Any) -> tuple[float, bool]:
    """Size in pixels, and whether it is bold."""
    if isinstance(value, Font):
        return value.pixels, value.bold
    parts = value.split() if isinstance(value, str) else list(value) if isinstance(value, (tuple, list)) else [value]
    sizes = [abs(float(part)) for part in parts if re.fullmatch(r"-?\d+(\.\d+)?", str(part))]
    return (sizes[0] * 4 / 3 if sizes and sizes[0] else 13.0), any("bold" in str(part).lower() for part in parts)


def _flat(values: Any) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        flat += _flat(value) if isinstance(value, (tuple, list)) else [value]
    return flat


# --- widgets --------------------------------------------------------------------------------------------------------


class Event:
    """What happened, and where."""

    def __init__(self, widget: Any, x: int, y: int, kind: str, button: Any = "??") -> None:
        self.widget, self.x, self.y, self.x_root, self.y_root, self.type, self.num = widget, x, y, x, y, kind, button
        self.char = self.keysym = "??"
        self.keycode = self.delta = self.state = self.serial = self.time = 0
        self.width = self.height = "??"


class EventType:
    """The types of events."""

    Motion, ButtonPress, ButtonRelease, KeyPress, Enter, Leave = "motion", "press", "release", "key", "enter", "leave"


class Root:
    """What all widgets share: the first window, and whether the program is still going."""

    first: Any = None
    going = True
    canvases: list[Any] = []  # noqa: RUF012  # one process runs one program
    widgets: list[Any] = []  # noqa: RUF012
    bound_to_all: dict[str, list[Handler]] = {}  # noqa: RUF012


class Widget:
    """A widget: it has options, handlers and timers; where it stands does not matter."""

    def __init__(self, master: Any = None, cnf: Any = None, **options: Any) -> None:
        if master is None and Root.first is None and not isinstance(self, Tk):
            Tk()
        self.master = master if master is not None else Root.first
        self.tk = self
        self._options = {**(cnf or {}), **options}
        self._handlers: dict[str, list[Handler]] = {}
        self.children: dict[str, Any] = {}
        self._share: dict[str, float] = {}  # of the master's width and height
        self._weighted: set[str] = set()  # whether columns ("width") and rows ("height") in it grow with it
        self._if_weighted: Collection[str] = ()  # which shares it has in such ones alone
        self._alive, self._forgotten = True, False
        self._within = self.master if isinstance(self.master, Widget) else Root.first
        Root.widgets.append(self)

    def configure(self, cnf: Any = None, **options: Any) -> Any:
        self._options.update(cnf or {})
        self._options.update(options)

    config = configure

    def cget(self, name: str) -> Any:
        return self._options.get(name, "")

    __getitem__ = cget

    def __setitem__(self, name: str, value: Any) -> None:
        self.configure({name: value})

    def keys(self) -> list[str]:
        return list(self._options)

    def bind(self, sequence: str | None = None, func: Handler | None = None, add: Any = None) -> str:
        """Call a function at such events, in place of the one before unless `add`."""
        if sequence and func is not None:
            name = event_name(sequence)
            self._handlers[name] = (self._handlers.get(name, []) if add else []) + [func]
        return "1bound"

    def unbind(self, sequence: str, funcid: Any = None) -> None:
        self._handlers.pop(event_name(sequence), None)

    def bind_all(self, sequence: str | None = None, func: Handler | None = None, add: Any = None) -> str:
        if sequence and func is not None:
            Root.bound_to_all[event_name(sequence)] = [func]
        return "1bound"

    def unbind_all(self, sequence: str) -> None:
        Root.bound_to_all.pop(event_name(sequence), None)

    def pack(self, cnf: Any = None, **options: Any) -> None:
        """Stand beside the widgets before; with `fill` and `expand`, as large as the rest of the master."""
        options = {**(cnf or {}), **options}
        expands = str(options.get("expand", 0)).lower() in ("1", "true", "yes")
        across = options.get("side", "top") in ("top", "bottom")
        fill = options.get("fill", "none")
        self._stand(fill in ("x", "both") and (expands or across), fill in ("y", "both") and (expands or not across))

    def grid(self, cnf: Any = None, **options: Any) -> None:
        """Stand in a row and a column; `sticky` on both sides, as large as they are if they have a weight."""
        sticky = {*str({**(cnf or {}), **options}.get("sticky", "")).lower()}
        self._stand({"w", "e"} <= sticky, {"n", "s"} <= sticky, {"width", "height"})

    def place(self, cnf: Any = None, **options: Any) -> None:
        """Stand anywhere, as large as a part of the master."""
        options = {**(cnf or {}), **options}
        self._stand(float(options.get("relwidth") or 0), float(options.get("relheight") or 0))

    def columnconfigure(self, index: Any, cnf: Any = None, **options: Any) -> None:
        self._weigh("width", {**(cnf or {}), **options})

    def rowconfigure(self, index: Any, cnf: Any = None, **options: Any) -> None:
        self._weigh("height", {**(cnf or {}), **options})

    def pack_forget(self) -> None:
        self._forgotten = True

    forget = grid_forget = grid_remove = place_forget = pack_forget
    pack_configure, grid_configure, place_configure = pack, grid, place
    grid_columnconfigure, grid_rowconfigure = columnconfigure, rowconfigure

    def _weigh(self, name: str, options: dict[str, Any]) -> None:
        if options.get("weight"):
            self._weighted.add(name)
            _lay_out()

    def _stand(self, width: float, height: float, weighted: Collection[str] = ()) -> None:
        self._share = {"width": width, "height": height}
        self._if_weighted, self._forgotten = weighted, False
        _lay_out()

    def _room(self, name: str) -> float | None:
        """The width or height that it gets from its window, where that says how large it is."""
        if not self._share.get(name) or (name in self._if_weighted and name not in self._within._weighted):
            return None
        room = self._within._room(name)
        return None if room is None else room * self._share[name]

    def _is_shown(self) -> bool:
        return self._alive and not self._forgotten and (self._within is None or self._within._is_shown())

    def _label(self) -> str:
        variable = self._options.get("textvariable")
        return str(variable.get() if isinstance(variable, Variable) else self._options.get("text", ""))

    def _at_press(self) -> list[Handler]:
        """What a press on it calls."""
        return [handler for name in ("press", "release") for handler in self._handlers.get(name, ())]

    def after(self, ms: Any, func: Handler | None = None, *args: Any) -> Any:
        """Call a function later; without one, sleep."""
        if ms == "idle":
            ms = 0
        if func is None:
            stage.sleep(float(ms) / 1000)
            return None
        return f"after#{stage.after(float(ms) / 1000, func, args)}"

    def after_idle(self, func: Handler, *args: Any) -> str:
        return f"after#{stage.after(0.0, func, args)}"

    def after_cancel(self, id: Any) -> None:
        if not id:
            raise ValueError("id must be a valid identifier returned from after or after_idle")
        if str(id).startswith("after#"):
            stage.call_off(int(str(id)[6:]))

    def update(self) -> None:
        """Draw, and run handlers and timers."""
        self._needs_application()
        _map()
        stage.update()
        serve()
        stage.ring()

    def update_idletasks(self) -> None:
        self._needs_application()
        _map()
        stage.update()

    def mainloop(self, n: int = 0) -> None:
        """Run handlers and timers until the window is closed."""
        _map()
        Root.going = Root.going and Root.first is not None
        stage.run(serve, lambda: Root.going)
        Root.going = Root.first is not None

    def quit(self) -> None:
        Root.going = False

    def destroy(self) -> None:
        self._alive = False
        if self is Root.first:
            Root.first, Root.going = None, False
            stage.timers.clear()
            return
        for child in self.winfo_children():
            child.destroy()

    def winfo_exists(self) -> int:
        return int(self._alive)

    def winfo_pointerx(self) -> int:
        stage.asked(moved=True)
        return stage.mouse[0] if stage.mouse else 0

    def winfo_pointery(self) -> int:
        stage.asked()
        return stage.mouse[1] if stage.mouse else 0

    def winfo_pointerxy(self) -> tuple[int, int]:
        return self.winfo_pointerx(), self.winfo_pointery()

    def winfo_rootx(self) -> int:
        return 0

    winfo_rooty = winfo_x = winfo_y = winfo_vrootx = winfo_vrooty = winfo_rootx

    def winfo_width(self) -> int:
        return int(number(self._options.get("width", 200))) if _State.mapped else 1

    def winfo_height(self) -> int:
        return int(number(self._options.get("height", 200))) if _State.mapped else 1

    def winfo_reqwidth(self) -> int:
        return int(number(self._options.get("width", 200)))

    def winfo_reqheight(self) -> int:
        return int(number(self._options.get("height", 200)))

    def winfo_screenwidth(self) -> int:
        return SCREEN[0]

    def winfo_screenheight(self) -> int:
        return SCREEN[1]

    def winfo_toplevel(self) -> Any:
        return Root.first

    def winfo_geometry(self) -> str:
        return f"{self.winfo_width()}x{self.winfo_height()}+0+0"

    def winfo_children(self) -> list[Any]:
        return [widget for widget in Root.widgets if widget._alive and widget._within is self]

    def winfo_rgb(self, color: str) -> tuple[int, ...]:
        return tuple(257 * part for part in colours.rgb(colour(color)) or ())

    def nametowidget(self, name: Any) -> Any:
        return self

    def register(self, function: Handler, *others: Any) -> Handler:
        return function

    def wait_variable(self, name: Any = None) -> None:
        """Serve events until a variable is set."""
        before = getattr(name, "times_set", 0)
        self._wait(lambda: getattr(name, "times_set", 0) == before)

    def wait_window(self, window: Any = None) -> None:
        """Serve events until a window is closed."""
        self._wait(lambda: (window or self)._alive)

    def wait_visibility(self, window: Any = None) -> None:
        self.update()

    def _wait(self, needed: Callable[[], bool]) -> None:
        """Serve events as long as that is needed; nobody may be there who does what is waited for."""
        _map()
        end = stage.clock + MOST_WAITING
        stage.run(serve, lambda: Root.going and needed() and stage.clock < end)

    def event_generate(self, sequence: str, **options: Any) -> None:
        """Call the functions that are bound to such events."""
        event = Event(self, 0, 0, event_name(sequence))
        vars(event).update(options)
        for handler in _bound(self, event.type):
            stage.call(handler, event)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(FAMILIES):
            return _inert
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _needs_application(self) -> None:
        if Root.first is None:
            raise TclError('can\'t invoke "update" command: application has been destroyed')


class _State:
    mapped = False  # whether the windows have their sizes


def _map() -> None:
    _State.mapped = True


def _lay_out() -> None:
    """Let the canvases fill their windows."""
    for canvas in Root.canvases:
        canvas._fill()


def _inert(*arguments: Any, **options: Any) -> Any:
    return ""


FAMILIES = (  # of methods that change nothing which can be seen here
    "winfo_", "wm_", "grid_", "pack_", "place_", "grab_", "focus_", "selection_", "select_", "clipboard_", "option_",
    "tk_", "event_", "icon", "image_", "xview_", "yview_", "scan_", "mark_", "edit_", "insert_", "entry", "tag_",
)  # fmt: skip

INERT = """
pack_propagate grid_propagate propagate focus focus_set focus_force focus_get grab_set grab_release lift tkraise lower
option_add event_add clipboard_clear clipboard_append bindtags pack_info grid_info place_info winfo_name winfo_class
winfo_id winfo_ismapped winfo_viewable winfo_manager selection_clear report_callback_exception image_names invoke flash
select deselect toggle insert delete get set see activate add add_command add_cascade add_separator add_checkbutton
add_radiobutton entryconfig entryconfigure index icursor xview yview curselection size tag_config tag_configure tag_add
mark_set start stop step state heading column sashpos bind_class unbind_class bell getvar setvar slaves send instate
identify anchor
"""
for _name in INERT.split():
    setattr(Widget, _name, _inert)


class Tk(Widget):
    """A window."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(None)
        self._least: dict[str, Any] = {}  # width and height
        self._title, self._state = "tk", "normal"
        if Root.first is None:
            Root.first, Root.going = self, True

    def title(self, string: Any = None) -> str:
        if string is not None:
            self._title = str(string)
        return self._title

    def state(self, newstate: Any = None) -> str:
        if newstate is not None:
            self._state = str(newstate)
        if newstate == "zoomed":
            self.geometry("{}x{}".format(*SCREEN))
        return self._state

    def attributes(self, *arguments: Any, **options: Any) -> str:
        if options.get("fullscreen") or ("-fullscreen" in arguments and arguments[-1] not in ("-fullscreen", 0)):
            self.geometry("{}x{}".format(*SCREEN))
        return ""

    def winfo_width(self) -> int:
        """What it was told, or as much as its canvases need."""
        return self._extent("width") if _State.mapped else 1

    def winfo_height(self) -> int:
        return self._extent("height") if _State.mapped else 1

    def _extent(self, name: str) -> int:
        if name in self._options:
            return int(number(self._options[name]))
        needed = [getattr(canvas, f"winfo_req{name}")() for canvas in Root.canvases if canvas._alive]
        return max([*needed, int(number(self._least.get(name) or 0))]) or 200

    def _room(self, name: str) -> float | None:
        return number(self._options[name]) if name in self._options else None

    def geometry(self, newGeometry: Any = None) -> str:
        found = re.match(r"=?(\d+)x(\d+)", str(newGeometry or ""))
        if found:
            self._options.update(width=int(found[1]), height=int(found[2]))
            _lay_out()
        return f"{self.winfo_width()}x{self.winfo_height()}+0+0"

    def minsize(self, width: Any = None, height: Any = None) -> Any:
        if width is not None:
            self._least = {"width": width, "height": height}

    wm_title, wm_geometry, wm_minsize, wm_state, wm_attributes = title, geometry, minsize, state, attributes


WINDOW = """
resizable maxsize iconbitmap iconphoto protocol overrideredirect withdraw deiconify iconify aspect frame group transient
positionfrom sizefrom wm_resizable wm_maxsize wm_iconbitmap wm_iconphoto wm_protocol wm_overrideredirect wm_withdraw
wm_deiconify tk_setPalette eval call createcommand
"""
for _name in WINDOW.split():
    setattr(Tk, _name, _inert)


class Toplevel(Tk):
    """Another window."""


class Button(Widget):
    """A button; who wants to begin presses it (`_begin`)."""

    def invoke(self) -> Any:
        command = self._options.get("command")
        return stage.call(command) if command and self._options.get("state") != "disabled" else ""

    def _at_press(self) -> list[Handler]:
        command = self._options.get("command")
        press = [functools.wraps(command)(lambda event: self.invoke())] if command else []
        return press + super()._at_press()


class Entry(Widget):
    """A field with a text, in which nobody types."""

    def __init__(self, master: Any = None, cnf: Any = None, **options: Any) -> None:
        super().__init__(master, cnf, **options)
        self._text = ""

    def get(self) -> str:
        return self._text or self._label()

    def insert(self, index: Any, string: Any) -> None:
        self._text = str(string) + self._text if index == 0 else self._text + str(string)

    def delete(self, first: Any, last: Any = None) -> None:
        self._text = ""

    def set(self, value: Any) -> None:
        self._text = str(value)


class Spinbox(Entry):
    """A field with one of some values: the first."""

    def get(self) -> str:
        return super().get() or str((self._options.get("values") or [self._options.get("from_", "")])[0])


class OptionMenu(Widget):
    """One of some values, in a variable."""

    def __init__(self, master: Any, variable: Any, *values: Any, **options: Any) -> None:
        super().__init__(master, textvariable=variable, **options)


class Scale(Widget):
    """A slider, where it was put."""

    def __init__(self, master: Any = None, cnf: Any = None, **options: Any) -> None:
        super().__init__(master, cnf, **options)
        self._variable = options.get("variable") or Variable(value=0)
        self.set(max(self._variable.get() or 0, options.get("from_", 0)))

    def get(self) -> Any:
        value = float(self._variable.get())
        return value if float(self._options.get("resolution", 1)) % 1 else int(value)

    def set(self, value: Any) -> None:
        self._variable.set(value)


class Style:
    """How widgets look, which nobody sees."""

    def __init__(self, *arguments: Any, **options: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        return _inert


class Variable:
    """A value that widgets share."""

    empty: Any = ""
    convert: Any = staticmethod(lambda value: value)

    def __init__(self, master: Any = None, value: Any = None, name: Any = None) -> None:
        self.value = self.empty if value is None else value
        self.times_set = 0
        self._traced: list[Handler] = []

    def get(self) -> Any:
        return self.convert(self.value)

    def set(self, value: Any) -> None:
        self.value = value
        self.times_set += 1
        traced, self._traced = self._traced, []  # a function that sets it itself is not called for that
        for function in traced:
            function("PY_VAR", "", "write")
        self._traced = traced + self._traced

    def trace(self, mode: Any, function: Handler) -> str:
        if "w" in str(mode):
            self._traced.append(function)
        return ""

    trace_add = trace_variable = trace


class PhotoImage:
    """A picture in a file. Raises `TclError` if it is not there."""

    def __init__(self, name: Any = None, cnf: Any = None, master: Any = None, **options: Any) -> None:
        self.name = str(options.get("file") or name or "pyimage")
        try:
            self.extent = pictures.size(options["file"]) if options.get("file") else (0.0, 0.0)
        except OSError as error:
            raise TclError(f'couldn\'t open "{options["file"]}": no such file or directory') from error
        if options.get("width"):
            self.extent = float(options["width"]), float(options.get("height", 0))

    def width(self) -> int:
        return int(self.extent[0])

    def height(self) -> int:
        return int(self.extent[1])

    def scaled(self, x: float, y: float) -> PhotoImage:
        image = PhotoImage(self.name)
        image.extent = self.extent[0] * x, self.extent[1] * y
        return image

    def zoom(self, x: int, y: Any = "") -> PhotoImage:
        return self.scaled(x, y or x)

    def subsample(self, x: int, y: Any = "") -> PhotoImage:
        return self.scaled(1 / x, 1 / (y or x))

    def __str__(self) -> str:
        return self.name

    def get(self, x: int, y: int) -> tuple[int, int, int]:
        return 0, 0, 0

    configure = config = put = copy = blank = _inert


class Font:
    """A font of `tkinter.font`."""

    def __init__(self, root: Any = None, font: Any = None, **options: Any) -> None:
        self._options = {"family": "Helvetica", "size": 12, **options}

    def copy(self) -> Font:
        return Font(**self._options)

    @property
    def pixels(self) -> float:
        return abs(float(self._options["size"])) * 4 / 3

    @property
    def bold(self) -> bool:
        return self._options.get("weight") == "bold"

    def measure(self, text: str) -> int:
        return int(fonts.extent(text, self.pixels, self.bold)[0])

    def metrics(self, *names: str) -> Any:
        sizes = {"ascent": int(self.pixels), "descent": int(self.pixels / 4), "linespace": int(1.2 * self.pixels)}
        return sizes[names[0]] if names and names[0] in sizes else sizes

    def configure(self, **options: Any) -> None:
        self._options.update(options)

    config = configure

    def actual(self, option: Any = None) -> Any:
        return self._options.get(option) if option else dict(self._options)

    cget = actual


# --- the canvas -----------------------------------------------------------------------------------------------------


class Canvas(Widget):
    """A drawing area; its items have numbers from 1, and tags."""

    _asks_for_clicks = True  # whether its handlers for the mouse do what the program wants done

    def __init__(self, master: Any = None, cnf: Any = None, **options: Any) -> None:
        super().__init__(master, cnf, **options)
        border = number(self._options.get("highlightthickness", 1)) + number(self._options.get("bd", 0) or 0)
        self._border = int(border + number(self._options.get("borderwidth", 0) or 0))
        background = self._options.get("bg") or self._options.get("background") or "white"
        self._area = Area(number(self._options.get("width", 378)), number(self._options.get("height", 265)), background)
        self._items: dict[int, Item] = {}
        self._top = self._last = 0
        self._tag_handlers: dict[tuple[Any, str], Handler] = {}
        Root.canvases.append(self)

    def configure(self, cnf: Any = None, **options: Any) -> Any:
        super().configure(cnf, **options)
        given = {**(cnf or {}), **options}
        width, height = (number(given.get(name, getattr(self._area, name))) for name in ("width", "height"))
        self._become(width, height, str(given.get("bg") or given.get("background") or self._area.background))
        _lay_out()

    config = configure

    def cget(self, name: str) -> Any:
        if name in ("bg", "background"):
            return self._area.background
        if name in ("width", "height"):
            return str(self._options.get(name, int(getattr(self._area, name))))
        return super().cget(name)

    __getitem__ = cget

    def destroy(self) -> None:
        if self._alive:
            super().destroy()
            self.delete("all")
            Root.canvases.remove(self)
            stage.close(self._area)

    def _fill(self) -> None:
        """Be as large as the window gives room."""
        rooms = self._room("width"), self._room("height")
        width, height = (None if room is None else room - 2 * self._border for room in rooms)
        self._become(width or self._area.width, height or self._area.height, self._area.background)

    def _become(self, width: float, height: float, background: str) -> None:
        area = self._area
        if (area.width, area.height, area.background) != (width, height, background):
            area.width, area.height, area.background = width, height, background
            stage.tell(area)

    def winfo_width(self) -> int:
        return int(self._area.width) + 2 * self._border if _State.mapped else 1

    def winfo_height(self) -> int:
        return int(self._area.height) + 2 * self._border if _State.mapped else 1

    def winfo_reqwidth(self) -> int:
        return int(self._area.width) + 2 * self._border

    def winfo_reqheight(self) -> int:
        return int(self._area.height) + 2 * self._border

    def canvasx(self, screenx: float, gridspacing: Any = None) -> float:
        return float(screenx)

    canvasy = canvasx

    # making items

    def _create(self, type_: str, args: Any, options: dict[str, Any]) -> int:
        flat = _flat(args)
        if flat and isinstance(flat[-1], dict):
            options = {**flat.pop(), **options}
        place = [number(value) for value in flat if value is not None]
        wanted = {"rectangle": 4, "oval": 4, "arc": 4, "text": 2, "image": 2, "bitmap": 2, "window": 2}.get(type_)
        if (wanted and len(place) != wanted) or len(place) % 2 or not place:
            raise TclError(f"wrong # coordinates: expected {wanted or 'an even number'}, got {len(place)}")
        if not self._alive or Root.first is None:
            raise TclError('invalid command name ".!canvas"')
        item = Item(self._area, type_, place, {name.rstrip("_"): value for name, value in options.items()})
        self._top += 1
        item._order = self._top
        self._last += 1
        item.id = self._last
        self._items[item.id] = item
        return item.id

    def create_rectangle(self, *args: Any, **kw: Any) -> int:
        return self._create("rectangle", args, kw)

    def create_oval(self, *args: Any, **kw: Any) -> int:
        return self._create("oval", args, kw)

    def create_arc(self, *args: Any, **kw: Any) -> int:
        return self._create("arc", args, kw)

    def create_line(self, *args: Any, **kw: Any) -> int:
        return self._create("line", args, kw)

    def create_polygon(self, *args: Any, **kw: Any) -> int:
        return self._create("polygon", args, kw)

    def create_text(self, *args: Any, **kw: Any) -> int:
        return self._create("text", args, kw)

    def create_image(self, *args: Any, **kw: Any) -> int:
        return self._create("image", args, kw)

    def create_bitmap(self, *args: Any, **kw: Any) -> int:
        return self._create("bitmap", args, kw)

    def create_window(self, *args: Any, **kw: Any) -> int:
        return self._create("window", args, kw)

    # naming them

    def _named(self, name: Any) -> list[Item]:
        """The items of a number or a tag, from bottom to top."""
        if isinstance(name, int):
            item = self._items.get(name)
            return [item] if item is not None else []
        name = str(name)
        if name.isdigit():
            return self._named(int(name))
        if name == "all":
            return self._stack()
        if name == "current":
            return self._under_mouse()
        return [item for item in self._stack() if name in item._options["tags"]]

    def _stack(self) -> list[Item]:
        return sorted(self._items.values(), key=_place_in_stack)

    def _under_mouse(self) -> list[Item]:
        if stage.mouse is None:
            return []
        x, y = stage.mouse
        found = [item for item in self._stack() if item.overlap(x - 0.5, y - 0.5, x + 0.5, y + 0.5) >= 0]
        return found[-1:]

    # asking and changing

    def coords(self, *args: Any) -> list[float]:
        """The coordinates of an item; with more arguments, set them."""
        if len(args) == 1 and type(args[0]) is int:
            item = self._items.get(args[0])
            return item.place.copy() if item is not None else []
        flat = _flat(args)
        if not flat or flat[0] is None:
            raise TclError('wrong # args: should be "coords tagOrId ?x y x y ...?"')
        found = self._named(flat[0])
        if len(flat) == 1:
            return list(found[0].place) if found else []
        place = [number(value) for value in flat[1:]]
        for item in found[:1]:
            if len(place) != len(item.place) and item.type not in ("line", "polygon"):
                raise TclError(f"wrong # coordinates: expected 0 or {len(item.place)}, got {len(place)}")
            item.place = place
            item.arrange()
        return []

    def move(self, *args: Any) -> None:
        """Move items by so many pixels."""
        if len(args) == 3:
            name, dx, dy = args
        else:
            name, dx, dy = _exactly(args, 3, "move tagOrId xAmount yAmount")
        if type(name) is int:
            item = self._items.get(name)
            if item is not None:
                item.shift(_float(dx), _float(dy))
            return
        if name is None:
            raise TclError('wrong # args: should be "move tagOrId xAmount yAmount"')
        for item in self._named(name):
            item.shift(number(dx), number(dy))

    def moveto(self, tagOrId: Any, x: Any = "", y: Any = "") -> None:
        """Move items so that the first one's outline has its top left corner there."""
        found = self._named(tagOrId)
        if not found:
            return
        left, top, _, _ = found[0].outer()
        dx = number(x) - left if x != "" else 0.0
        dy = number(y) - top if y != "" else 0.0
        for item in found:
            item.shift(dx, dy)

    def delete(self, *args: Any) -> None:
        """Remove items; what is not there is left alone."""
        for name in _flat(args):
            if name is None:
                break
            for item in self._named(name):
                del self._items[item.id]
                self._area.forget(item)
                item._canvas = None
                item._change()

    def itemconfigure(self, tagOrId: Any, cnf: Any = None, **options: Any) -> Any:
        if tagOrId is None:
            raise TclError('wrong # args: should be "itemconfigure tagOrId ?-option value ...?"')
        given = {name.rstrip("_"): value for name, value in {**(cnf or {}), **options}.items()}
        found = self._named(tagOrId)
        for item in found:
            item.configure(given)
        return {name: (name, "", "", "", value) for name, value in found[0]._options.items()} if found else {}

    itemconfig = itemconfigure

    def itemcget(self, tagOrId: Any, wanted: str) -> Any:
        found = self._named(tagOrId)
        if not found:
            return ""
        name = option(wanted, found[0].type)
        value = found[0]._options.get(name, "")
        return " ".join(value) if name == "tags" else str(value)

    def type(self, tagOrId: Any) -> str | None:
        found = self._named(tagOrId)
        return found[0].type if found else None

    def bbox(self, *args: Any) -> tuple[int, int, int, int] | None:
        boxes = [item.outer() for name in _flat(args) for item in self._named(name)]
        if not boxes:
            return None
        left, top, right, bottom = zip(*boxes, strict=True)
        return min(left), min(top), max(right), max(bottom)

    def scale(self, tagOrId: Any, x: float, y: float, xscale: float, yscale: float) -> None:
        for item in self._named(tagOrId):
            origin, by = (number(x), number(y)), (number(xscale), number(yscale))
            item.place = [origin[i % 2] + by[i % 2] * (v - origin[i % 2]) for i, v in enumerate(item.place)]
            item.arrange()

    # finding

    def find_overlapping(self, x1: Any, y1: Any, x2: Any, y2: Any) -> tuple[int, ...]:
        """The items that an area touches, from bottom to top."""
        stage.calls += 1
        return self._in_area(number(x1), number(y1), number(x2), number(y2), 0)

    def find_enclosed(self, x1: Any, y1: Any, x2: Any, y2: Any) -> tuple[int, ...]:
        return self._in_area(number(x1), number(y1), number(x2), number(y2), 1)

    def _in_area(self, x1: float, y1: float, x2: float, y2: float, least: int) -> tuple[int, ...]:
        found = [
            (item._order, item.id)
            for item in self._area.within(x1 - MARGIN, y1 - MARGIN, x2 + MARGIN, y2 + MARGIN)
            if item.x1 - MARGIN - item.half <= x2 and item.x2 + MARGIN + item.half >= x1
            and item.y1 - MARGIN - item.half <= y2 and item.y2 + MARGIN + item.half >= y1
            and item._canvas is not None and item.overlap(x1, y1, x2, y2) >= least
        ]  # fmt: skip
        found.sort()
        return tuple([id for _, id in found])

    def find_closest(self, x: Any, y: Any, halo: Any = None, start: Any = None) -> tuple[int, ...]:
        """The item nearest to a point; the topmost of several."""
        x, y = number(x), number(y)
        shown = [item for item in self._stack() if item._canvas is not None]
        if not shown:
            return ()
        nearest = min(shown, key=lambda item: (round(_distance(item, x, y), 9), -item._order))
        return (nearest.id,)

    def find_all(self) -> tuple[int, ...]:
        return tuple(item.id for item in self._stack())

    def find_withtag(self, tagOrId: Any) -> tuple[int, ...]:
        return tuple(item.id for item in self._named(tagOrId))

    def find_above(self, tagOrId: Any) -> tuple[int, ...]:
        return self._beside(tagOrId, 1)

    def find_below(self, tagOrId: Any) -> tuple[int, ...]:
        return self._beside(tagOrId, -1)

    def _beside(self, name: Any, step: int) -> tuple[int, ...]:
        stack, found = self._stack(), self._named(name)
        at = stack.index(found[-1 if step > 0 else 0]) + step if found else -1
        return (stack[at].id,) if 0 <= at < len(stack) else ()

    def find(self, *args: Any) -> tuple[int, ...]:
        method = getattr(self, f"find_{args[0]}")
        found: tuple[int, ...] = method(*args[1:])
        return found

    # stacking and tags

    def tag_raise(self, *args: Any) -> None:
        """Put items above all, or above another."""
        self._restack(args, 1)

    def tag_lower(self, *args: Any) -> None:
        self._restack(args, -1)

    lift = tkraise = tag_raise
    lower = tag_lower

    def _restack(self, args: Any, side: int) -> None:
        moved = self._named(args[0])
        rest = [item for item in self._stack() if item not in moved]
        others = self._named(args[1]) if len(args) > 1 and args[1] is not None else []
        others = [item for item in others if item in rest]
        if others:
            at = rest.index(others[-1]) + 1 if side > 0 else rest.index(others[0])
        else:
            at = len(rest) if side > 0 else 0
        stack = rest[:at] + moved + rest[at:]
        for place, item in enumerate(stack, 1):
            if item._order != place:
                item._order = place
                item._change(ORDER)
        self._top = len(stack)

    def addtag_withtag(self, newtag: str, tagOrId: Any) -> None:
        for item in self._named(tagOrId):
            item._options["tags"] += (newtag,)

    def addtag(self, newtag: str, how: str, *args: Any) -> None:
        for id in self.find(how, *args):
            self.addtag_withtag(newtag, id)

    def _addtag(self, how: str, newtag: str, *args: Any) -> None:
        self.addtag(newtag, how, *args)

    addtag_all = functools.partialmethod(_addtag, "all")
    addtag_above = functools.partialmethod(_addtag, "above")
    addtag_below = functools.partialmethod(_addtag, "below")
    addtag_closest = functools.partialmethod(_addtag, "closest")
    addtag_enclosed = functools.partialmethod(_addtag, "enclosed")
    addtag_overlapping = functools.partialmethod(_addtag, "overlapping")

    def dtag(self, tagOrId: Any, tagToDelete: Any = None) -> None:
        for item in self._named(tagOrId):
            gone = str(tagToDelete if tagToDelete is not None else tagOrId)
            item._options["tags"] = tuple(tag for tag in item._options["tags"] if tag != gone)

    def gettags(self, *args: Any) -> tuple[str, ...]:
        found = self._named(args[0])
        return tuple(found[0]._options["tags"]) if found else ()

    def tag_bind(self, tagOrId: Any, sequence: Any = None, func: Any = None, add: Any = None) -> str:
        if sequence and func is not None:
            self._tag_handlers[tagOrId, event_name(sequence)] = func
        return "1bound"

    def tag_unbind(self, tagOrId: Any, sequence: Any, funcid: Any = None) -> None:
        self._tag_handlers.pop((tagOrId, event_name(sequence)), None)

    def postscript(self, *args: Any, **kw: Any) -> str:
        return ""

    def itemfocus(self, *args: Any) -> None: ...

    focus, insert, icursor, xview_scroll, yview_scroll, scan_mark, scan_dragto = (_inert,) * 7  # type: ignore[assignment]


def _place_in_stack(item: Item) -> int:
    return item._order


def _float(value: Any) -> float:
    return value if type(value) is float else number(value)


def _exactly(args: Any, count: int, usage: str) -> list[Any]:
    flat = _flat(args)
    if len(flat) != count:
        raise TclError(f'wrong # args: should be "{usage}"')
    return flat


def _distance(item: Item, x: float, y: float) -> float:
    return math.hypot(max(item.x1 - x, x - item.x2, 0.0), max(item.y1 - y, y - item.y2, 0.0))


# --- events ---------------------------------------------------------------------------------------------------------

# Keys that may begin a game, with the words for them. Those that end or pause one are not among them.
KEYS = {"space": "space|spacebar", "Return": "enter|return", "s": "s", "Up": "up", "w": "w", "b": "b", "1": "press 1"}
KEYCODES = {"space": 32, "Return": 13, "Up": 38}  # of Windows
CHARACTERS = {"space": " ", "Return": "\r", "Up": ""}
NAMES = {
    "motion": "motion", "button": "press", "buttonpress": "press", "1": "press", "button-1": "press",
    "buttonpress-1": "press", "buttonrelease": "release", "buttonrelease-1": "release", "b1-motion": "drag",
    "key": "key", "keypress": "key", "any-key": "key", "any-keypress": "key",
    "enter": "enter", "leave": "leave", "double-button-1": "double", "configure": "configure",
}  # fmt: skip


def event_name(sequence: str) -> str:
    """The events of a sequence such as `<Button-1>`, by our name; those of a key by the key's."""
    key = re.fullmatch(r"<key(?:press|release)?-(\w+)>|(.)", str(sequence).lower())
    if key:
        return key[1] or key[2]
    name = str(sequence).strip("<>").lower()
    return NAMES.get(name, name)


def serve() -> None:
    """Hand the player's events to the handlers of the canvas, the window and the whole application."""
    while stage.events:
        kind, x, y = stage.events.popleft()
        for name in ("press", "release") if kind == "clicked" else ("motion",):
            _dispatch(name, x, y)


def _dispatch(name: str, x: int, y: int) -> None:
    canvas = next(
        (c for c in reversed(Root.canvases) if c._alive and c._items), Root.canvases[-1] if Root.canvases else None
    )
    if canvas is not None and not (0 <= x <= canvas.winfo_width() and 0 <= y <= canvas.winfo_height()):
        return
    event = Event(canvas or Root.first, x, y, name, 1 if name != "motion" else "??")
    heard = False
    if canvas is not None and canvas._tag_handlers:
        for item in canvas._under_mouse():
            for (tag, kind), handler in list(canvas._tag_handlers.items()):
                if kind == name and (tag in (item.id, "all", str(item.id)) or tag in item._options["tags"]):
                    heard = True
                    stage.call(handler, event)
    for handler in _bound(canvas, name):
        heard = heard or canvas is None or canvas._asks_for_clicks
        if stage.call(handler, event) == "break":
            return
    if name == "press":
        _begin(canvas, heard)


def _bound(widget: Any, name: str) -> list[Handler]:
    """What hears of such an event of a widget: the widget, the window and the whole application."""
    handlers = [*Root.bound_to_all.get(name, ())]
    if Root.first is not None:
        handlers = Root.first._handlers.get(name, []) + handlers
    return widget._handlers.get(name, []) + handlers if widget not in (None, Root.first) else handlers


def _begin(canvas: Any, heard: bool) -> None:
    """Where nothing moves a player tries, one click after another: to click, and each way to begin that is offered."""
    turn = stage.attempt()
    if turn is None:
        return
    click: list[tuple[Event, list[Handler]]] = [(Event(canvas, 0, 0, "press"), [])] if heard else []  # it is made
    ways = click + _keys() + _buttons()
    event, handlers = ways[turn % len(ways)] if ways else (None, [])
    for handler in handlers:
        stage.call(handler, event)


def _keys() -> list[tuple[Event, list[Handler]]]:
    """The keys that are listened to, those first of which a text speaks."""
    shown = [widget for widget in Root.widgets if widget._is_shown()]
    texts = [widget._label() for widget in shown]
    texts += [str(item._options.get("text", "")) for canvas in Root.canvases for item in canvas._items.values()]
    said = " ".join(texts).lower()
    ways = []
    for key in sorted(KEYS, key=lambda key: not re.search(rf"\b({KEYS[key]})\b", said)):
        bound = [*(widget._handlers for widget in shown), Root.bound_to_all]
        handlers = [handler for found in bound for handler in found.get(key.lower()) or found.get("key", ())]
        if handlers:
            event = Event(Root.first, 0, 0, "key")
            event.keysym, event.char = key, CHARACTERS.get(key, key)
            event.keycode = KEYCODES.get(key, ord(key[0].upper()))
            ways.append((event, handlers))
    return ways


def _buttons() -> list[tuple[Event, list[Handler]]]:
    """The widgets, and things on canvases, that may be pressed and promise a game."""
    pressable = [widget for widget in Root.widgets if widget._is_shown() and not isinstance(widget, (Canvas, Tk))]
    found = [(widget, widget._label(), widget._at_press()) for widget in pressable]
    for canvas in Root.canvases:
        for (tag, kind), handler in canvas._tag_handlers.items():
            if kind == "press" and canvas._named(tag):
                found.append((canvas, str(canvas._named(tag)[0]._options.get("text", "")), [handler]))
    return [
        (Event(widget, 0, 0, "press", 1), handlers)
        for widget, text, handlers in found
        if handlers and BEGINS.search(" ".join([text, *(getattr(each, "__name__", "") for each in handlers)]))
    ]


def linger() -> None:
    """A window closes when its program ends without `mainloop`."""


# --- modules --------------------------------------------------------------------------------------------------------

WORDS = """
N S E W NE NW SE SW NS EW NSEW CENTER LEFT RIGHT TOP BOTTOM BOTH X Y ALL HIDDEN NORMAL DISABLED ACTIVE END INSERT
FLAT RAISED SUNKEN GROOVE RIDGE SOLID HORIZONTAL VERTICAL ROUND BUTT CHORD PIESLICE ARC FIRST LAST WORD CHAR NONE
SINGLE BROWSE EXTENDED CURRENT ANCHOR BASELINE BEVEL CASCADE CHECKBUTTON COMMAND DOTBOX INSIDE MITER MOVETO MULTIPLE
NUMERIC OUTSIDE PAGES PROJECTING RADIOBUTTON SCROLL SEL SEPARATOR UNDERLINE UNITS
"""
CONSTANTS: dict[str, Any] = {name: name.lower() for name in WORDS.split()}
CONSTANTS.update(YES=True, NO=False, TRUE=True, FALSE=False, ON=True, OFF=False)
OTHERS = """
Frame Label Text Scrollbar Checkbutton Radiobutton Menu Menubutton Message Listbox LabelFrame PanedWindow
"""
THEMED = "Progressbar Notebook Separator Treeview Labelframe Panedwindow Sizegrip LabeledScale"
SHOWN = ("showinfo", "showwarning", "showerror")
ASKED = ("askyesno", "askokcancel", "askretrycancel", "askquestion", "askyesnocancel")


def modules() -> dict[str, ModuleType]:
    """The modules of the library by their full names."""
    widgets: dict[str, Any] = {name: type(name, (Widget,), {}) for name in OTHERS.split()}
    widgets.update(Button=Button, Entry=Entry, Spinbox=Spinbox, Scale=Scale, OptionMenu=OptionMenu)
    kinds = {
        "StringVar": ("", str), "IntVar": (0, lambda value: int(float(value))), "DoubleVar": (0.0, float),
        "BooleanVar": (False, bool),
    }  # fmt: skip
    names = {
        **CONSTANTS, **widgets, "Tk": Tk, "Toplevel": Toplevel, "Canvas": Canvas, "Widget": Widget, "Misc": Widget,
        "BaseWidget": Widget, "Wm": Tk, "Event": Event, "Variable": Variable, "PhotoImage": PhotoImage,
        "Grid": Widget, "Pack": Widget, "Place": Widget,
        "BitmapImage": PhotoImage, "TclError": TclError, "TkVersion": 8.6, "TclVersion": 8.6,
        "getint": int, "getdouble": float, "EventType": EventType,
        "mainloop": lambda n=0: Widget.mainloop(Root.first or Tk()), "NoDefaultRoot": _inert,
    }  # fmt: skip
    for name, (empty, convert) in kinds.items():
        names[name] = type(name, (Variable,), {"empty": empty, "convert": staticmethod(convert)})
    themed = {
        **widgets,
        "Style": Style,
        "Combobox": Entry,
        **{name: type(name, (Widget,), {}) for name in THEMED.split()},
    }
    found = {
        "tkinter": names,
        "tkinter.constants": CONSTANTS,
        "_tkinter": {"TclError": TclError},
        "tkinter.messagebox": {
            **{name: name.lower() for name in ("OK", "YES", "NO", "CANCEL", "RETRY", "INFO", "WARNING", "ERROR")},
            **{name: (lambda *a, **k: "ok") for name in SHOWN},
            **{name: (lambda *a, **k: False) for name in ASKED},
        },
        "tkinter.font": {
            "Font": Font,
            "families": lambda *a: ("Helvetica",),
            "names": lambda *a: (),
            "BOLD": "bold",
            "NORMAL": "normal",
            "ITALIC": "italic",
            "ROMAN": "roman",
            "nametofont": lambda *a, **k: Font(),
        },
        "tkinter.ttk": themed,
        "tkinter.simpledialog": _questions(),
        "tkinter.filedialog": {"askopenfilename": lambda *a, **k: ""},
        "tkinter.colorchooser": {"askcolor": lambda *a, **k: (None, None)},
    }
    return {name: _module(name, content) for name, content in found.items()}


def _questions() -> dict[str, Any]:
    answer = excuses.answers()

    def ask(title: Any = "", prompt: Any = "", **options: Any) -> str:
        stage.say(wire.ASKED, str(prompt))
        return str(answer(str(prompt)))

    def whole(*arguments: Any, **options: Any) -> int:
        said = ask(*arguments)
        return int(said) if said.isdigit() else 1

    return {"askstring": ask, "askinteger": whole, "askfloat": lambda *a, **k: float(whole(*a))}


def _module(name: str, names: dict[str, Any]) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(names)
    if name == "tkinter":
        module.__path__ = []
    return module
