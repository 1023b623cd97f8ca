"""What there is to be seen: surfaces and their textures, the same for both renderers.

An upright surface is (x, z) of its left end as seen from its front, and the vector (ex, ez) from there to its right
end; it is seen from the front only. A block is an upright box turned about its own axis: what objects are made of.
Textures are squares of `TEXELS` texels a side, stored at `LEVELS` levels of blur for distances near and far.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dreamctl import keys
from dreamctl.random import bits, uniform

from .world import (
    BARRIER_END,
    BARRIER_NORTH,
    BARRIER_SOUTH,
    BOX,
    COLOURS,
    DEPTH,
    KEY_HEIGHT,
    KEY_LENGTH,
    KEY_THICKNESS,
    LETTER,
    OBJECTS,
    SIGN_X,
    SIGN_Y,
    SIGN_Z,
    WIDTH,
    WORDS,
)

TEXELS, LEVELS = 32, 4
SHARP = 1.5  # texels to a pixel from which on a texture is blurred, twice as much at each doubling
NEAR = 0.05  # metres before the eye, nothing is seen

# --- materials: each has a texture, and says how many texels make a metre ---------------------------------------

FLOOR, CEILING, WALL, WALL_ASIDE, BOARD = 0, 1, 2, 3, 4  # the board has three, as every block
LETTERS = "BDEGLNRU"
FIRST_LETTER = BOARD + 3
FIRST_COLOUR = FIRST_LETTER + len(LETTERS)  # by colour: of sides, of the other sides, of the top
MATERIALS = FIRST_COLOUR + 3 * len(COLOURS)
SHADES = (0.72, 0.88, 1.0)  # sides, other sides, top
PAINT = {"blue": (64, 92, 226), "red": (222, 52, 46), "green": (52, 176, 72)}
GLYPHS = {  # seven rows of five dots
    "B": "11110 10001 10001 11110 10001 10001 11110",
    "D": "11110 10001 10001 10001 10001 10001 11110",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "G": "01111 10000 10000 10111 10001 10001 01111",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "N": "10001 11001 11001 10101 10011 10011 10001",
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "U": "10001 10001 10001 10001 10001 10001 01110",
}
PAPER, INK = (246, 244, 238), (24, 24, 28)
DENSITY = np.full(MATERIALS, 16.0)  # [materials] texels to a metre
DENSITY[FIRST_LETTER:FIRST_COLOUR] = TEXELS / LETTER


def _noise(stream: int, size: int) -> NDArray[np.float64]:
    """[size, size] numbers from -1 to 1, the same for ever."""
    key = keys(np.zeros(1, np.uint64), stream)
    return 2 * uniform(bits(key, np.arange(size * size, dtype=np.uint64))).reshape(size, size) - 1


def _tiles(light: tuple[int, ...], dark: tuple[int, ...], stream: int) -> NDArray[np.float64]:
    """A chequered floor: four tiles of a metre, with joints."""
    half = TEXELS // 2
    tile = np.arange(TEXELS) // half
    texture = np.where((tile[:, None] ^ tile)[..., None] == 0, light, dark) + 10.0 * _noise(stream, TEXELS)[..., None]
    joint = np.arange(TEXELS) % half == 0
    texture[joint[:, None] | joint] *= 0.75
    return texture


def _blocks(colour: tuple[int, ...], stream: int) -> NDArray[np.float64]:
    """A wall of large bricks, each of its own brightness."""
    row, column = np.mgrid[:TEXELS, :TEXELS]
    course = row // 8
    shifted = (column + 8 * (course % 2)) % TEXELS
    brightness = 14 * _noise(stream, TEXELS)[course, shifted // 16] + 7 * _noise(stream + 1, TEXELS)
    texture = np.asarray(colour) + brightness[..., None]
    texture[(row % 8 == 0) | (shifted % 16 == 0)] *= 0.8
    return texture


def _panels(colour: tuple[int, ...], stream: int) -> NDArray[np.float64]:
    """A ceiling of panels of a metre."""
    edge = np.arange(TEXELS) % (TEXELS // 2) == 0
    texture = np.asarray(colour) + 5.0 * _noise(stream, TEXELS)[..., None]
    texture[edge[:, None] | edge] -= 45
    return texture


def _letter(letter: str) -> NDArray[np.float64]:
    """Dots of 4 x 4 texels, written on paper."""
    dots = np.array([[dot == "1" for dot in row] for row in GLYPHS[letter].split()])
    texture = np.tile(np.array(PAPER, float), (TEXELS, TEXELS, 1))
    texture[2:30, 6:26][np.kron(dots, np.ones((4, 4), bool))] = INK
    return texture


def _blurred(texture: NDArray[np.float64], level: int) -> NDArray[np.float64]:
    """The mean over squares of 2**level texels, around the edges."""
    reach = 2**level
    shifts = range(-(reach // 2), reach - reach // 2)
    rows = sum(np.roll(texture, shift, 0) for shift in shifts) / reach
    return sum(np.roll(rows, shift, 1) for shift in shifts) / reach  # type: ignore[return-value]


def _textures() -> NDArray[np.uint8]:
    textures = np.zeros((MATERIALS, TEXELS, TEXELS, 3))
    textures[FLOOR] = _tiles((176, 170, 158), (118, 112, 104), 0)
    textures[CEILING] = _panels((214, 214, 208), 1)
    textures[WALL] = _blocks((188, 172, 146), 2)
    textures[WALL_ASIDE] = 0.82 * textures[WALL]
    textures[BOARD : BOARD + 3] = INK
    for number, letter in enumerate(LETTERS):
        textures[FIRST_LETTER + number] = _letter(letter)
    for number, colour in enumerate(COLOURS):
        for side, shade in enumerate(SHADES):
            textures[FIRST_COLOUR + 3 * number + side] = shade * np.array(PAINT[colour])
    levels = [[_blurred(texture, level) for level in range(LEVELS)] for texture in textures]
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


TEXTURES = _textures()  # [materials, levels, texels, texels, 3]

# --- upright surfaces that never move: x, z, ex, ez, bottom, top ---------------------------------------------------

WALLS = np.array(  # [walls, 4]; all reach from the floor to the ceiling
    [
        (0, 0, WIDTH, 0),
        (WIDTH, 0, 0, DEPTH),
        (WIDTH, DEPTH, -WIDTH, 0),
        (0, DEPTH, 0, -DEPTH),
        (WIDTH, BARRIER_NORTH, BARRIER_END - WIDTH, 0),
        (BARRIER_END, BARRIER_NORTH, 0, BARRIER_SOUTH - BARRIER_NORTH),
        (BARRIER_END, BARRIER_SOUTH, WIDTH - BARRIER_END, 0),
    ],
    float,
)
WALL_MATERIALS = np.where(WALLS[:, 2] == 0, WALL_ASIDE, WALL)  # [walls]

PROUD, FRAME = 0.06, 0.06  # by how much the letters stand out from the wall, and the board from the letters
LETTER_X = SIGN_X - PROUD
LETTER_BOTTOM, LETTER_TOP = SIGN_Y - LETTER / 2, SIGN_Y + LETTER / 2
MOST_LETTERS = max(map(len, WORDS))


def _words() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The materials of the letters of every word [words, letters], -1 for none, and where each begins along z."""
    materials = np.full((len(WORDS) + 1, MOST_LETTERS), -1)
    places = np.zeros((len(WORDS) + 1, MOST_LETTERS))
    for number, word in enumerate(WORDS):
        for place, letter in enumerate(word):
            materials[number, place] = FIRST_LETTER + LETTERS.index(letter)
            places[number, place] = SIGN_Z - len(word) * LETTER / 2 + place * LETTER
    return materials, places


