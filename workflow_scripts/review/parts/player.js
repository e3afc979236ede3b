// What plays a clip, with its waveform, spectrogram and events over one axis of time.
"use strict";

Review.Player = class {
  constructor(elements) {
    Object.assign(this, elements); // box, play, seek, time, pictures, waveform, spectrogram, highest, lanes, playhead, axis
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.audio.addEventListener("play", () => this._playing(true));
    for (const event of ["pause", "ended"]) {
      this.audio.addEventListener(event, () => this._playing(false));
    }
    this.audio.addEventListener("timeupdate", () => this._move());
    this.audio.addEventListener("seeked", () => this._move());
    this.play.addEventListener("click", () => this.toggle());
    this.seek.addEventListener("input", () => this.go(Number(this.seek.value)));
    this.pictures.addEventListener("pointerdown", (event) => this._pointed(event));
    this.pictures.addEventListener("pointermove", (event) => event.buttons & 1 && this._pointed(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.wave?.setOptions(this._colours()));
  }

  /** Show a clip: `detail` of its card, `folder` of its pack, events as {name, from, to}. */
  show(detail, folder, events) {
    this.wave?.destroy();
    this.wave = null;
    this.seconds = detail.seconds;
    this.audio.src = folder + detail.sound;
    this.wave = WaveSurfer.create({
      container: this.waveform,
      media: this.audio,
      peaks: [detail.peaks.map((peak) => peak / 100)],
      duration: detail.seconds,
      height: 56,
      normalize: false,
      interact: false,
      cursorWidth: 0,
      hideScrollbar: true,
      cspNonce: "waveform",
      ...this._colours(),
    });
    this.spectrogram.src = folder + detail.spectrogram;
    this.spectrogram.alt = `Mel spectrogram from 0 to ${Review.number(detail.highest_hz / 1000, 2)} kHz`;
    this.highest.textContent = `${Review.number(detail.highest_hz / 1000, 2)} kHz`;
    this.seek.max = detail.seconds;
    this._axis();
    this._events(events);
    this._move();
  }

  /** Let go of the clip that was shown. */
  hide() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.wave?.destroy();
    this.wave = null;
    this.spectrogram.removeAttribute("src");
    this.spectrogram.alt = "";
    this.lanes.replaceChildren();
    this.axis.replaceChildren();
  }

  async start() {
    try {
      await this.audio.play();
    } catch {
      // the browser waits for a gesture, or another card has come
    }
  }

  toggle() {
    return this.audio.paused ? this.start() : this.audio.pause();
  }

  go(seconds) {
    this.audio.currentTime = Math.min(this.seconds, Math.max(0, seconds));
    this._move();
  }

  step(seconds) {
    this.go(this.audio.currentTime + seconds);
  }

  _colours() {
    const style = getComputedStyle(document.documentElement);
    return { waveColor: style.getPropertyValue("--wave").trim(), progressColor: style.getPropertyValue("--accent").trim() };
  }

  _playing(is) {
    this.play.firstChild.textContent = is ? "Pause " : "Play ";
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
    const now = Math.min(this.audio.currentTime, this.seconds);
    this.playhead.style.left = `${(100 * now) / this.seconds}%`;
    this.seek.value = now;
    this.seek.setAttribute("aria-valuetext", `${now.toFixed(1)} of ${this.seconds.toFixed(1)} seconds`);
    this.time.textContent = `${now.toFixed(1)} / ${this.seconds.toFixed(1)} s`;
  }

  _pointed(event) {
    if (event.button > 0 || !this.seconds) {
      return;
    }
    const box = this.pictures.getBoundingClientRect();
    this.go((this.seconds * (event.clientX - box.left)) / box.width);
  }

  _axis() {
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600].find((one) => this.seconds / one <= 8) ?? 1200;
    const ticks = [];
    for (let at = 0; at <= this.seconds * 0.97; at += step) {
      const tick = document.createElement("span");
      tick.textContent = `${Review.number(at, 2)} s`;
      tick.style.left = `${(100 * at) / this.seconds}%`;
      ticks.push(tick);
    }
    this.axis.replaceChildren(...ticks);
  }

  /** Events of one class are side by side in a lane of their own. */
  _events(events) {
    const lanes = new Map();
    for (const { name, from, to } of events.filter((one) => one.from < this.seconds)) {
      if (!lanes.has(name)) {
        lanes.set(name, document.createElement("div"));
        lanes.get(name).className = "lane";
        const title = document.createElement("span");
        title.className = "lane-name";
        title.textContent = name;
        lanes.get(name).append(title);
      }
      const bar = document.createElement("span");
      bar.className = "event";
      bar.style.left = `${(100 * from) / this.seconds}%`;
      bar.style.width = `${(100 * (Math.min(to ?? from, this.seconds) - from)) / this.seconds}%`;
      lanes.get(name).append(bar);
    }
    this.lanes.replaceChildren(...lanes.values());
  }
};

/** A number with at most so many digits behind the point, and no more than it needs. */
Review.number = (value, digits) => String(Number(value.toFixed(digits)));
