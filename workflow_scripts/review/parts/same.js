// The other clips that hold the sound of a card's clip: one at a time beside it, with what is said of both.
"use strict";

Review.Same = class {
  /** Of two clips the one stands `here`, the other `there`; `go` leads to a card. */
  constructor(go) {
    const byId = (id) => document.getElementById(id);
    this.go = go;
    this.box = byId("same");
    this.sides = ["here", "there"].map(byId);
    const parts = this.sides.map((side) => ({
      audio: side.querySelector("audio"), pictures: side.querySelector(".pictures"), spectrogram: side.querySelector("img"),
      highest: side.querySelector(".hertz"), playhead: side.querySelector(".playhead"),
    }));
    this.pair = new Review.Pair({
      play: byId("both"), hear: byId("hear"), seek: byId("same-seek"), time: byId("same-time"), sides: parts,
    });
    [this.told, this.not, this.transport, this.next] = ["same-told", "same-not", "same-transport", "another"].map(byId);
  }

  /** Show the first of the others, each as it stands in its pack; `cardOf` says which has a card. */
  show(others, here, folder, cardOf) {
    Object.assign(this, { others, here, folder, cardOf, place: 0 });
    this.box.hidden = !others.length;
    if (others.length) {
      this._tell();
    }
  }

  hide() {
    this.pair.hide();
    this.box.hidden = true;
  }

  toggle() {
    return this.transport.hidden ? null : this.pair.toggle();
  }

  pause() {
    this.pair.pause();
  }

  /** Have something done whenever the two begin to play. */
  started(act) {
    this.sides[0].querySelector("audio").addEventListener("play", act);
  }

  /** Which of the two is heard from now on. */
  swap() {
    return this.pair.swap();
  }

  /** Show the next of the others; which that is. */
  another() {
    this.place = (this.place + 1) % this.others.length;
    this._tell();
    const other = this.others[this.place];
    return `Beside it: ${other.clip} of ${other.dataset}.`;
  }

  _tell() {
    const other = this.others[this.place];
    const isHeard = Boolean(other.here && other.there);
    this.pair.hide();
    this.told.textContent = this._words(other);
    this.not.hidden = isHeard;
    this.not.textContent = isHeard ? "" : `The two cannot be played side by side: ${other.why}.`;
    this.transport.hidden = !isHeard;
    this.next.hidden = this.others.length === 1;
    this.next.firstChild.textContent = `${this.place + 1} of ${this.others.length}: next `;
    this._side(this.sides[0], this.here, other.labels, isHeard);
    this._side(this.sides[1], other, this.here.labels, isHeard);
    if (isHeard) {
      this.pair.show([other.here, other.there], this.folder);
    }
  }

  _words(other) {
    const how = other.how === "samples" ? "Their files hold the same samples" : "By its fingerprint";
    const wrong = other.error_rate ? `, ${Review.number(100 * other.error_rate, 1)} % of which differs` : "";
    const at = (seconds) => `${Review.number(seconds, 2)} s`;
    const where = `from ${at(other.from_s)} of this clip and ${at(other.other_from_s)} of the other`;
    const more = other.others > this.others.length ? ` ${other.others.toLocaleString("en")} clips have it in all.` : "";
    return `${how}: ${at(other.overlap_s)} are shared${wrong}, ${where}.${more}`;
  }

  /** A clip with its labels, of which those that the other has not are marked. */
  _side(side, clip, labels, isHeard) {
    const [title, marks, , , list, sentences] = side.children;
    const card = side.id === "there" ? this.cardOf(clip) : undefined;
    title.textContent = card === undefined ? clip.clip : "";
    if (card !== undefined) {
      const link = document.createElement("a");
      link.textContent = clip.clip;
      link.href = `#clip=${encodeURIComponent(clip.clip)}`;
      link.addEventListener("click", (event) => { event.preventDefault(); this.go(card); });
      title.append(link);
    }
    const mark = (text, name) => Object.assign(document.createElement("span"), { textContent: text, className: name, dir: "auto" });
    const isOdd = clip.status && clip.status !== "usable";
    marks.replaceChildren(
      mark(clip.dataset, "mark"), mark(clip.split, "mark"), ...(isOdd ? [mark(clip.status, "mark warn")] : []),
    );
    side.querySelector(".pictures").hidden = !isHeard;
    list.replaceChildren(...clip.labels.map((name) => {
      const isAlone = !labels.includes(name);
      return this._item(isAlone ? `${name} (only here)` : name, isAlone ? "aside" : "");
    }));
    if (!clip.labels.length) {
      list.append(this._item("no labels", "aside"));
    }
    sentences.hidden = !clip.captions.length;
    sentences.replaceChildren(...clip.captions.map((text) => this._item(text.length > 500 ? `${text.slice(0, 499)}…` : text, "")));
  }

  _item(text, name) {
    return Object.assign(document.createElement("li"), { textContent: text, className: name, dir: "auto" });
  }
};
