"""`graphics.Canvas` in its three generations, without a display.

CS Bridge (2019 to 2022) and CS106A (2024) stand on tkinter's canvas, and differ in names and colours. Code in Place on
the web (since 2023) is another thing of the same name: ids are texts, `coords` gives two numbers, hits are found in
order of creation inside boxes a pixel smaller, and sleeping draws. Names of one generation work in the others too,
where they mean nothing else there.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

from .. import wire
from . import fonts, pictures, tk
from .stage import LOOK, TEXT, Shape, stage
from .stage import Canvas as Area

CLEAR = "transparent"


class Click(NamedTuple):
    """Where the mouse was clicked."""

    x: float
    y: float


class Key(str):
    """A key that was pressed. The versions of the library name keys differently: it is equal to each of its names."""

    char = keysym = ""

    def __eq__(self, other: object) -> bool:
        return str(other) in (self.char, self.keysym, {"Return": "Enter"}.get(self.keysym))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


# --- on tkinter -----------------------------------------------------------------------------------------------------


class TkCanvas(tk.Canvas):
    """What both generations on tkinter share."""

    WIDTH, HEIGHT = 754, 492
    TOP, BOTTOM, LEFT, RIGHT = "top", "bottom", "left", "right"

    def __init__(self, width: float = WIDTH, height: float = HEIGHT, title: Any = "Canvas") -> None:
        self.main_window = tk.Tk()
        super().__init__(None, width=width, height=height, bd=0, highlightthickness=0)
        self._clicks: list[Click] = []
        self._presses = 0  # clicks that `wait_for_click` has seen
        self._asks_for_clicks = False
        self._keys: list[Key] = []
        self._buttons: list[str] = []  # that were clicked
        self._callbacks: dict[str, Any] = {}
        self.bind("<Button-1>", self._pressed)
        self.bind("<ButtonRelease-1>", lambda event: self._called("released", event))
        tk._map()

    def _pressed(self, event: tk.Event) -> None:
        self._clicks.append(Click(event.x, event.y))
        self._presses += 1
        self._called("pressed", event)

    def _called(self, kind: str, event: tk.Event) -> None:
        if kind in self._callbacks:
            self._callbacks[kind](event.x, event.y)

    def update(self) -> None:
        self._needs_application()
        stage.update()
        tk.serve()
        stage.ring()

    # the canvas

    def get_canvas_width(self) -> int:
        return int(self._area.width)

    def get_canvas_height(self) -> int:
        return int(self._area.height)

    def set_canvas_title(self, title: Any) -> None: ...

    def get_canvas_title(self) -> str:
        return "Canvas"

    def set_canvas_size(self, width: float, height: float) -> None:
        self.configure(width=width, height=height)

    def set_canvas_background_color(self, color: Any) -> None:
        self.configure(bg=tk.colour(color))

    set_canvas_background_fill = set_canvas_background_color

    def get_canvas_background_color(self) -> str:
        return self._area.background

    # the mouse

    def get_mouse_x(self) -> int:
        stage.asked(moved=True)
        return stage.mouse[0] if stage.mouse else 0

    def get_mouse_y(self) -> int:
        stage.asked()
        return stage.mouse[1] if stage.mouse else 0

    def mouse_is_on_canvas(self) -> bool:
        x, y = stage.mouse or (-1, -1)
        return 0 <= x <= self._area.width and 0 <= y <= self._area.height

    def get_new_mouse_clicks(self) -> list[Click]:
        """The clicks since it was last asked."""
        self._asks_for_clicks = True
        self._asked()
        clicks, self._clicks = self._clicks, []
        return clicks

    get_new_mouse_presses = get_new_mouse_clicks

    def _asked(self) -> None:
        stage.asked()
        if stage.calls == 0:
            tk.serve()

    def get_last_click(self) -> Click | None:
        clicks = self.get_new_mouse_clicks()
        return clicks[-1] if clicks else None

    def get_new_mouse_releases(self) -> list[Any]:
        stage.asked()
        return []

    def wait_for_click(self) -> None:
        """Wait until the mouse is clicked."""
        self._asks_for_clicks = True
        before = self._presses
        while self._presses == before:
            self._needs_application()
            stage.frame(tk.IDLE)
            tk.serve()
            stage.ring()
        self._clicks.clear()

    def set_on_mouse_pressed(self, callback: Any) -> None:
        self._asks_for_clicks = True
        self._callbacks["pressed"] = callback

    def set_on_mouse_released(self, callback: Any) -> None:
        self._asks_for_clicks = True
        self._callbacks["released"] = callback

    def set_on_mouse_entered(self, callback: Any) -> None: ...

    set_on_mouse_exited = set_on_mouse_entered

    # keys and buttons

    def get_new_key_presses(self) -> list[Key]:
        """The keys since it was last asked."""
        self._listen()
        self._asked()
        keys, self._keys = self._keys, []
        return keys

    def get_last_key_press(self) -> Key | None:
        keys = self.get_new_key_presses()
        return keys[-1] if keys else None

    def set_on_key_pressed(self, callback: Any) -> None:
        self._listen()
        self._callbacks["key"] = callback

    def _listen(self) -> None:
        if "key" not in self._handlers:
            self.bind("<Key>", self._typed)

    def _typed(self, event: tk.Event) -> None:
        key = Key(event.keysym)
        key.char, key.keysym = event.char, event.keysym
        self._keys.append(key)
        if "key" in self._callbacks:
            self._callbacks["key"](key)

    def create_button(self, title: Any = "", location: Any = None, **options: Any) -> tk.Button:
        return tk.Button(self, text=title, command=lambda: self._button_clicked(str(title)))

    def delete_button(self, button: tk.Button) -> None:
        button.destroy()

    def _button_clicked(self, title: str) -> None:
        self._buttons.append(title)
        if "button" in self._callbacks:
            self._callbacks["button"](title)

    def get_new_button_clicks(self) -> list[str]:
        """The buttons that were clicked since it was last asked."""
        self._asked()
        clicks, self._buttons = self._buttons, []
        return clicks

    def set_on_button_clicked(self, callback: Any) -> None:
        self._callbacks["button"] = callback

    # the objects

    def get_left_x(self, obj: Any) -> float:
        return self._corner(obj)[0]

    def get_top_y(self, obj: Any) -> float:
        return self._corner(obj)[1]

    get_x, get_y = get_left_x, get_top_y

    def _corner(self, obj: Any) -> tuple[float, float]:
        found = self._named(obj)
        if not found:
            raise IndexError("list index out of range")  # what `coords(obj)[0]` comes to
        return (found[0].place[0], found[0].place[1]) if found[0].boxed else (found[0].x1, found[0].y1)

    def _size(self, obj: Any) -> tuple[float, float]:
        found = self._named(obj)
        if not found:
            raise IndexError("list index out of range")
        return found[0].x2 - found[0].x1, found[0].y2 - found[0].y1

    def get_obj_width(self, obj: Any) -> float:
        return self._size(obj)[0]

    def get_obj_height(self, obj: Any) -> float:
        return self._size(obj)[1]

    get_object_width, get_object_height = get_obj_width, get_obj_height

    def get_width(self, obj: Any = None) -> float:
        """The width of an object, or of the canvas."""
        return self._area.width if obj is None else self._size(obj)[0]

    def get_height(self, obj: Any = None) -> float:
        return self._area.height if obj is None else self._size(obj)[1]

    def moveto(self, obj: Any, new_x: Any = "", new_y: Any = "") -> None:
        """Put the top left corner of an object there."""
        found = self._named(obj)
        if found:
            left, top = self._corner(obj)
            found[0].shift(tk.number(new_x) - left, tk.number(new_y) - top)

    move_to = moveto

    def set_hidden(self, obj: Any, hidden: bool) -> None:
        self.itemconfig(obj, state="hidden" if hidden else "normal")

    def set_fill_color(self, obj: Any, fill_color: Any) -> None:
        self.itemconfig(obj, fill=fill_color)

    set_fill = set_fill_color

    def set_outline_color(self, obj: Any, outline_color: Any) -> None:
        """The colour of the outline; a line is one."""
        if self.type(obj) == "line":
            self.itemconfig(obj, fill=outline_color)
        else:
            self.itemconfig(obj, outline=outline_color)

    def set_color(self, obj: Any, color: Any) -> None:
        """Fill and outline."""
        self.set_fill_color(obj, color)
        if self.type(obj) not in (None, "text", "line"):
            self.set_outline_color(obj, color)

    def set_outline_width(self, obj: Any, width: Any) -> None:
        self.itemconfig(obj, width=width)

    def get_fill_color(self, obj: Any) -> str:
        return str(self.itemcget(obj, "fill"))

    get_color = get_fill_color

    def get_outline_color(self, obj: Any) -> str:
        return str(self.itemcget(obj, "outline"))

    def set_text(self, obj: Any, text: Any) -> None:
        self.itemconfig(obj, text=str(text))

    change_text = set_text

    def get_text(self, obj: Any) -> str:
        return str(self.itemcget(obj, "text"))

    def set_font(self, obj: Any, font: Any, size: Any = None) -> None:
        self.itemconfig(obj, font=font if size is None else (font, size))

    def raise_to_front(self, obj: Any) -> None:
        self.tag_raise(obj)

    raise_forward = raise_to_front

    def raise_in_front_of(self, obj: Any, other: Any) -> None:
        self.tag_raise(obj, other)

    def lower_behind(self, obj: Any, other: Any) -> None:
        self.tag_lower(obj, other)

    def lower_to_back(self, obj: Any) -> None:
        self.tag_lower(obj)

    lower_backward = lower_to_back

    def find_element_at(self, x: Any, y: Any) -> int | None:
        found = self.find_overlapping(x, y, x, y)
        return found[-1] if found else None

    def clear(self) -> None:
        self.delete("all")

    def create_image(self, x: Any, y: Any, file: Any = None, *args: Any, **options: Any) -> int:
        """A picture from a file, with its top left corner there."""
        if file is None:
            return super().create_image(x, y, *args, **options)
        return super().create_image(x, y, image=tk.PhotoImage(file=file), anchor="nw")

    def create_image_with_size(self, x: Any, y: Any, width: Any, height: Any, file: Any, **options: Any) -> int:
        pictures.size(file)
        return super().create_image(x, y, image=tk.PhotoImage(width=width, height=height), anchor="nw")

    def create_text_field(self, *args: Any, **options: Any) -> None: ...

    delete_text_field = create_text_field


class BridgeCanvas(TkCanvas):
    """CS Bridge: colours as in tkinter."""

    def create_text(self, x: Any, y: Any, text: Any = "", *args: Any, **options: Any) -> int:
        return super().create_text(x, y, *args, **{"text": text, **_sized(options)})

    def create_rectangle(self, *args: Any, **options: Any) -> int:
        return super().create_rectangle(*args[:4], **_coloured(args[4:], options))

    def create_oval(self, *args: Any, **options: Any) -> int:
        return super().create_oval(*args[:4], **_coloured(args[4:], options))

    def create_line(self, *args: Any, **options: Any) -> int:
        return super().create_line(*args, **_painted(options))


class StanfordCanvas(TkCanvas):
    """CS106A since 2024: objects are black, and their outline is as their fill."""

    def create_rectangle(self, *args: Any, **options: Any) -> int:
        return self._create("rectangle", *_filled(args, options))

    def create_oval(self, *args: Any, **options: Any) -> int:
        return self._create("oval", *_filled(args, options))

    def create_polygon(self, *args: Any, **options: Any) -> int:
        return self._create("polygon", *_filled(args, options, None))

    def create_line(self, *args: Any, **options: Any) -> int:
        place, options = _filled(args, options)
        options.pop("outline")
        return self._create("line", place, options)

    def create_text(self, x: Any, y: Any, text: Any = "", *args: Any, **options: Any) -> int:
        names = ("font", "font_size", "fill", "anchor")
        options = {"text": text, "anchor": "w", **dict(zip(names, args, strict=False)), **_painted(options)}
        return self._create("text", (x, y), _sized(options))


def _coloured(colours: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Colours that come by their place, as in the other generations."""
    return {**dict(zip(("fill", "outline"), colours, strict=False)), **_painted(options)}