BLANK = len(WORDS)  # the number of a sign without a word: no sign at all
LETTER_MATERIALS, LETTER_PLACES = _words()

# --- blocks: object, offset along its axis, half its length, half its thickness, bottom, top -----------------------


def _parts() -> NDArray[np.float64]:
    half, bow, bar = KEY_LENGTH / 2, 0.54, 0.15
    thick, slim = KEY_THICKNESS / 2, 0.09
    key = [  # a ring of four bars, the shaft, two teeth
        (-half + bar / 2, bar / 2, thick, 0, KEY_HEIGHT),
        (-half + bow - bar / 2, bar / 2, thick, 0, KEY_HEIGHT),
        (-half + bow / 2, bow / 2 - bar, thick, 0, bar),
        (-half + bow / 2, bow / 2 - bar, thick, KEY_HEIGHT - bar, KEY_HEIGHT),
        (bow / 2, half - bow / 2, slim, 0.21, 0.39),
        (half - 0.1, 0.07, slim, 0, 0.21),
        (half - 0.34, 0.07, slim, 0, 0.21),
    ]
    boxes = [(thing, 0, BOX / 2, BOX / 2, 0, BOX) for thing in range(len(COLOURS))]
    return np.array(boxes + [(thing, *part) for thing in range(len(COLOURS), OBJECTS) for part in key], float)


PARTS = _parts()  # [parts, 6]
BLOCKS = len(PARTS) + 1  # the last is the board behind the sign's letters
BOARD_BOTTOM, BOARD_TOP = LETTER_BOTTOM - FRAME, LETTER_TOP + FRAME
BOARD_HALF = np.array([len(word) * LETTER / 2 + FRAME for word in WORDS] + [0.0])  # [words] half its length along z


def side(cx, cz, nx, nz, away, half):  # type: ignore[no-untyped-def]
    """The upright surface (x, z, ex, ez) with the outward normal n, `away` from the centre and `half` as wide."""
    ex, ez = 2 * half * nz, -2 * half * nx
    return cx + away * nx - half * nz, cz + away * nz + half * nx, ex, ez
