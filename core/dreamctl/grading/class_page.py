"""The page about a class: how it went, what a person should look at first, and a table of everybody."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ..records import Item, Rubric
from ..replay import html
from .pages import PAGES, name_of, percent

Row = Mapping[str, Any]
EXAMPLES, FIRST, REASONS, BARS = 3, 25, 200, 20  # how many are shown of each, at most
SURE = 0.05  # a verdict that is wrong with this probability needs no second look
STATUSES = {"graded": "graded", "not_gradable": "not gradable", "error": "error"}


def class_page(rows: Sequence[Row], rubric: Rubric) -> str:
    """The whole page; a row's place in it is that of its submission."""
    graded = [row for row in rows if row["status"] == "graded"]
    body = "".join(
        (
            _heading(rows, rubric),
            "<main>\n",
            _scores(graded),
            _to_look_at(graded, rubric),
            _items(rows, rubric),
            _not_graded(rows),
            _table(rubric),
            "</main>\n",
            _made(rows),
        )
    )
    return html.page("Grades", body, _data(rows, rubric), html.source(Path(__file__).parent / "class.js"))


def _heading(rows: Sequence[Row], rubric: Rubric) -> str:
    counts = Counter(row["status"] for row in rows)
    told = " · ".join(f"{counts[status]:,} {words}" for status, words in STATUSES.items() if counts[status])
    return (
        f"<header>\n<h1>Grades: {escape(rubric.environment)}</h1>\n<p>{len(rows):,} submissions: {told or 'none'}. "
        'The same stands in <a href="grades.csv">grades.csv</a> and <a href="grades.jsonl">grades.jsonl</a>.</p>\n'
        "</header>\n"
    )


