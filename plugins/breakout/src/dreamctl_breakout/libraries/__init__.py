"""Headless drop-ins for the graphics libraries that students import, written from what those libraries do.

Nothing here imports more than the standard library: it runs inside the sandbox, and has to be quick to import.

A frame ends where the program waits; there the changes go out and the player's mouse comes in. Handlers run only where
the library runs them:

| library | a frame ends in | handlers run in |
| --- | --- | --- |
| `campy` | `pause`, `time.sleep` | `pause`; after the end of the program |
| `graphics.Canvas` of CS Bridge and CS106A | `time.sleep`, `wait_for_click`, `update` if it does not sleep | `update` |
| `graphics.Canvas` on the web | `time.sleep`, `wait_for_click` | none: it asks |
| `tkinter` | `time.sleep`, `update` if it does not sleep, the slowest timer of `mainloop` | `update`, `mainloop` |
| `pgl` | the slowest timer, `pause` | after the end of the program |

Where nothing has moved for some frames, a click is one to begin the game, and each that is in vain is followed by the
next way that the program offers: a key that it listens to, or a button that promises a game (`Stage.attempt`).

The sandbox has no threads: what would run in one runs within the frames of the main program, which goes on when it
ends, or when it has slept ten times and moved nothing. In an event loop both go on.

In all of them 512 calls that only ask (for the mouse, for clicks, for the time) without a wait end a frame too, and in
a program whose source waits nowhere, asking for the mouse does if something has changed. A program gets ten seconds of
processor time until its first frame and two for each further one (`students.py`); beyond them the sandbox stops it.
"""
