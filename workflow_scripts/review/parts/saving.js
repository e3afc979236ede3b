// Saving verdicts at a server, where the page comes from one that takes them; they are kept in the browser all the same.
"use strict";

Review.Saving = class {
  /**
   * @param verdicts what is known.
   * @param tell called with what the reviewer should see: {state: "browser" | "saving" | "saved" | "unsaved", words}.
   */
  constructor(verdicts, tell, address = "reviews") {
    this.verdicts = verdicts;
    this.tell = tell;
    this.address = address;
    this.waiting = new Map();
    this.refused = "";
    this.isServed = false;
    this.isBusy = false;
    this.pause = 1000;
  }

  /** Ask the server what it has, and give it what it has not. A server that takes no verdicts is no fault. */
  async start() {
    if (!/^https?:$/.test(location.protocol)) {
      return this.tell({ state: "browser" });
    }
    let rows;
    try {
      const answer = await fetch(this.address, { headers: { Accept: "application/json" }, cache: "no-store" });
      rows = answer.ok && /json/.test(answer.headers.get("content-type") ?? "") ? await answer.json() : null;
      if (!answer.ok && answer.status !== 404 && answer.status !== 405) {
        return this.tell({ state: "unsaved", words: `the server does not give its verdicts: ${(await answer.text()).slice(0, 200)}` });
      }
    } catch (error) {
      return this.tell({ state: "unsaved", words: `no answer from the server: ${error.message}` });
    }
    if (!Array.isArray(rows)) {
      return this.tell({ state: "browser" });
    }
    this.isServed = true;
    const there = new Map(rows.map(Review.row).map((row) => [Review.keyOf(row), row]));
    there.forEach((row) => this.verdicts.merge(row));
    this.verdicts.rows.forEach((row, key) => {
      if (!there.has(key) ? !Review.isEmpty(row) : Review.isNewer(row, there.get(key))) {
        this.waiting.set(key, row);
      }
    });
    this.verdicts.changed();
    return this._send();
  }

  /** A row was written. */
  add(row) {
    if (!this.isServed) {
      return this.tell({ state: "browser" });
    }
    this.waiting.set(Review.keyOf(row), row);
    return this._send();
  }

  async _send() {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    let most = 50;
    while (this.waiting.size) {
      const rows = this._batch(most);
      this.tell({ state: "saving", words: `${this.waiting.size} to save` });
      const fault = await this._post(rows);
      if (fault && fault.isFinal && rows.length > 1) {
        most = 1; // one row that is refused keeps no other from being saved
      } else if (fault && !fault.isFinal) {
        this.tell({ state: "unsaved", words: `${this.waiting.size} not saved yet: ${fault.words}` });
        await new Promise((resolve) => setTimeout(resolve, this.pause));
        this.pause = Math.min(30000, this.pause * 2);
      } else {
        this.pause = 1000;
        this.refused = fault ? fault.words : this.refused;
        rows.forEach((row) => this.waiting.get(Review.keyOf(row)) === row && this.waiting.delete(Review.keyOf(row)));
      }
    }
    this.isBusy = false;
    this.tell(this.refused ? { state: "unsaved", words: `refused: ${this.refused}` } : { state: "saved" });
  }

  /** Some of what waits; a request that outlives its page holds 64 kB at most. */
  _batch(most) {
    const rows = [];
    let bytes = 0;
    for (const row of this.waiting.values()) {
      bytes += new Blob([JSON.stringify(row)]).size + 1;
      if (rows.length && (rows.length >= most || bytes > 60000)) {
        break;
      }
      rows.push(row);
    }
    return rows;
  }

  async _post(rows) {
    const body = JSON.stringify({ rows });
    const headers = { "Content-Type": "application/json" };
    try {
      const keepalive = new Blob([body]).size < 60000;
      const answer = await fetch(this.address, { method: "POST", headers, body, keepalive });
      return answer.ok ? null : { words: (await answer.text()).slice(0, 300) || `answer ${answer.status}`, isFinal: [400, 413, 422].includes(answer.status) };
    } catch (error) {
      return { words: error.message, isFinal: false };
    }
  }
};
