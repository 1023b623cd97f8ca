"""A page for each submission: what is wrong, how sure that is, what to do about it, and the seconds that prove it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ..records import Environment, Item, Rubric
from ..replay import html
from ..replay.trace import Trace

PAGES = "pages"  # the folder below --out
NAME = re.compile(r"[A-Za-z0-9_-]*~[0-9a-f]{12}\.html")
REPLAYS = "<noscript><p>Replays need JavaScript, which is switched off here.</p></noscript>\n"


def name_of(row: Mapping[str, Any]) -> str:
    """The file name of a row's page: something of the submission's id, and a digest of the id and of the program.

    A changed program has another page, and what an id is made of cannot lead out of the folder.
    """
    id_ = str(row["submission"])
    told = [id_, row["provenance"].get("trial_seed") or (row["error"] or {}).get("sentence", "")]
    digest = hashlib.sha256("\0".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', id_)[:40].strip('-')}~{digest}.html"


@frozen(kw_only=True)
class Pages:
    """Writes pages about one environment and rubric into a folder."""

    folder: Path
    environment: Environment
    rubric: Rubric
    shared: str = field(init=False)  # what every page with a replay ends with

    @shared.default
    def _shared(self) -> str:
        return html.game(self.environment)

    def has(self, row: Mapping[str, Any]) -> bool:
        """Whether the row's page is there."""
        return (self.folder / name_of(row)).exists()

    def write(self, rows: Sequence[Mapping[str, Any]], trace: Trace | None) -> None:
        """The pages of submissions of one program, of which `rows` tell the same."""
        self.folder.mkdir(parents=True, exist_ok=True)
        body, data, script = _body(rows[0], self.rubric), "", ""
        if trace is not None and trace.clips:
            data, script = self.shared + html.document("trace", trace.to_json()), html.replay_script()
        for row in rows:
            id_ = str(row["submission"])
            text = html.page(f"{id_}: grade", f"{_heading(id_)}{body}", data, script)
            (self.folder / name_of(row)).write_bytes(text.encode("utf-8", "replace"))

    def tidy(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take away pages of ours that no row tells of: those of programs that have changed since."""
        wanted = {name_of(row) for row in rows}
        for path in self.folder.glob("*.html"):
            if NAME.fullmatch(path.name) and path.name not in wanted:
                path.unlink()


def percent(probability: float) -> str:
    """A probability for people, never said to be certain."""
    return (
        "under 1 %"
        if probability < 0.01
        else "over 99 %"
        if probability > 0.99
        else f"{probability:.0%}".replace("%", " %")
    )


def score(row: Mapping[str, Any]) -> str:
    """Points as a phrase; empty where there are none."""
    return "" if row["score"] is None else f"{row['score']:g} of {row['max_score']:g} points"


# --- parts of a page ----------------------------------------------------------------------------------------------


def _heading(id_: str) -> str:
    return f'<header>\n<p class="crumb"><a href="../index.html">All grades</a></p>\n<h1>{escape(id_)}</h1>\n'


def _body(row: Mapping[str, Any], rubric: Rubric) -> str:
    if row["status"] != "graded":
        return f"{_note(row)}{_not_graded(row, rubric)}{_made(row)}"
    by_verdict: dict[str, list[tuple[Item, Mapping[str, Any]]]] = {"present": [], "abstained": [], "absent": []}
    for item in rubric.items:
        found = row["labels"][item.key]
        by_verdict[found["verdict"]].append((item, found))
    present, unsure, fine = by_verdict.values()
    likely = sorted(present, key=lambda pair: -pair[1]["probability"])
    points = (
        f'<p class="score"><b>{row["score"]:g}</b> of {row["max_score"]:g} points</p>\n' if row["max_score"] else ""
    )
    parts = [
        _note(row),
        points,
        f"<p>{len(present)} to fix · {len(unsure)} not sure · {len(fine)} in order</p>\n</header>\n<main>\n",
    ]
    if present:
        parts += ["<h2>To fix</h2>\n", REPLAYS, *(_present(item, found) for item, found in likely)]
    if unsure:
        parts += ["<h2>Not sure: a person should look</h2>\n", *(_unsure(item, found) for item, found in unsure)]
    if fine:
        parts += ['<h2>In order</h2>\n<ul class="fine">\n', *(_fine(item, found) for item, found in fine), "</ul>\n"]
    return "".join([*parts, "</main>\n", _made(row)])


def _note(row: Mapping[str, Any]) -> str:
    return f'<p class="faint">{escape(row["note"])}</p>\n' if row.get("note") else ""


def _present(item: Item, found: Mapping[str, Any]) -> str:
    place, title = found["evidence"], escape(item.called)
    where = f" · episode {place['episode'] + 1}, step {place['step'] + 1}" if place else ""
    seen = f"<p>Seen at the start: {escape(found['seen'])}</p>\n" if found.get("seen") else ""
    replay = f'<figure class="replay" data-item="{escape(item.key)}" data-title="{title}"></figure>\n' if place else ""
    return (
        f'<article class="card"><div>\n<h3>{title}</h3>\n<p>{escape(item.feedback)}</p>\n{seen}'
        f'<p class="faint"><span class="tag present">present</span> {percent(found["probability"])} sure'
        f"{_cost(item)}{where}</p>\n</div>{replay}</article>\n"
    )


def _unsure(item: Item, found: Mapping[str, Any]) -> str:
    return (
        f'<article class="card abstained"><div>\n<h3>{escape(item.called)}</h3>\n<p class="faint">'
        f'<span class="tag abstained">not sure</span> present with {percent(found["probability"])}; '
        "it costs nothing as it stands</p>\n</div></article>\n"
    )


def _fine(item: Item, found: Mapping[str, Any]) -> str:
    return f"<li>{escape(item.called)} <span>{percent(found['probability'])}</span></li>\n"


def _cost(item: Item) -> str:
    return f" · costs {item.points:g} point{'s' * (item.points != 1)}" if item.points else ""


def _not_graded(row: Mapping[str, Any], rubric: Rubric) -> str:
    error = row["error"] or {"sentence": "no more is known"}
    ours = row["status"] == "error"
    what = "This is a failure on our side, and no mark." if ours else "It cannot be graded as it is:"
    sentence = escape(str(error["sentence"]))
    said = f"<pre>{sentence}</pre>" if "\n" in sentence else f"<p>{sentence}</p>"
    present = [item for item in rubric.items if row["labels"].get(item.key, {}).get("verdict") == "present"]
    advice = "".join(f"<p>{escape(item.feedback)}</p>\n" for item in present if item.feedback)
    return (
        f'</header>\n<main>\n<article class="card"><div>\n<h3>{"Error" if ours else "Not graded"}</h3>\n<p>{what}</p>\n'
        f"{said}\n{advice}</div></article>\n</main>\n"
    )


def _made(row: Mapping[str, Any]) -> str:
    """What the grade was made with."""
    words = " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in row["provenance"].items())
    return f"<footer><p>Found by playing. {escape(words)}</p></footer>\n"