def _scores(graded: Sequence[Row]) -> str:
    """How many have which score, in ranges of equal width: of whole points, where all scores are whole."""
    most = max((row["max_score"] for row in graded), default=0)
    if not most:
        return ""
    scores = np.array([row["score"] for row in graded])
    if (scores % 1 == 0).all() and most % 1 == 0:
        width = -(-(int(most) + 1) // BARS)
        starts = range(0, int(most) + 1, width)
        names = [f"{a}" if a == (b := min(a + width - 1, int(most))) else f"{a}-{b}" for a in starts]
        counts = np.bincount(scores.astype(int) // width, minlength=len(names))
    else:
        counts, edges = np.histogram(scores, bins=BARS // 2, range=(0, most))
        names = [f"{a:g}-{b:g}" for a, b in pairwise(edges.tolist())]
    lowest = int(np.flatnonzero(counts)[0])
    bars = "".join(
        f'<li><span>{count:,}</span><i style="height:{80 * count / max(counts.max(), 1):.1f}%"></i>{name}</li>\n'
        for name, count in zip(names[lowest:], counts[lowest:].tolist(), strict=True)
    )
    middle, mean = np.median(scores), scores.mean()
    return (
        f"<h2>Scores</h2>\n<p>Median {middle:g} of {most:g} points, mean {mean:.1f}.</p>\n"
        f'<ul class="scores" aria-label="Number of submissions by score">\n{bars}</ul>\n'
    )


def _to_look_at(graded: Sequence[Row], rubric: Rubric) -> str:
    """Submissions with items that were left open, those with most points in doubt first; else the least sure ones."""
    points = {item.key: item.points for item in rubric.items}
    doubtful = [(row, [key for key, item in row["labels"].items() if item["verdict"] == "abstained"]) for row in graded]
    waiting = [(row, keys) for row, keys in doubtful if keys]
    waiting.sort(key=lambda pair: (-sum(points[key] for key in pair[1]), -len(pair[1])))
    if waiting:
        told = f"{len(waiting):,} submissions have items that were left open"
    else:
        waiting = _least_sure(graded)
        told = "No item was left open. These verdicts are the least sure" if waiting else "Every verdict is sure"
    titles = {item.key: escape(item.called) for item in rubric.items}
    lines = "".join(
        f"<tr><td>{_link(row)}</td><td>"
        + "; ".join(f"{titles[key]} ({percent(row['labels'][key]['probability'])})" for key in keys)
        + "</td></tr>\n"
        for row, keys in waiting[:FIRST]
    )
    rest = f"<p>{len(waiting) - FIRST:,} more are in the table below.</p>\n" if len(waiting) > FIRST else ""
    head = "<thead><tr><th>submission</th><th>item, and how probable it is</th></tr></thead>"
    table = f"<table>\n{head}\n<tbody>\n{lines}</tbody></table>\n{rest}" if waiting else ""
    return f"<h2>Look at these first</h2>\n<p>{told}.</p>\n{table}"


def _least_sure(graded: Sequence[Row]) -> list[tuple[Row, list[str]]]:
    """The rows whose least sure verdict is the least sure, and the item of that verdict."""

    def doubt(pair: tuple[Row, str]) -> float:
        return min((p := float(pair[0]["labels"][pair[1]]["probability"])), 1 - p)

    pairs = [(row, max(row["labels"], key=lambda key: doubt((row, key)))) for row in graded if row["labels"]]
    return [(row, [key]) for row, key in heapq.nlargest(FIRST, pairs, key=doubt) if doubt((row, key)) > SURE]


def _items(rows: Sequence[Row], rubric: Rubric) -> str:
    """How often each item is present, the most frequent first, with examples to look at: the surest ones.

    Of programs that do not start some items are plain to see, and count too.
    """
    told: dict[str, list[tuple[float, Row]]] = {item.key: [] for item in rubric.items}
    unsure: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for row in rows:
        for key, found in row["labels"].items():
            judged[key] += 1
            if found["verdict"] == "present":
                told[key].append((-found["probability"], row))
            elif found["verdict"] == "abstained":
                unsure[key] += 1
    seen = [(n, item) for n, item in enumerate(rubric.items) if told[item.key] or unsure[item.key]]
    seen.sort(key=lambda pair: (-len(told[pair[1].key]), -unsure[pair[1].key]))
    lines = "".join(_item(n, item, told[item.key], unsure[item.key], judged[item.key]) for n, item in seen)
    never = [escape(item.called) for item in rubric.items if not told[item.key] and not unsure[item.key]]
    rest = f'<p class="faint">In nobody\'s program: {"; ".join(never)}.</p>\n' if never else ""
    return (
        "<h2>What is wrong, and how often</h2>\n<table>\n<thead><tr><th>item</th><th>present</th>"
        '<th aria-label="share"></th><th>not sure</th><th>examples</th></tr></thead>\n'
        f"<tbody>\n{lines}</tbody></table>\n{rest}"
    )


def _item(number: int, item: Item, told: list[tuple[float, Row]], unsure: int, judged: int) -> str:
    share = 100 * len(told) / judged
    examples = heapq.nsmallest(EXAMPLES, told, key=lambda pair: pair[0])
    return (
        f"<tr><td>{escape(item.called)}</td>"
        f'<td class="number">{_choice(f"present:{number}", len(told))} ({share:.1f} %)</td>'
        f'<td class="share"><span class="bar" style="width:{share:.1f}%"></span></td>'
        f'<td class="number">{_choice(f"abstained:{number}", unsure)}</td>'
        f"<td>{', '.join(_link(row) for _, row in examples)}</td></tr>\n"
    )


def _choice(value: str, count: int) -> str:
    """A count that, pressed, shows in the table whom it counts."""
    return f'<a href="#all" data-item="{value}">{count:,}</a>' if count else "0"


def _not_graded(rows: Sequence[Row]) -> str:
    left = [row for row in rows if row["status"] != "graded"]
    if not left:
        return ""
    lines = "".join(
        f"<tr><td>{_link(row)}</td><td>{STATUSES[row['status']]}</td><td>{escape(_reason(row))}</td></tr>\n"
        for row in sorted(left, key=lambda row: row["status"])[:REASONS]
    )
    rest = f"<p>{len(left) - REASONS:,} more are in grades.csv.</p>\n" if len(left) > REASONS else ""
    return (
        f"<h2>Not graded</h2>\n<p>{len(left):,} submissions have no mark: those that cannot be read as a program, do "
        "not start or show no play to judge, and errors, which are failures on our side.</p>\n<table>\n<thead><tr>"
        f"<th>submission</th><th>status</th><th>why</th></tr></thead>\n<tbody>\n{lines}</tbody></table>\n{rest}"
    )


def _reason(row: Row) -> str:
    """Why a row has no mark: of a traceback, the last line, which says what is wrong."""
    return str((row["error"] or {}).get("sentence", "")).rsplit("\n", 1)[-1]


def _table(rubric: Rubric) -> str:
    """What is filled in by the script: the tools, and the head of the table."""
    heads = "".join(
        f'<th scope="col"><button type="button">{name}<span aria-hidden="true"></span></button></th>'
        for name in ("submission", "status", "points", "present", "not sure")
    )
    statuses = "".join(f'<option value="{status}">{words}</option>' for status, words in STATUSES.items())
    choices = "".join(
        f'<optgroup label="{words}">'
        + "".join(
            f'<option value="{verdict}:{n}">{escape(item.called)}</option>' for n, item in enumerate(rubric.items)
        )
        + "</optgroup>"
        for verdict, words in (("present", "present"), ("abstained", "not sure"))
    )
    return (
        '<h2 id="all">All submissions</h2>\n'
        "<noscript><p>This table needs JavaScript; grades.csv does not.</p></noscript>\n"
        '<div class="tools"><label>name<input id="text" type="search"></label>'
        f'<label>status<select id="status"><option value="">any</option>{statuses}</select></label>'
        f'<label>item<select id="item"><option value="">any</option>{choices}</select></label></div>\n'
        '<p id="count" class="faint" role="status"></p>\n'
        f'<table id="submissions">\n<thead><tr>{heads}</tr></thead>\n<tbody></tbody>\n</table>\n'
        '<p class="tools"><button type="button" id="more">Show more</button></p>\n'
    )


def _data(rows: Sequence[Row], rubric: Rubric) -> str:
    """What the table holds: [name, page, status, score, places of the items present, and of those left open]."""
    keys = rubric.keys

    def places(row: Row, verdict: str) -> list[int]:
        return [n for n, key in enumerate(keys) if key in row["labels"] and row["labels"][key]["verdict"] == verdict]

    table = [
        [
            str(row["submission"]),
            name_of(row),
            row["status"],
            row["score"],
            places(row, "present"),
            places(row, "abstained"),
        ]
        for row in rows
    ]
    return html.document("class", {"items": [item.called for item in rubric.items], "rows": table})


def _link(row: Row) -> str:
    return f'<a href="{PAGES}/{name_of(row)}">{escape(str(row["submission"]))}</a>'


def _made(rows: Iterable[Row]) -> str:
    found = next(iter(rows), None)
    made = {name: value for name, value in (found["provenance"] if found else {}).items() if name != "trial_seed"}
    words = " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in made.items())
    return f"<footer><p>Found by playing. {escape(words)}</p></footer>\n"
