"""The numbers of the game."""

WIDTH = 480
HEIGHT = 640
ROWS = 10
COLUMNS = 10
BRICK_WIDTH = 42
BRICK_HEIGHT = 12
GAP = 4
TOP = 70
PADDLE_WIDTH = 90
BALL_SIZE = 16
COLORS = ["firebrick", "darkorange", "khaki", "seagreen", "turquoise"]