def _painted(options: dict[str, Any]) -> dict[str, Any]:
    """`color` is another name of `fill`."""
    if "color" in options:
        options["fill"] = options.pop("color")
    return options


def _sized(options: dict[str, Any]) -> dict[str, Any]:
    """`font_size` belongs to the font."""
    _painted(options)
    size = options.pop("font_size", None)
    if size is not None:
        family = options.get("font") or "Helvetica"
        digits = "".join(letter for letter in str(size) if letter.isdigit()) or "13"
        options["font"] = (family if isinstance(family, str) else family[0], int(digits))
    return options


def _filled(args: Any, options: dict[str, Any], place: int | None = 4) -> tuple[Any, dict[str, Any]]:
    """Coordinates, and options with fill and outline."""
    options = _painted(dict(options))
    flat = tk._flat(args)
    numbers = [value for value in flat if not isinstance(value, str)] if place is None else flat[:place]
    colours = [value for value in flat if isinstance(value, str)] if place is None else flat[place:]
    for name, value in zip(("fill", "outline"), colours, strict=False):
        options.setdefault(name, value)
    options.setdefault("fill", "black")
    if options.get("outline") is None:
        options["outline"] = options["fill"]
    return numbers, options


# --- on the web -----------------------------------------------------------------------------------------------------


