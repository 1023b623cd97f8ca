"use strict";
// The table of all submissions: it is sorted and filtered here, and drawn a part at a time.
(() => {
  const { items, rows } = JSON.parse(document.getElementById("class").textContent);
  const STATUS = { graded: "graded", not_gradable: "not gradable", error: "error" };
  const body = document.querySelector("#submissions tbody"), count = document.getElementById("count"), more = document.getElementById("more");
  const text = document.getElementById("text"), status = document.getElementById("status"), item = document.getElementById("item");
  const heads = [...document.querySelectorAll("#submissions th")];
  const PART = 200, ALL = 5000;
  const COLUMNS = [(row) => row[0], (row) => STATUS[row[2]], (row) => row[3], (row) => row[4].length, (row) => row[5].length];
  const collator = new Intl.Collator(undefined, { numeric: true });
  let found = rows, shown = PART, by = null, down = false;

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const line = (row) => make("tr", {},
    make("td", {}, row[1] ? make("a", { href: `pages/${encodeURIComponent(row[1])}`, textContent: row[0] }) : row[0]),
    make("td", { textContent: STATUS[row[2]] }),
    make("td", { textContent: row[3] === null ? "" : row[3] }),
    make("td", { textContent: row[4].map((n) => items[n]).join(", "), title: `${row[4].length} present` }),
    make("td", { textContent: row[5].map((n) => items[n]).join(", ") }));

  const draw = () => {
    body.replaceChildren(...found.slice(0, shown).map(line));
    count.textContent = `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} submissions` +
      (found.length > shown ? `, the first ${shown} are shown` : "");
    more.hidden = found.length <= shown;
  };
  const compare = (a, b) => {
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? 1 : -1; // without a score: last, whichever way
    return (typeof a === "number" ? a - b : collator.compare(a, b)) * (down ? -1 : 1);
  };
  const search = () => {
    const words = text.value.toLowerCase(), [kind, number] = item.value.split(":");
    found = rows.filter((row) => (!words || row[0].toLowerCase().includes(words)) && (!status.value || row[2] === status.value) &&
      (!item.value || row[kind === "present" ? 4 : 5].includes(Number(number))));
    if (by !== null) found.sort((a, b) => compare(COLUMNS[by](a), COLUMNS[by](b)));
    shown = PART;
    draw();
  };
  heads.forEach((head, n) => {
    head.firstElementChild.onclick = () => {
      down = by === n ? !down : n > 2;
      by = n;
      heads.forEach((other, m) => (m === n ? other.setAttribute("aria-sort", down ? "descending" : "ascending") : other.removeAttribute("aria-sort")));
      heads.forEach((other, m) => { other.querySelector("span").textContent = m === n ? (down ? " ▼" : " ▲") : ""; });
      search();
    };
  });
  text.oninput = status.onchange = item.onchange = search;
  more.onclick = () => { shown += ALL; draw(); };
  addEventListener("beforeprint", () => { shown = Math.max(shown, ALL); draw(); });
  addEventListener("click", (event) => {
    const choice = event.target.closest("[data-item]");
    if (choice) { item.value = choice.dataset.item; status.value = ""; text.value = ""; search(); }
  });
  draw();
})();
