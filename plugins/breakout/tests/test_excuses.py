"""What a program does without: a disk to write on, sounds, a person at the console, the names of files on Windows."""

import pytest
from breakout_running import run, still

from dreamctl_breakout.excuses import answers
from dreamctl_breakout.frames import OVER, STATUS

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x30\0\0\0\x20" + b"\0" * 20


def ends(text, **more):
    running = run(text, **more)
    still(running, 20)
    assert running.frame[STATUS] == OVER, running.sentence


WRITES = {
    "a file that was written is read again": """
import json, os
from pathlib import Path
assert not os.path.exists("score.json")
with open("score.json", "w") as file:
    json.dump({"best": 7}, file)
assert os.path.isfile("score.json") and os.path.getsize("score.json") == 11 and Path("score.json").exists()
with open(os.path.abspath("score.json")) as file:
    assert json.load(file) == {"best": 7} and file.name.endswith("score.json") and file.mode == "r"
open("score.txt", "w").write("4")
assert open("score.txt").read() == "4"
Path("score.txt").write_text("五\\n", encoding="utf-8")
assert Path("score.txt").read_text(encoding="utf-8") == "五\\n"
""",
    "a file that was handed in is changed for the program alone": """
with open("old.txt", "a") as file:
    file.write("2\\n")
assert open("old.txt").readlines() == ["1\\n", "2\\n"]
with open("old.txt", "r+") as file:
    assert file.readline() == "1\\n"
    file.seek(0)
    file.write("9")
assert open("old.txt", "rb").read() == b"9\\n2\\n"
open("old.txt", "w").close()
assert open("old.txt").read() == ""
""",
    "a folder for it may be made": """
import os, pickle
os.makedirs("data/scores", exist_ok=True)
with open("data/scores/best", "wb") as file:
    pickle.dump([1, 2], file)
with open("data/scores/best", "rb") as file:
    assert pickle.load(file) == [1, 2]
""",
    "what fails elsewhere fails": """
import io
def fails(error, *arguments):
    try:
        open(*arguments)
    except error:
        return True
assert fails(FileNotFoundError, "none.txt") and fails(FileNotFoundError, "none.txt", "r+")
assert fails(FileExistsError, "old.txt", "x") and fails(IsADirectoryError, ".", "w")
assert fails(ValueError, "old.txt", "rw") and fails(ValueError, "old.txt", "u")
with open("new.txt", "w") as file:
    try:
        file.read()
    except io.UnsupportedOperation:
        pass
    else:
        raise AssertionError
""",
    "there is an end to what can be written": """
for most in range(1000):
    try:
        open(f"{most}.txt", "w").close()
    except OSError:
        break
assert 100 < most < 999
try:
    with open("1.txt", "w") as file:
        for _ in range(100):
            file.write("x" * 1_000_000)
except OSError:
    pass
else:
    raise AssertionError
""",
}


@pytest.mark.parametrize("what", WRITES)
def test_a_program_may_write_files_which_live_in_memory(what):
    ends(WRITES[what], **{"old.txt": "1\n"})


def test_files_are_found_as_on_windows_and_macos():
    text = r"""
import os, tkinter
top = tkinter.Tk()
assert tkinter.PhotoImage(file="images\\ball.PNG").width() == 48
assert tkinter.PhotoImage(file="Images/ball.png").width() == 48
assert open(".\\images\\words.txt").read() == "so" and os.path.exists("images\\words.txt")
try:
    open("images\\missing.txt")
except FileNotFoundError as error:
    assert error.filename == "images\\missing.txt"
else:
    raise AssertionError
"""
    ends(text, **{"images/Ball.png": PNG, "images/words.txt": "so"})


QUESTIONS = {
    "How many lives? ": "3",
    "Play again with 3 lives? (y/n)": "y",
    "Again? (Yes/No)": "Yes",
    "[Y]es or [N]o? ": "y",
    "Colour (yellow/red): ": "yellow",
    "Rows (5-9): ": "5",
    "Lives from 1 to 5: ": "3",
    "Choose: 1) easy 2) hard ": "1",
    "Level (easy/medium/hard): ": "easy",
    "Level (easy, medium or hard): ": "easy",
    "How many balls (integer please)? ": "3",
    "Type 0 to quit, or a number of lives: ": "3",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_with_what_it_offers(question):
    assert answers()(question) == QUESTIONS[question]


def test_who_is_asked_again_tries_everything_numbers_first():
    ends(
        """
lives = 0
while not 5 <= lives <= 9:
    lives = int(input("lives: "))
level = ""
while level not in ("easy", "hard"):
    level = input("Level? easy or hard ").lower()
while input("Press Enter") != "":
    pass
"""
    )


def test_sounds_that_never_play_are_over_and_have_no_length():
    ends(
        """
import ctypes, os, subprocess
from ctypes import windll
import pygame.locals, pyttsx3, vlc, tkinter.scrolledtext
pygame.mixer.music.play()
while pygame.mixer.music.get_busy():
    pygame.time.wait(10)
sound = pygame.mixer.Sound("hit.wav")
assert not sound.get_length() > 1 and int(sound.get_length() * 1000) == 0
for event in pygame.event.get():
    raise AssertionError
with subprocess.Popen(["afplay", "hit.wav"]) as player:
    player.wait()
assert subprocess.run(["aplay", "hit.wav"], check=True).returncode == 0 and os.system("say hello") == 0
windll.shcore.SetProcessDpiAwareness(1)
"""
    )


def test_pictures_of_pillow_have_sizes_as_numbers_and_those_of_tk_by_calls():
    ends(
        """
from PIL import Image, ImageTk, ImageFilter
with Image.open("ball.png") as image:
    assert (image.width, image.height) == image.size == (48, 32)
small = image.convert("RGBA").filter(ImageFilter.BLUR).resize((image.width // 2, 8), Image.LANCZOS)
assert isinstance(small, Image.Image) and small.size == (24, 8)
shown = ImageTk.PhotoImage(small)
assert (shown.width(), shown.height()) == (24, 8)
""",
        **{"ball.png": PNG},
    )