KEYS = (" ", "Enter", "ArrowUp", "s")  # that may begin a game


class WebShape(Shape):
    """An object of the web's canvas."""

    def __init__(self, area: Area, kind: int, box: tuple[float, float, float, float], fill: str, outline: str) -> None:
        super().__init__()
        self._kind, self._area, self._canvas = kind, area, area
        self.x1, self.y1, self.x2, self.y2 = box
        self.fill, self.outline, self.text = fill, outline, ""
        area.index(self)
        self._change()

    def _look(self) -> tuple[str, str, str]:
        return self.fill, "" if self.outline == CLEAR else self.outline, self.text

    def put(self, x: float, y: float) -> None:
        self.shift(x - self.x1, y - self.y1)

    def shift(self, dx: float, dy: float) -> None:
        self.x1 += dx
        self.y1 += dy
        self.x2 += dx
        self.y2 += dy
        if self._cells is not None:
            self._area.loosen(self)
        if not self._changed:
            self._changed = True
            stage.changed.append(self)


class WebCanvas:
    """Code in Place on the web."""

    def __init__(self, width: float = 400, height: float = 400, *others: Any) -> None:
        self.width, self.height = width, height
        self._area = Area(width, height, "white")
        self._shapes: dict[str, WebShape] = {}
        self._made = 0
        self._mouse = Click(-1, -1)
        self._clicks: list[Click] = []
        self._keys: list[str] = []
        self._asks_for_keys = False

    def _make(self, kind: int, box: Any, fill: Any, outline: Any = CLEAR) -> str:
        for edge in box:
            _number(edge)
        x1, y1, x2, y2 = box
        box = (float(min(x1, x2)), float(min(y1, y2)), float(max(x1, x2)), float(max(y1, y2)))
        shape = WebShape(self._area, kind, box, _colour(fill, "black"), _colour(outline, CLEAR))
        shape._order = self._made
        name = f"shape_{self._made}"
        self._made += 1
        self._shapes[name] = shape
        return name

    def create_rectangle(
        self, left_x: Any, top_y: Any, right_x: Any, bottom_y: Any, color: Any = None, outline: Any = None, **other: Any
    ) -> str:
        box = (left_x, top_y, right_x, bottom_y)
        return self._make(wire.RECTANGLE, box, color or other.get("fill"), outline)

    def create_oval(
        self, left_x: Any, top_y: Any, right_x: Any, bottom_y: Any, color: Any = None, outline: Any = None, **other: Any
    ) -> str:
        return self._make(wire.OVAL, (left_x, top_y, right_x, bottom_y), color or other.get("fill"), outline)

    def create_line(self, x1: Any, y1: Any, x2: Any, y2: Any, color: Any = None, **other: Any) -> str:
        return self._make(wire.LINE, (x1, y1, x2, y2), color or other.get("fill"))

    def create_polygon(self, *place: Any, color: Any = None, outline: Any = None, **other: Any) -> str:
        box = (min(place[::2]), min(place[1::2]), max(place[::2]), max(place[1::2]))
        return self._make(wire.POLYGON, box, color or other.get("fill"), outline)

    def create_text(
        self, x: Any, y: Any, text: Any = "", font: Any = "Arial", font_size: Any = "12px", color: Any = "black",
        anchor: Any = "nw", **other: Any,
    ) -> str:  # fmt: skip
        digits = "".join(letter for letter in str(font_size) if letter.isdigit())
        width, height = fonts.extent(str(text), float(digits or 12))
        _number(x)
        _number(y)
        name = self._make(wire.LABEL, (x, y, x + width, y + height), color or other.get("fill"))
        self._shapes[name].text = str(text)
        return name

    def create_image(self, x: Any, y: Any, file: Any, **other: Any) -> str:
        return self.create_image_with_size(x, y, *_size(file), file)

    def create_image_with_size(self, x: Any, y: Any, width: Any, height: Any, file: Any, **other: Any) -> str:
        name = self._make(wire.IMAGE, (x, y, x + width, y + height), "")
        self._shapes[name].text = str(file)
        return name

    # objects

    def _shape(self, obj: Any) -> WebShape | None:
        assert isinstance(obj, str), f"object id must be a string, not {type(obj).__name__}"
        return self._shapes.get(obj)

    def move(self, obj: Any, dx: Any, dy: Any) -> None:
        shape = self._shape(obj)
        _number(dx)
        _number(dy)
        if shape is not None:
            shape.shift(dx, dy)

    def moveto(self, obj: Any, new_x: Any, new_y: Any) -> None:
        """Put an object somewhere; a text stays."""
        shape = self._shape(obj)
        _number(new_x)
        _number(new_y)
        if shape is not None and shape._kind != wire.LABEL:
            shape.put(new_x, new_y)

    move_to = moveto

    def delete(self, obj: Any) -> None:
        shape = self._shape(obj)
        if shape is not None:
            del self._shapes[obj]
            self._area.forget(shape)
            shape._canvas = None
            shape._change()

    remove = delete

    def clear(self) -> None:
        for name in list(self._shapes):
            self.delete(name)

    def coords(self, obj: Any) -> list[float]:
        shape = self._shape(obj)
        return [shape.x1, shape.y1] if shape is not None else []

    def get_left_x(self, obj: Any) -> float | None:
        shape = self._shape(obj)
        return shape.x1 if shape is not None else None

    def get_top_y(self, obj: Any) -> float | None:
        shape = self._shape(obj)
        return shape.y1 if shape is not None else None

    get_x, get_y = get_left_x, get_top_y

    def get_object_width(self, obj: Any) -> float | None:
        shape = self._shape(obj)
        return shape.x2 - shape.x1 if shape is not None else None

    def get_object_height(self, obj: Any) -> float | None:
        shape = self._shape(obj)
        return shape.y2 - shape.y1 if shape is not None else None

    get_obj_width, get_obj_height = get_object_width, get_object_height

    def set_color(self, obj: Any, color: Any) -> None:
        shape = self._shape(obj)
        if shape is not None:
            shape.fill = _colour(color, "black")
            shape._change(LOOK)

    set_fill_color = set_fill = set_color

    def set_outline_color(self, obj: Any, color: Any) -> None:
        shape = self._shape(obj)
        if shape is not None:
            shape.outline = _colour(color, CLEAR)
            shape._change(LOOK)

    def set_hidden(self, obj: Any, hidden: Any) -> None:
        shape = self._shape(obj)
        if shape is not None:
            shape._canvas = None if hidden else self._area
            shape._change()

    def change_text(self, obj: Any, text: Any) -> None:
        shape = self._shape(obj)
        if shape is not None:
            shape.text = str(text)
            shape._change(TEXT)

    set_text = change_text

    def find_overlapping(self, x1: Any, y1: Any, x2: Any, y2: Any) -> list[str]:
        """The objects in a box that is a pixel smaller on each side, in order of creation; texts are not found."""
        stage.calls += 1
        left, top, right, bottom = x1 + 1, y1 + 1, x2 - 1, y2 - 1
        found = [
            shape._order
            for shape in self._area.within(left, top, right, bottom)
            if shape.x1 <= right and shape.x2 >= left and shape.y1 <= bottom and shape.y2 >= top
            and shape._kind != wire.LABEL and shape._canvas is not None
        ]  # fmt: skip
        found.sort()
        return [f"shape_{order}" for order in found]

    def find_element_at(self, x: Any, y: Any) -> str | None:
        """The topmost object at a point."""
        found = self.find_overlapping(x - 1, y - 1, x + 1, y + 1)
        return found[-1] if found else None

    def get_color(self, obj: Any) -> str | None:
        shape = self._shape(obj)
        return shape.fill if shape is not None else None

    get_fill_color = get_color

    def get_outline_color(self, obj: Any) -> str | None:
        shape = self._shape(obj)
        return shape.outline if shape is not None else None

    def get_text(self, obj: Any) -> str | None:
        shape = self._shape(obj)
        return shape.text if shape is not None else None

    def set_font(self, obj: Any, *font: Any) -> None: ...

    set_outline_width = set_font

    def raise_to_front(self, obj: Any) -> None:
        """Draw over the others; where it stands in lists does not change."""

    lower_to_back = raise_forward = lower_backward = tag_raise = tag_lower = raise_to_front

    # the canvas

    def get_width(self, obj: Any = None) -> Any:
        return self.width if obj is None else self.get_object_width(obj)

    def get_height(self, obj: Any = None) -> Any:
        return self.height if obj is None else self.get_object_height(obj)

    def get_canvas_width(self) -> float:
        return self.width

    def get_canvas_height(self) -> float:
        return self.height

    def set_canvas_background_color(self, color: Any) -> None:
        self._area.background = str(color)
        stage.tell(self._area)

    set_background_color = set_canvas_background_fill = set_canvas_background_color

    def set_canvas_title(self, title: Any) -> None: ...

    def update(self) -> None:
        stage.update()

    def mainloop(self) -> None: ...

    def get_random_color(self) -> str:
        import random

        return f"#{random.randrange(1 << 24):06x}"

    # the mouse

    def mouse_is_on_canvas(self) -> bool:
        self._events()
        return self._mouse.x >= 0

    def _events(self) -> None:
        while stage.events:
            kind, x, y = stage.events.popleft()
            if 0 <= x <= self.width and 0 <= y <= self.height:
                self._mouse = Click(x, y)
                if kind == "clicked":
                    self._clicks.append(self._mouse)
                    self._type()

    def _type(self) -> None:
        """Where nothing moves, a player presses a key that may begin the game."""
        turn = stage.attempt() if self._asks_for_keys else None
        if turn is not None:
            self._keys.append(KEYS[turn % len(KEYS)])

    def get_mouse_x(self) -> float:
        stage.asked(moved=True)
        if stage.events:
            self._events()
        return self._mouse.x

    def get_mouse_y(self) -> float:
        stage.asked()
        if stage.events:
            self._events()
        return self._mouse.y

    def get_last_click(self) -> Click | None:
        """The last click, once."""
        stage.asked()
        self._events()
        return self._clicks.pop() if self._clicks else None

    def get_new_mouse_clicks(self) -> list[Click]:
        stage.asked()
        self._events()
        clicks, self._clicks = self._clicks, []
        return clicks

    def get_last_key_press(self) -> str | None:
        """The last key, once."""
        keys = self.get_new_key_presses()
        return keys[-1] if keys else None

    def get_new_key_presses(self) -> list[str]:
        self._asks_for_keys = True
        stage.asked()
        self._events()
        keys, self._keys = self._keys, []
        return keys

    def wait_for_click(self) -> None:
        self._events()
        self._clicks.clear()
        while not self._clicks:
            stage.frame(tk.IDLE)
            self._events()
        self._clicks.clear()


def _number(value: Any) -> None:
    assert isinstance(value, (int, float)), f"expected a number, not {type(value).__name__}"


def _size(file: Any) -> tuple[float, float]:
    """Of a picture; one that is not there does not stop a page."""
    try:
        return pictures.size(file)
    except OSError:
        return pictures.UNKNOWN


def _colour(value: Any, default: str) -> str:
    return default if value is None or value == "" else str(value)


GENERATIONS = {"bridge": BridgeCanvas, "stanford": StanfordCanvas, "web": WebCanvas}


def modules(generation: str) -> dict[str, ModuleType]:
    """The module `graphics` of a generation; on the web there is `ai` beside it, which here says the same each time."""
    module = ModuleType("graphics")
    module.Canvas = type("Canvas", (GENERATIONS[generation],), {})  # type: ignore[attr-defined]
    if generation != "web":
        return {"graphics": module}
    ai = ModuleType("ai")
    ai.call_gpt = lambda *prompt, **options: "Well played!"  # type: ignore[attr-defined]
    return {"graphics": module, "ai": ai}


def linger() -> None:
    """A program that ends closes its window."""
