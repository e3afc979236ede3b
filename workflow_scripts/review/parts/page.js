// The page: one card at a time, and what is said of it.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const index = Review.index;
  const cards = index.cards;
  const numberOf = new Map(cards.id.map((id, card) => [id, card]));
  const filters = byId("filters");
  const [LONG, LINES] = [500, 6]; // letters and lines that a text may have and be shown whole
  const state = { filters: {}, shown: [], card: null, back: [], seen: 0, then: null };

  /** What outlasts the page, if the browser keeps anything. */
  const settings = {
    get: (name) => {
      try {
        return localStorage.getItem(`soundledger ${name}`);
      } catch {
        return null;
      }
    },
    set: (name, value) => {
      try {
        localStorage.setItem(`soundledger ${name}`, value);
      } catch {
        // then it does not
      }
    },
  };
  const storage = (() => {
    try {
      return window.localStorage;
    } catch {
      return { length: 0, key: () => null, getItem: () => null, setItem: () => { throw new Error("no storage"); } };
    }
  })();
  const verdicts = new Review.Verdicts(index.dataset, storage);
  const saving = new Review.Saving(verdicts, ({ state: how, words = "" }) => {
    const told = { browser: "kept in this browser", saving: `saving… ${words}`, saved: "saved", unsaved: `not saved: ${words}` };
    const lost = how === "browser" && !verdicts.isKept;
    byId("saved").dataset.state = lost ? "unsaved" : how;
    byId("saved").textContent = lost ? "not kept: this browser keeps nothing for this page. Save reviews.csv" : told[how];
  });
  let reviewer = settings.get("reviewer") ?? "";

  const player = new Review.Player({
    play: byId("play"), seek: byId("seek"), time: byId("time"), pictures: byId("pictures"), waveform: byId("waveform"),
    spectrogram: byId("spectrogram"), highest: byId("highest"), lanes: byId("lanes"), playhead: byId("playhead"), axis: byId("axis"),
  });

  const same = new Review.Same((card) => {
    state.back.push(state.card);
    return show(card);
  });
  player.audio.addEventListener("play", () => same.pause());
  same.started(() => player.audio.pause());

  // --- small things ---

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined) {
      made.textContent = text;
    }
    for (const [attribute, value] of Object.entries(attributes)) {
      made.setAttribute(attribute, value);
    }
    return made;
  };
  const count = (number) => number.toLocaleString("en");
  /** What classes are called here: of several of one name each with its id. */
  const nameOfId = (() => {
    const many = new Map();
    index.classes.forEach(([, name]) => many.set(name, (many.get(name) ?? 0) + 1));
    return new Map(index.classes.map(([id, name]) => [id, many.get(name) > 1 ? `${name} (${id})` : name]));
  })();
  const nameOf = (one) => nameOfId.get(index.classes[one][0]);
  const speak = (words) => {
    byId("live").textContent = words;
  };
  const isJudgedBy = (row) => Boolean(row && (row.verdict || row.class_ids));
  const isFresh = (row) => Review.isOfSound(row, cards.sound[numberOf.get(row.clip_id)]);
  /** What the reviewer says of a clip; of another sound that it had, nothing holds. */
  const own = (id) => {
    const row = verdicts.own(id, reviewer);
    return row && isFresh(row) ? row : null;
  };
  const isJudged = (id) => isJudgedBy(own(id));

  /** The last word of anybody on a clip. */
  const lastWord = (id) =>
    verdicts.of(id).filter((row) => isJudgedBy(row) && isFresh(row)).reduce((one, other) => (one && Review.isNewer(one, other) ? one : other), null);

  /** A dialog; what the button says that it was left by, "" for none. */
  const ask = (id) =>
    new Promise((resolve) => {
      const dialog = byId(id);
      const listening = new AbortController();
      const end = (answer) => {
        listening.abort();
        resolve(answer);
      };
      // A dialog tells that it was closed a moment later, when it may have been opened again.
      dialog.addEventListener("submit", (event) => end(event.submitter?.value ?? "ok"), { signal: listening.signal });
      dialog.addEventListener("close", () => dialog.open || end(""), { signal: listening.signal });
      dialog.showModal();
    });

  // --- which cards ---

  const options = (name, values) => {
    const chosen = filters.elements[name];
    chosen.replaceChildren(element("option", "all", { value: "" }));
    for (const [value, text, many] of values) {
      chosen.append(element("option", `${text} (${count(many)})`, { value }));
    }
  };

  const tally = (column) => {
    const found = new Map();
    column.forEach((values) => [values].flat().forEach((value) => found.set(value, (found.get(value) ?? 0) + 1)));
    return found;
  };

  const fillFilters = () => {
    const classes = [...tally(cards.classes)].map(([one, many]) => [index.classes[one][0], nameOf(one), many]);
    options("class", classes.sort((one, other) => one[1].localeCompare(other[1])));
    for (const [name, values, column] of [
      ["status", index.statuses, cards.status], ["finding", index.findings, cards.findings], ["split", index.splits, cards.split],
    ]) {
      options(name, [...tally(column)].sort((one, other) => other[1] - one[1]).map(([one, many]) => [values[one], values[one], many]));
    }
    filters.elements.order.querySelector("[value=doubtful]").disabled = !cards.doubt;
  };

  /** A filter as it is told: a class by its name. */
  const toldAs = (name) => (name === "class" && nameOfId.get(state.filters.class)) || state.filters[name];

  const readAddress = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    state.filters = Object.fromEntries([...Review.FILTERS, "order"].map((name) => [name, said.get(name) ?? ""]));
    state.filters.unjudged = said.has("unjudged") && said.get("unjudged") !== "0";
    const called = index.classes.filter(([, name]) => name === state.filters.class);
    if (called.length === 1 && !nameOfId.has(state.filters.class)) {
      state.filters.class = called[0][0];
    }
    for (const name of [...Review.FILTERS, "order"]) {
      const field = filters.elements[name];
      if (field.tagName === "SELECT" && ![...field.options].some((one) => one.value === state.filters[name])) {
        const many = name === "order" ? 0 : Review.filtered(index, { [name]: state.filters[name] }, isJudged).length;
        field.append(element("option", `${toldAs(name)} (${count(many)})`, { value: state.filters[name] }));
      }
      field.value = state.filters[name];
    }
    filters.elements.unjudged.checked = state.filters.unjudged;
    return said.get("clip");
  };

  const writeAddress = () => {
    const said = new URLSearchParams();
    for (const name of [...Review.FILTERS, "order"]) {
      if (state.filters[name]) {
        said.set(name, state.filters[name]);
      }
    }
    if (state.filters.unjudged) {
      said.set("unjudged", "1");
    }
    if (state.card !== null) {
      said.set("clip", cards.id[state.card]);
    }
    history.replaceState(null, "", `#${said}`);
  };

  const choose = (clip) => {
    const through = Review.filtered(index, state.filters, isJudged);
    state.shown = state.filters.order === "doubtful" ? Review.doubtfulFirst(index, through) : through;
    state.places = new Map(state.shown.map((card, place) => [card, place]));
    state.back = [];
    const said = [...Review.FILTERS.map(toldAs), state.filters.unjudged ? "without my verdict" : ""];
    byId("shown").textContent = `${count(state.shown.length)} of ${count(cards.id.length)}${said.filter(Boolean).map((one) => ` · ${one}`).join("")}`;
    const asked = clip && numberOf.get(clip);
    if (clip && asked === undefined) {
      return show(null, `The clip ${clip} has no card on this page: it was not among those that were drawn.`);
    }
    state.card = null;
    return show(asked ?? (state.filters.order === "widest" ? widest() : state.shown[0]) ?? null);
  };

  const widest = () => {
    const widths = Review.widths(Review.tallies(index, lastWord));
    const open = state.shown.filter((card) => card !== state.card && !isJudged(cards.id[card]));
    return Review.widestNext(index, open, widths);
  };

  const tellWidest = () => {
    if (state.filters.order !== "widest") {
      byId("widest").textContent = "";
      return;
    }
    const tallies = Review.tallies(index, lastWord);
    const most = [...Review.widths(tallies)].sort((one, other) => other[1] - one[1] || one[0] - other[0])[0];
    if (most) {
      const { right, judged } = tallies.get(most[0]);
      const [low, high] = Review.wilson(right, judged).map((share) => `${(100 * share).toFixed(0)} %`);
      byId("widest").textContent = `Widest interval: ${nameOf(most[0])}, right in ${right} of ${judged} judged: between ${low} and ${high} (95 %, Wilson).`;
    }
  };

  const next = () => {
    const place = state.places.get(state.card);
    let card = null;
    if (state.filters.order === "widest") {
      card = widest();
    } else {
      const isOpen = (one) => !state.filters.unjudged || !isJudged(cards.id[one]);
      card = state.shown.slice((place ?? -1) + 1).find(isOpen) ?? null;
    }
    if (card === null) {
      speak("No card comes next.");
      byId("place").textContent = `${place === undefined ? "" : `${count(place + 1)} of ${count(state.shown.length)}`} · the last`;
      return null;
    }
    state.back.push(state.card);
    return show(card);
  };

  const previous = () => {
    const place = state.places.get(state.card);
    const card = state.back.pop() ?? (place > 0 ? state.shown[place - 1] : null);
    return card === null ? null : show(card);
  };

  // --- a card ---

  const packOf = (name) => {
    if (!packOf.reading.has(name)) {
      packOf.reading.set(name, new Promise((resolve, reject) => {
        const script = element("script", undefined, { src: `packs/${name}.js` });
        script.addEventListener("load", () => resolve(Review.packs[name]));
        script.addEventListener("error", () => {
          packOf.reading.delete(name);
          reject(new Error(`packs/${name}.js cannot be read: is the folder of this page whole?`));
        });
        document.head.append(script);
      }));
    }
    return packOf.reading.get(name);
  };
  packOf.reading = new Map();

  const show = async (card, why = "") => {
    state.card = card;
    state.seen += 1;
    const seen = state.seen;
    writeAddress();
    player.hide();
    same.hide();
    byId("nothing").hidden = card !== null;
    byId("article").hidden = card === null;
    byId("verdict").hidden = card === null;
    byId("place").textContent = "";
    if (card === null) {
      byId("nothing").textContent = why || "No card is like that. Choose others above.";
      return speak(byId("nothing").textContent);
    }
    const id = cards.id[card];
    const place = state.places.get(card);
    byId("place").textContent = place === undefined ? "outside the filters" : `${count(place + 1)} of ${count(state.shown.length)}`;
    byId("clip").textContent = id;
    tellMarks(card);
    tellSaid();
    state.detail = null;
    state.reading = packOf(index.packs[cards.pack[card]]).then(
      (pack) => pack[id],
      (error) => ({ labels: [], failed: ["not_found", error.message] }),
    );
    const detail = await state.reading;
    if (seen !== state.seen) {
      return null; // another card has come meanwhile
    }
    state.detail = detail;
    tellWhy(detail);
    tellSound(card, detail);
    tellSame(card, detail);
    tellLabels(detail);
    tellCaptions(card);
    tellStill(card, detail);
    tellMeasures(card, detail);
    const words = cards.captions[card][0]?.[1] ?? cards.classes[card].map(nameOf).join(", ");
    speak(`Card ${place === undefined ? "" : place + 1}: ${words || id}`);
    return detail;
  };

  const tellMarks = (card) => {
    const status = index.statuses[cards.status[card]];
    byId("marks").replaceChildren(
      element("span", status, { class: status === "usable" ? "mark" : "mark warn" }),
      element("span", index.splits[cards.split[card]], { class: "mark" }),
      ...cards.findings[card].map((one) => element("span", index.findings[one], { class: "mark warn" })),
    );
  };

  const tellWhy = (detail) => {
    byId("why").hidden = !detail.findings?.length;
    byId("why").replaceChildren(...(detail.findings ?? []).map(([finding, why]) => element("li", `${finding}: ${why}`, { dir: "auto" })));
  };

  const tellSound = (card, detail) => {
    const status = index.statuses[cards.status[card]];
    const why = [
      detail.failed && `This clip cannot be played: ${detail.failed[1]} (${detail.failed[0]}).`,
      detail.error_kind && `${status}: ${detail.error ?? detail.error_kind} (${detail.error_kind}).`,
      !detail.sound && !detail.failed && !detail.error_kind && `This clip cannot be played: it is ${status}.`,
    ].filter(Boolean);
    byId("reason").hidden = !why.length;
    byId("reason").textContent = why.join(" ");
    byId("player").hidden = !detail.sound;
    if (!detail.sound) {
      return;
    }
    const events = detail.labels.flatMap(([one, from, to]) => (from === null ? [] : [{ name: nameOf(one), from, to }]));
    player.show(detail, `packs/${index.packs[cards.pack[card]]}/`, events);
    const all = detail.duration_s ?? detail.seconds;
    byId("excerpt").hidden = all - detail.seconds < 0.05;
    byId("excerpt").textContent = `The first ${Review.number(detail.seconds, 1)} s of ${Review.number(all, 1)} s.`;
  };

  /** What another clip has of this one's sound, and what is said of it there. */
  const tellSame = (card, detail) => {
    const here = {
      clip: cards.id[card], dataset: index.dataset, split: index.splits[cards.split[card]], status: index.statuses[cards.status[card]],
      labels: [...new Set(detail.labels.filter(([, , , origin]) => origin === "annotated").map(([one]) => index.classes[one][1]))],
      captions: cards.captions[card].map(([, text]) => text),
    };
    const cardOf = (other) => (other.dataset === index.dataset ? numberOf.get(other.clip) : undefined);
    same.show(detail.same ?? [], here, `packs/${index.packs[cards.pack[card]]}/`, cardOf);
  };

  const tellLabels = (detail) => {
    const each = new Map();
    for (const [one, from, to, origin, value] of detail.labels) {
      const key = `${one} ${origin}`;
      if (!each.has(key)) {
        each.set(key, { one, origin, spans: [] });
      }
      if (from !== null) {
        const certain = value === null ? "" : ` (${Review.number(value, 2)})`;
        each.get(key).spans.push(`${Review.number(from, 2)}–${to === null ? "" : Review.number(to, 2)} s${certain}`);
      }
    }
    const items = [...each.values()].map(({ one, origin, spans }) => {
      const more = spans.length > 6 ? `, … ${spans.length - 6} more` : "";
      const item = element("li", `${nameOf(one)}${spans.length ? `: ${spans.slice(0, 6).join(", ")}${more}` : ""}`, { dir: "auto" });
      if (origin !== "annotated") {
        item.classList.add("aside");
        item.append(` (${origin})`);
      }
      return item;
    });
    const row = own(cards.id[state.card]);
    const list = byId("labels").querySelector("ul");
    if (row?.class_ids) {
      items.forEach((item) => item.classList.add("was"));
      items.push(...row.class_ids.split("|").map((id) => element("li", nameOfId.get(id) ?? id, { dir: "auto" })));
    }
    list.replaceChildren(...(items.length ? items : [element("li", "none", { class: "aside" })]));
  };

  /** What the reviewer says of a caption of a clip: of its first, what is said of the clip. */
  const ownOf = (id, ordinal) =>
    String(ordinal) === "0" || ordinal === ""
      ? own(id)
      : verdicts.of(id).find((row) => row.reviewer === reviewer && row.ordinal === String(ordinal) && isFresh(row));

  const corrected = (id, ordinal) => ownOf(id, ordinal)?.caption || undefined;

  /** A text; of a long one, that would push all else away, a few lines, with a button that shows the rest. */
  const shortly = (text, kind = "text") => {
    const whole = element("span", text, { class: kind });
    if (text.length <= LONG && text.split("\n").length <= LINES) {
      return [whole];
    }
    whole.classList.add("clamped");
    const more = element("button", "Show all", { type: "button", "aria-expanded": "false", class: "more" });
    more.addEventListener("click", () => {
      const isOpen = whole.classList.toggle("clamped") === false;
      more.textContent = isOpen ? "Show less" : "Show all";
      more.setAttribute("aria-expanded", String(isOpen));
    });
    return [whole, more];
  };

  const tellCaptions = (card) => {
    const all = cards.captions[card];
    byId("captions").hidden = !all.length;
    byId("fix").disabled = !all.length;
    const items = all.map(([ordinal, text]) => {
      const mended = corrected(cards.id[card], ordinal);
      const isMended = mended !== undefined && mended !== text;
      const item = element("li", undefined, { dir: "auto" });
      item.append(...(isMended ? [...shortly(text, "was"), "\n", ...shortly(mended)] : shortly(text)));
      return item;
    });
    byId("captions").querySelector("ol").replaceChildren(...items);
  };

  const tellStill = (card, detail) => {
    byId("still").hidden = !detail.still && !detail.no_still;
    byId("picture").hidden = !detail.still;
    if (detail.still) {
      byId("picture").src = `packs/${index.packs[cards.pack[card]]}/${detail.still}`;
      byId("picture").alt = "What is seen at this clip";
      byId("picture-told").textContent = `${count(detail.still_width)} × ${count(detail.still_height)} pixels, mean brightness ${Review.number(100 * detail.brightness, 1)} % of white`;
    } else {
      byId("picture").removeAttribute("src");
      byId("picture-told").textContent = detail.no_still ?? "";
    }
  };

  const tellMeasures = (card, detail) => {
    const number = (value, digits, unit) => (value === undefined ? undefined : `${Review.number(value, digits)} ${unit}`);
    const share = (value) => (value === undefined ? undefined : `${Review.number(100 * value, 2)} %`);
    const span = detail.start_s === undefined ? undefined : `${Review.number(detail.start_s, 3)}–${detail.end_s === undefined ? "" : Review.number(detail.end_s, 3)} s`;
    const told = [
      ["duration", number(detail.duration_s, 3, "s")],
      ["span", span],
      ["sample rate", detail.sample_rate && `${count(detail.sample_rate)} Hz`],
      ["channels", detail.channels && `${detail.channels}${detail.channel_layout ? `, ${detail.channel_layout}` : ""}`],
      ["format", detail.format && [detail.format, detail.subtype].filter(Boolean).join(", ")],
      ["loudness", number(detail.loudness_lufs, 1, "LUFS")],
      ["level", number(detail.rms_dbfs, 1, "dBFS (RMS)")],
      ["peak", number(detail.peak, 3, "of full scale")],
      ["clipped", share(detail.clipped_fraction)],
      ["silent", share(detail.silent_fraction)],
      ["bandwidth", detail.bandwidth_hz && `${count(Math.round(detail.bandwidth_hz))} Hz`],
      ["licence", detail.licence],
      ["file", detail.path && [detail.path, detail.member].filter(Boolean).join(" → ")],
    ];
    if (detail.source_url) {
      const isLink = /^https?:\/\//i.test(detail.source_url);
      const attributes = { href: detail.source_url, rel: "noopener noreferrer", target: "_blank" };
      told.push(["source", isLink ? element("a", detail.source_url, attributes) : detail.source_url]);
    }
    const rows = told.filter(([, value]) => value !== undefined).map(([name, value]) => {
      const row = element("div");
      row.append(element("dt", name), element("dd", undefined, { dir: "auto" }));
      row.lastChild.append(value);
      return row;
    });
    byId("measures").replaceChildren(...rows);
  };

  // --- what is said of it ---

  const tellSaid = () => {
    if (state.card === null) {
      return;
    }
    const id = cards.id[state.card];
    const row = own(id);
    byId("keep").setAttribute("aria-pressed", row?.verdict === "keep");
    byId("drop").setAttribute("aria-pressed", row?.verdict === "drop");
    byId("undo").disabled = !verdicts.of(id).some((one) => one.reviewer === reviewer && !Review.isEmpty(one));
    const before = verdicts.own(id, reviewer);
    const stale = before && !row && isJudgedBy(before) ? `This clip had another sound when you said of it: ${before.verdict || "relabelled"}.` : "";
    byId("said").textContent = row?.note ? `Note: ${row.note}` : stale;
    const others = verdicts.of(id).filter((one) => one.reviewer !== reviewer && isJudgedBy(one) && isFresh(one));
    byId("others").textContent = others.length && isJudgedBy(row) ? `Others: ${others.map((one) => `${one.reviewer} ${one.verdict || "relabelled"}`).join(", ")}` : "";
  };

  const tellProgress = () => {
    let [kept, dropped, judged] = [0, 0, 0];
    for (const id of cards.id) {
      const row = own(id);
      kept += row?.verdict === "keep" ? 1 : 0;
      dropped += row?.verdict === "drop" ? 1 : 0;
      judged += isJudgedBy(row) ? 1 : 0;
    }
    byId("bar").max = Math.max(1, cards.id.length);
    byId("bar").value = judged;
    byId("counts").textContent = `${count(judged)} of ${count(cards.id.length)} judged: ${count(kept)} kept, ${count(dropped)} dropped`;
    byId("who").textContent = reviewer ? `Reviewer: ${reviewer}` : "Reviewer";
    tellWidest();
  };

  const tellAll = () => {
    tellSaid();
    tellProgress();
    if (state.detail && state.card !== null) {
      tellLabels(state.detail);
      tellCaptions(state.card);
    }
  };

  const askWho = async () => {
    const field = byId("who-dialog").querySelector("input");
    field.value = reviewer;
    if ((await ask("who-dialog")) === "ok") {
      reviewer = Review.plain(field.value).replaceAll("\n", " ").trim() || reviewer;
      settings.set("reviewer", reviewer);
      tellAll();
    }
    return Boolean(reviewer);
  };

  /** Say something of a clip: columns of its row, or of that of one of its captions. */
  const say = async (changes, ordinal) => {
    const [card, reading] = [state.card, state.reading];
    if (card === null || !(reviewer || (await askWho()))) {
      return false;
    }
    const detail = await reading; // which may come after the verdict
    const id = cards.id[card];
    const first = cards.captions[card].length ? "0" : "";
    const place = ordinal === undefined || String(ordinal) === "0" ? first : String(ordinal);
    const before = ownOf(id, place);
    const last = Math.max(0, ...verdicts.of(id).map((row) => Date.parse(row.reviewed_at) || 0));
    const now = Math.max(Date.now(), last + 1); // a clock may have been set back
    const row = Review.row({
      ...before, ...changes, clip_id: id, reviewer, ordinal: place, reviewed_at: new Date(now).toISOString(),
      pcm_digest: detail?.pcm_digest ?? "",
    });
    verdicts.merge(row);
    saving.add(row);
    tellAll();
    return true;
  };

  const judge = async (verdict) => {
    const card = state.card;
    if (card === null || !(await say({ verdict }))) {
      return;
    }
    speak(verdict === "keep" ? "Kept." : "Dropped.");
    if (byId("goon").checked && state.card === card && (await next())) {
      player.start();
    }
  };

  /** A text as it was written, which is null where that is no other than it was. Fields have their own ends of lines. */
  const writeText = async (title, about, label, text) => {
    byId("text-title").textContent = title;
    byId("text-told").textContent = about;
    byId("text-label").textContent = label;
    const field = byId("text-dialog").querySelector("textarea");
    field.value = text;
    const before = field.value;
    return (await ask("text-dialog")) === "ok" && field.value !== before ? field.value : null;
  };

  const note = async () => {
    if (state.card === null || !(reviewer || (await askWho()))) {
      return;
    }
    const before = own(cards.id[state.card])?.note ?? "";
    const text = (await writeText("A note", "", "What should be known of this clip", before))?.trim() ?? before;
    if (text !== before) {
      await say({ note: text });
    }
  };

  const whichCaption = async (captions) => {
    const list = byId("which-dialog").querySelector("ol");
    list.replaceChildren(...captions.map(([, text], place) => {
      const item = element("li");
      item.append(element("button", text, { value: String(place), dir: "auto" }));
      return item;
    }));
    const answer = await ask("which-dialog");
    return answer === "" ? null : captions[Number(answer)];
  };

  const fix = async () => {
    const card = state.card;
    const captions = card === null ? [] : cards.captions[card];
    if (!captions.length || !(reviewer || (await askWho()))) {
      return;
    }
    const chosen = captions.length === 1 ? captions[0] : await whichCaption(captions);
    if (chosen) {
      const [ordinal, before] = chosen;
      const mended = corrected(cards.id[card], ordinal);
      const text = await writeText("Fix a caption", `As found: ${before}`, "As it should be", mended ?? before);
      const right = text === null ? mended : [text, text.trim()].includes(Review.plain(before)) ? undefined : text.trim() || undefined;
      if (right !== mended) {
        await say({ caption: right }, ordinal);
      }
    }
  };

  const relabel = async () => {
    const card = state.card;
    if (card === null || !(reviewer || (await askWho()))) {
      return;
    }
    const row = own(cards.id[card]);
    const annotated = cards.classes[card].map((one) => index.classes[one][0]);
    const right = row?.class_ids ? row.class_ids.split("|") : annotated;
    const box = byId("classes-chosen");
    const add = (id, isOn) => {
      const label = element("label", undefined, { class: "check" });
      const field = element("input", undefined, { type: "checkbox", value: id });
      field.checked = isOn;
      label.append(field, element("span", nameOfId.get(id) ?? id, { dir: "auto" }));
      box.append(label);
    };
    box.replaceChildren();
    new Set([...annotated, ...right]).forEach((id) => add(id, right.includes(id)));
    const list = byId("classes-all");
    if (!list.children.length) {
      list.append(...index.classes.map(([id]) => element("option", id, { value: nameOfId.get(id) })));
    }
    const another = byId("classes-dialog").querySelector("[name=another]");
    const take = () => {
      const wanted = another.value.trim().toLowerCase();
      const found =
        index.classes.find(([id]) => id.toLowerCase() === wanted || nameOfId.get(id).toLowerCase() === wanted) ??
        index.classes.find(([, name]) => name.toLowerCase() === wanted);
      byId("classes-wrong").textContent = wanted && !found ? `This dataset has no class “${another.value.trim()}”.` : "";
      if (found) {
        const there = [...box.querySelectorAll("input")].find((one) => one.value === found[0]);
        if (there) {
          there.checked = true;
        } else {
          add(found[0], true);
        }
        another.value = "";
      }
      return !wanted || Boolean(found);
    };
    another.value = "";
    byId("classes-wrong").textContent = "";
    byId("classes-add").onclick = take;
    another.onkeydown = (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        take();
      }
    };
    const answer = await ask("classes-dialog");
    const areAll = (ids, others) => ids.length === others.length && ids.every((id) => others.includes(id));
    if (answer === "none" && row?.class_ids) {
      await say({ class_ids: "" });
    } else if (answer === "ok" && take()) {
      const ids = [...box.querySelectorAll("input:checked")].map((one) => one.value);
      if (areAll(ids, right)) {
        return; // it is left as it was opened
      }
      if (ids.length) {
        await say({ class_ids: areAll(ids, annotated) ? "" : ids.join("|"), verdict: row?.verdict || "keep" });
      } else {
        await say({ class_ids: "", verdict: "drop" }); // no class is right
      }
    }
  };

  const takeBack = async () => {
    if (state.card === null) {
      return;
    }
    const nothing = { verdict: "", caption: "", class_ids: "", note: "" };
    for (const row of verdicts.of(cards.id[state.card]).filter((one) => one.reviewer === reviewer && !Review.isEmpty(one))) {
      await say(nothing, row.ordinal || undefined);
    }
    speak("Taken back.");
  };

  const download = () => {
    const file = new Blob([Review.csv(verdicts.rows.values())], { type: "text/csv;charset=utf-8" });
    const link = element("a", "", { href: URL.createObjectURL(file), download: "reviews.csv" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const openFilters = () => {
    byId("filterbox").open = true;
    filters.elements.class.focus();
  };

  // --- keys and buttons ---

  const KEYS = {
    " ": () => player.toggle(), p: () => player.toggle(), ArrowLeft: () => player.step(-1), ArrowRight: () => player.step(1),
    o: () => same.toggle(), x: () => speak(`You hear ${same.swap()}.`), m: () => speak(same.another()),
    n: next, b: previous, k: () => judge("keep"), d: () => judge("drop"), c: fix, r: relabel, t: note, u: takeBack,
    s: download, f: openFilters, "?": () => ask("help-dialog"),
  };

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const writes = at.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    const presses = event.key === " " && at.closest("button, summary, a, input");
    const isOff = event.ctrlKey || event.metaKey || event.altKey || event.repeat && !event.key.startsWith("Arrow");
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (isOff || writes || presses || document.querySelector("dialog[open]") || !Object.hasOwn(KEYS, key) || !byId("single").checked) {
      return;
    }
    if (byId("player").hidden && [" ", "p", "ArrowLeft", "ArrowRight"].includes(key)) {
      return;
    }
    if (byId("same").hidden && ["o", "x", "m"].includes(key)) {
      return;
    }
    event.preventDefault();
    KEYS[key]();
  });

  const press = (id, act) => byId(id).addEventListener("click", act);
  press("another", () => speak(same.another()));
  press("next", next);
  press("previous", previous);
  press("keep", () => judge("keep"));
  press("drop", () => judge("drop"));
  press("fix", fix);
  press("relabel", relabel);
  press("note", note);
  press("undo", takeBack);
  press("download", download);
  press("who", askWho);
  press("help", () => ask("help-dialog"));
  press("all", () => {
    filters.reset();
    filters.dispatchEvent(new Event("change"));
  });
  const filter = () => {
    for (const name of [...Review.FILTERS, "order"]) {
      state.filters[name] = filters.elements[name].value;
    }
    state.filters.unjudged = filters.elements.unjudged.checked;
    choose();
    tellWidest();
  };
  filters.addEventListener("change", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.elements.text.addEventListener("input", () => {
    clearTimeout(state.then);
    state.then = setTimeout(filter, 200);
  });
  for (const name of ["goon", "single"]) {
    byId(name).checked = settings.get(name) !== "off";
    byId(name).addEventListener("change", () => settings.set(name, byId(name).checked ? "on" : "off"));
  }
  addEventListener("hashchange", () => choose(readAddress()));
  addEventListener("storage", (event) => verdicts.heard(event));
  addEventListener("online", () => saving.start());
  verdicts.changed = tellAll;

  document.title = `Review of ${index.dataset}`;
  byId("dataset").textContent = `of ${index.dataset}`;
  byId("cards-about").textContent = `${count(cards.id.length)} clips have cards: of each class, finding and status some, drawn by a seed.`;
  fillFilters();
  choose(readAddress());
  tellProgress();
  saving.start();
})();
