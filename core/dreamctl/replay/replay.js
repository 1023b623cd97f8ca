"use strict";
// Plays the recorded moments of this page. It loads nothing: the game and the trace stand in the page as JSON.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const game = read("game"), trace = read("trace"), drawing = game.drawing;
  const ARROWS = { left: "←", right: "→", up: "↑", down: "↓" };

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // "b", "h" or "i" says whether 1, 2 or 4 bytes hold a number; the rest is base64 of them, lowest byte first.
  const unpack = (text) => {
    const bytes = Uint8Array.from(atob(text.slice(1)), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer), size = { b: 1, h: 2, i: 4 }[text[0]];
    const get = { b: (n) => view.getInt8(n), h: (n) => view.getInt16(n, true), i: (n) => view.getInt32(n, true) }[text[0]];
    return Array.from({ length: bytes.length / size }, (_, n) => get(n * size));
  };

  // The first moment stands as it is; each later one is the moment before it plus its differences.
  const momentsOf = (clip) => {
    const moved = unpack(clip.differences), rows = [clip.start];
    for (let n = 1; n < clip.moments; n++) {
      const row = rows[n - 1].slice();
      clip.moving.forEach((column, i) => { row[column] += moved[(n - 1) * clip.moving.length + i]; });
      rows.push(row);
    }
    return rows;
  };

  // Frames as they are told by tape.py: each one by instructions that walk along the shapes of the one before.
  const untape = (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), pictures = [];
    let here = 0;
    const number = () => {
      for (let value = 0, scale = 1; ; scale *= 128) {
        const byte = bytes[here++];
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    const signed = () => { const n = number(); return n % 2 ? -(n + 1) / 2 : n / 2; };
    const place = () => [signed(), signed(), signed(), signed()];
    for (let before = [], picture = [], at = 0; here < bytes.length;) {
      const told = number(), what = told & 3, count = told >> 2;
      if (told === 0) { before = picture.concat(before.slice(at)); pictures.push(before); picture = []; at = 0; }
      else if (what === 0) { picture = picture.concat(before.slice(at, at + count)); at += count; }
      else if (what === 1) at += count;
      else if (what === 2) { const [look, x, y, ...size] = before[at++]; picture.push([look, x + signed(), y + signed(), ...size]); }
      else for (let n = 0; n < count; n++) picture.push([number(), ...place()]);
    }
    return pictures;
  };

  const digits = (context, x, y, value, dot, leftwards) => {
    const text = String(Math.max(value, 0));
    let left = x - leftwards * dot * (4 * text.length - 1);
    for (const digit of text) {
      drawing.digits[digit].forEach((dots, row) => [...dots].forEach((mark, column) => {
        if (mark === "#") context.fillRect(left + dot * column, y + dot * row, dot, dot);
      }));
      left += 4 * dot;
    }
  };
  const PAINT = {
    box: (context, x, y, width, height) => context.fillRect(x, y, width, height),
    disc: (context, x, y, size) => { context.beginPath(); context.arc(x + size / 2, y + size / 2, size / 2, 0, 7); context.fill(); },
    digits,
  };
  const paintShapes = (context, row) => {
    const value = (number) => (typeof number === "number" ? number : row[number[0]]);
    context.fillStyle = drawing.background;
    context.fillRect(0, 0, drawing.width, drawing.height);
    for (const [kind, colour, shown, ...numbers] of drawing.shapes) {
      if (shown !== null && !value(shown)) continue;
      context.fillStyle = colour;
      PAINT[kind](context, ...numbers.map(value));
    }
  };

  const outlined = (context, fill, outline) => {
    if (fill) { context.fillStyle = fill; context.fill(); }
    if (outline) { context.strokeStyle = outline; context.stroke(); }
  };
  const SHAPES = {
    box: (context, x, y, width, height) => context.rect(x + 0.5, y + 0.5, Math.max(width - 1, 0), Math.max(height - 1, 0)),
    oval: (context, x, y, width, height) => context.ellipse(x + width / 2, y + height / 2, Math.max(width / 2, 0), Math.max(height / 2, 0), 0, 0, 7),
    line: (context, x, y, width, height) => { context.moveTo(x, y + 0.5); context.lineTo(x + width, y + height + 0.5); },
    pointer: (context, x, y) => { context.moveTo(x, y); context.lineTo(x, y + 16); context.lineTo(x + 4, y + 12); context.lineTo(x + 11, y + 11); context.closePath(); },
  };
  const paintFilm = (context, film, picture) => {
    context.fillStyle = film.background;
    context.fillRect(0, 0, film.width, film.height);
    for (const [look, x, y, width, height] of picture) {
      const [kind, fill, outline, text] = film.looks[look];
      context.beginPath();
      if (kind === "text") {
        const lines = text.split("\n"), high = height / lines.length;
        context.fillStyle = fill;
        context.font = `${Math.min(Math.max(0.8 * high, 8), 60)}px sans-serif`;
        context.textBaseline = "middle";
        lines.forEach((line, n) => context.fillText(line, x, y + high * (n + 0.5), Math.max(width, 20)));
      } else {
        SHAPES[kind](context, x, y, width, height);
        outlined(context, kind === "line" ? "" : fill, kind === "line" ? outline || fill : outline || (kind === "box" ? fill : ""));
      }
    }
  };

  // A clip is a film, shapes to draw, or pictures where the environment has no drawing.
  const painterOf = (clip, again) => {
    if (clip.film) {
      const pictures = untape(clip.film.tape);
      return (context, n) => paintFilm(context, clip.film, pictures[n]);
    }
    if (clip.pictures) {
      const pictures = clip.pictures.map((source) => { const picture = make("img", { src: source }); picture.onload = again; return picture; });
      return (context, n) => pictures[n].complete && context.drawImage(pictures[n], 0, 0);
    }
    const rows = momentsOf(clip);
    return (context, n) => paintShapes(context, rows[n]);
  };

  const beliefs = (clip, first, last) => {
    const rows = clip.beliefs.map(({ title, values }) => {
      const curve = make("canvas", { width: 288, height: 50, ariaHidden: "true" });
      const value = make("span", { className: "value" });
      return { item: make("li", {}, make("span", { textContent: title }), curve, value), curve, value, values };
    });
    const show = (at) => {
      const style = getComputedStyle(document.body);
      for (const { item, curve, value, values } of rows) {
        const c = curve.getContext("2d"), x = (n) => (curve.width * (n - first)) / Math.max(last - first, 1), y = (p) => curve.height * (1 - p);
        c.clearRect(0, 0, curve.width, curve.height);
        c.fillStyle = style.getPropertyValue("--bar");
        c.beginPath();
        c.moveTo(0, curve.height);
        for (let n = first; n <= last; n++) { c.lineTo(x(n), y(values[n])); c.lineTo(x(Math.min(n + 1, last)), y(values[n])); }
        c.lineTo(curve.width, curve.height);
        c.fill();
        c.fillStyle = style.getPropertyValue("--ink");
        c.fillRect(Math.min(x(at), curve.width - 3), 0, 3, curve.height);
        value.textContent = `${Math.round(100 * values[at])} %`;
        item.className = values[at] >= 0.5 ? "high" : "";
      }
    };
    return { list: make("ul", { className: "beliefs", ariaLabel: "What is believed to be wrong" }, ...rows.map((row) => row.item)), show };
  };

  // Builds a player into `place`, for the moments `first` to `last` of a clip (counted in it), of which `mark` is marked.
  const play = (place, clip, first, last, mark, title) => {
    const film = clip.film || null, { width, height } = film || drawing, pace = film ? film.pace : game.pace, unit = film ? "frame" : "step";
    const canvas = make("canvas", { className: "screen", width, height });
    canvas.setAttribute("role", "img");
    const context = canvas.getContext("2d"), actions = unpack(clip.actions);
    let at = mark === null ? first : mark, playing = false, owed = 0, before = 0;
    const paint = painterOf(clip, () => show(at)), side = clip.beliefs ? beliefs(clip, first, last) : null;

    const caps = game.actions.length <= 6 ? game.actions.map((name) => make("kbd", { textContent: ARROWS[name] ? `${ARROWS[name]} ${name}` : name })) : [];
    const button = make("button", { type: "button", className: "play", textContent: "▶ Play" });
    const back = make("button", { type: "button", textContent: `◀ ${unit}`, ariaLabel: `One ${unit} back` });
    const forth = make("button", { type: "button", textContent: `${unit} ▶`, ariaLabel: `One ${unit} forward` });
    const speed = make("select", { ariaLabel: "Speed" }, ...[0.1, 0.25, 0.5, 1, 2, 4].map((s) => make("option", { value: s, textContent: `${s} ×`, selected: s === 1 })));
    const time = make("input", { type: "range", min: first, max: last, value: at, ariaLabel: `Moment of the replay: ${title}` });
    const status = make("p", { className: "status" });

    const show = (n) => {
      at = n;
      const moment = film ? clip.first + (clip.first + n > 0) + film.ends.filter((end) => end < n).length : clip.first + n, action = moment > 0 ? actions[moment - 1] : -1;
      paint(context, n);
      caps.forEach((cap, i) => cap.classList.toggle("down", i === action));
      const here = mark !== null && n >= mark && n < mark + Math.max(1, Math.round(pace / 3));
      place.classList.toggle("now", here);
      const words = `${clip.name || `episode ${clip.episode + 1}`}, ${moment === 0 ? "start" : `step ${moment}: ${game.actions[action]}`}`;
      status.replaceChildren(words, ...(here ? [" · ", make("b", { textContent: "● here it shows" })] : []));
      time.value = n;
      time.setAttribute("aria-valuetext", words + (here ? ", here it shows" : ""));
      canvas.setAttribute("aria-label", `Replay: ${title}, ${words}`);
      if (side) side.show(n);
    };
    const frame = (now) => {
      if (!playing) return;
      owed += ((now - before) / 1000) * pace * speed.value;
      before = now;
      if (at === last) {
        if (owed > pace) { owed = 0; show(first); } // the end stays for a second, then it begins again
      } else if (owed >= 1) {
        show(Math.min(at + Math.floor(owed), last));
        owed %= 1;
      }
      requestAnimationFrame(frame);
    };
    const set = (on) => {
      playing = on;
      button.textContent = on ? "❚❚ Pause" : "▶ Play";
      if (on) { owed = 0; before = performance.now(); requestAnimationFrame(frame); }
    };
    let fresh = mark !== null; // it stands at the marked moment until it is played
    button.onclick = () => { if (fresh && !playing) show(first); fresh = false; set(!playing); };
    const step = (by) => () => { set(false); fresh = false; show(Math.min(Math.max(at + by, first), last)); };
    back.onclick = step(-1);
    forth.onclick = step(1);
    time.oninput = () => { set(false); fresh = false; show(Number(time.value)); };

    const line = make("div", { className: "time" }, time);
    if (mark !== null) {
      const share = (mark - first) / Math.max(last - first, 1);
      const tick = make("span", { textContent: "▲ here", ariaHidden: "true" });
      tick.style.left = `calc(8px + ${share} * (100% - 16px))`;
      line.append(tick);
    }
    place.append(canvas, line, make("div", { className: "controls" }, button, back, forth, speed),
      ...(caps.length ? [make("div", { className: "pressed", ariaHidden: "true" }, ...caps)] : []), status);
    if (film && film.said) place.append(make("pre", { textContent: film.said }));
    if (side) place.after(side.list);
    show(at);
  };

  for (const place of document.querySelectorAll(".replay")) {
    const item = place.dataset.item, number = Number(place.dataset.clip || 0);
    const [clipNumber, moment] = item === undefined ? [number, null] : trace.marks[item];
    const clip = trace.clips[clipNumber], end = clip.moments - 1;
    const mark = moment === null || clip.film ? moment : moment - clip.first;
    const first = mark === null || clip.film ? 0 : Math.max(mark - game.before, 0), last = mark === null || clip.film ? end : Math.min(mark + game.after, end);
    play(place, clip, first, last, mark, place.dataset.title || "");
  }
})();
