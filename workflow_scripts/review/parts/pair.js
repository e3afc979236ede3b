// What plays the same stretch of sound out of two clips, the one beside the other, in step.
"use strict";

Review.HEARD = ["both", "this clip", "the other"];

Review.Pair = class {
  constructor(elements) {
    Object.assign(this, elements); // play, hear, seek, time, sides: of each side audio, spectrogram, highest, playhead
    this.heard = 0;
    for (const { audio } of this.sides) {
      audio.addEventListener("ended", () => this.pause());
      audio.addEventListener("seeked", () => this._move());
    }
    this._lead.addEventListener("play", () => this._playing(true));
    this._lead.addEventListener("pause", () => this._playing(false));
    this._lead.addEventListener("timeupdate", () => this._move());
    this.play.addEventListener("click", () => this.toggle());
    this.hear.addEventListener("click", () => this.swap());
    this.seek.addEventListener("input", () => this.go(Number(this.seek.value)));
    for (const { pictures } of this.sides) {
      pictures.addEventListener("pointerdown", (event) => this._pointed(event, pictures));
      pictures.addEventListener("pointermove", (event) => event.buttons & 1 && this._pointed(event, pictures));
    }
    this._tellHeard();
  }

  /** Show the stretch as each clip has it: {sound, spectrogram, seconds, highest_hz}; files lie in `folder`. */
  show(stretches, folder) {
    this.seconds = Math.min(...stretches.map((one) => one.seconds));
    this.sides.forEach((side, place) => {
      const stretch = stretches[place];
      const highest = `${Review.number(stretch.highest_hz / 1000, 2)} kHz`;
      side.audio.src = folder + stretch.sound;
      side.spectrogram.src = folder + stretch.spectrogram;
      side.spectrogram.alt = `Mel spectrogram of the stretch in ${Review.HEARD[place + 1]}, from 0 to ${highest}`;
      side.highest.textContent = highest;
    });
    this.seek.max = this.seconds;
    this._move();
  }

  /** Let go of the stretch that was shown. */
  hide() {
    this.pause();
    for (const { audio, spectrogram } of this.sides) {
      audio.removeAttribute("src");
      spectrogram.removeAttribute("src");
      spectrogram.alt = "";
    }
  }

  /** Both start at one moment of the stretch, once both can. */
  async start() {
    const [lead, other] = this.sides.map(({ audio }) => audio);
    const from = lead.currentTime < this.seconds - 0.05 ? lead.currentTime : 0;
    this.go(from);
    try {
      await Promise.all([lead, other].map((audio) => this._ready(audio)));
      await Promise.all([lead.play(), other.play()]);
    } catch {
      this.pause(); // the browser waits for a gesture, or another card has come
    }
  }

  pause() {
    this.sides.forEach(({ audio }) => audio.pause());
  }

  toggle() {
    return this._lead.paused ? this.start() : this.pause();
  }

  /** Hear both, this one alone or the other alone, in turn; both go on. */
  swap() {
    this.heard = (this.heard + 1) % Review.HEARD.length;
    this._tellHeard();
    return Review.HEARD[this.heard];
  }

  go(seconds) {
    const to = Math.min(this.seconds, Math.max(0, seconds));
    this.sides.forEach(({ audio }) => { audio.currentTime = to; });
    this._move();
  }

  get _lead() {
    return this.sides[0].audio;
  }

  _ready(audio) {
    if (audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && !audio.seeking) {
      return null;
    }
    return new Promise((resolve, reject) => {
      audio.addEventListener("canplay", resolve, { once: true });
      audio.addEventListener("emptied", reject, { once: true });
      audio.addEventListener("error", reject, { once: true });
    });
  }

  _tellHeard() {
    this.hear.firstChild.textContent = `Hear: ${Review.HEARD[this.heard]} `;
    this.sides.forEach(({ audio }, place) => { audio.muted = this.heard !== 0 && this.heard !== place + 1; });
  }

  _playing(is) {
    this.play.firstChild.textContent = is ? "Pause both " : "Play both ";
    cancelAnimationFrame(this.frame);
    const follow = () => {
      this._move();
      this.frame = requestAnimationFrame(follow);
    };
    if (is && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      follow();
    }
    this._move();
  }

  _move() {
    const [lead, other] = this.sides.map(({ audio }) => audio);
    const now = Math.min(lead.currentTime, this.seconds);
    if (!lead.paused && !other.paused && !other.seeking && Math.abs(other.currentTime - now) > 0.04) {
      other.currentTime = now; // two elements have a clock each
    }
    this.sides.forEach(({ playhead }) => { playhead.style.left = `${(100 * now) / this.seconds}%`; });
    this.seek.value = now;
    this.seek.setAttribute("aria-valuetext", `${now.toFixed(1)} of ${this.seconds.toFixed(1)} seconds`);
    this.time.textContent = `${now.toFixed(1)} / ${this.seconds.toFixed(1)} s`;
  }

  _pointed(event, pictures) {
    if (event.button > 0 || !this.seconds) {
      return;
    }
    const box = pictures.getBoundingClientRect();
    this.go((this.seconds * (event.clientX - box.left)) / box.width);
  }
};
