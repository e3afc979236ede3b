// What reviewers said: rows of reviews.csv, kept in the browser, merged between tabs and with a server.
// These scripts are no modules: a page that was opened from disk may load none.
"use strict";

const Review = { index: null, packs: {} };

Review.COLUMNS = ["clip_id", "verdict", "reviewer", "reviewed_at", "ordinal", "caption", "class_ids", "note", "pcm_digest"];

/** A row with every column as text, whatever it came as; control characters, which no cell may hold, are blanks. */
Review.row = (given) => {
  const row = {};
  for (const name of Review.COLUMNS) {
    row[name] = given[name] === null || given[name] === undefined ? "" : Review.plain(String(given[name]));
  }
  return row;
};

/** Text without control characters other than ends of lines, and without halves of surrogate pairs. */
Review.plain = (text) =>
  text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ").toWellFormed();

/** What a row is about: of two of one key the newer holds. */
Review.keyOf = (row) => JSON.stringify([row.clip_id, row.reviewer, row.ordinal]);

/** Whether a row was written after another; of two at one time, the one whose text is greater, so that all agree. */
Review.isNewer = (row, other) => {
  const [time, before] = [Date.parse(row.reviewed_at) || 0, Date.parse(other.reviewed_at) || 0];
  return time !== before ? time > before : JSON.stringify(row) > JSON.stringify(other);
};

/** Whether a row says nothing: what was said has been taken back. */
Review.isEmpty = (row) => !(row.verdict || row.caption || row.class_ids || row.note);

/** Whether a row was said of the sound whose digest begins so; who does not tell of which is taken at his word. */
Review.isOfSound = (row, begins) => !row.pcm_digest || !begins || row.pcm_digest.startsWith(begins);

/** Rows as CSV (RFC 4180), by clip, reviewer and caption. Cells hold exactly what was written. */
Review.csv = (rows) => {
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const said = [...rows].filter((row) => !Review.isEmpty(row));
  const by = (row) => [row.clip_id, row.reviewer, row.ordinal.padStart(9, " ")];
  said.sort((one, other) => {
    const place = by(one).findIndex((text, ordinal) => text !== by(other)[ordinal]);
    return place < 0 ? 0 : by(one)[place] < by(other)[place] ? -1 : 1;
  });
  const lines = said.map((row) => Review.COLUMNS.map((name) => cell(row[name])).join(","));
  return [Review.COLUMNS.join(","), ...lines].map((line) => `${line}\r\n`).join("");
};

/**
 * All rows that are known. Each is kept in the browser under a key of its own, so that tabs that write at once lose
 * nothing of each other.
 */
Review.Verdicts = class {
  constructor(dataset, storage) {
    this.prefix = `soundledger review ${dataset} `;
    this.storage = storage;
    this.rows = new Map();
    this.ofClip = new Map();
    this.isKept = true;
    this.changed = () => {};
    try {
      for (let place = 0; place < storage.length; place += 1) {
        this._read(storage.key(place));
      }
    } catch {
      this.isKept = false;
    }
  }

  /** Take a row in if it is newer than what is known; whether it was. */
  merge(given) {
    const row = Review.row(given);
    const known = this.rows.get(Review.keyOf(row));
    if (known && !Review.isNewer(row, known)) {
      return false;
    }
    this._know(row);
    try {
      this.storage.setItem(this.prefix + Review.keyOf(row), JSON.stringify(row));
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
    return true;
  }

  /** Another tab wrote something. */
  heard(event) {
    if (event.key?.startsWith(this.prefix) && event.newValue) {
      this._read(event.key, event.newValue);
      this.changed();
    }
  }

  /** The rows of a clip. */
  of(clip) {
    return [...(this.ofClip.get(clip)?.values() ?? [])];
  }

  /** What one reviewer said of a clip as a whole, and of the first of its captions, if anything. */
  own(clip, reviewer) {
    const rows = this.of(clip).filter((row) => row.reviewer === reviewer && (row.ordinal === "" || row.ordinal === "0"));
    return rows.reduce((one, other) => (one && Review.isNewer(one, other) ? one : other), null);
  }

  _read(key, value = this.storage.getItem(key)) {
    if (!key?.startsWith(this.prefix)) {
      return;
    }
    try {
      const row = Review.row(JSON.parse(value));
      const known = this.rows.get(Review.keyOf(row));
      if (!known || Review.isNewer(row, known)) {
        this._know(row);
      }
    } catch {
      // nothing of ours stands there
    }
  }

  _know(row) {
    const key = Review.keyOf(row);
    this.rows.set(key, row);
    if (!this.ofClip.has(row.clip_id)) {
      this.ofClip.set(row.clip_id, new Map());
    }
    this.ofClip.get(row.clip_id).set(key, row);
  }
};
