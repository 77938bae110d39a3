// Keeps a phone's screen awake while a lesson runs: a call ends where the screen goes dark.

/** @typedef {{request: (kind: "screen") => Promise<{release: () => Promise<void>}>}} Locks */

export class Awake {
  /** @param {{locks?: Locks, page?: Pick<Document, "visibilityState" | "addEventListener">}} [parts] */
  constructor({ locks = globalThis.navigator?.wakeLock, page = document } = {}) {
    this.locks = locks;
    this.page = page;
    this.wanted = false;
    /** @type {{release: () => Promise<void>} | null} */
    this.lock = null;
    // Browsers let go of it whenever the page is out of sight.
    page.addEventListener("visibilitychange", () => void this.#again());
  }

  /** @param {boolean} wanted */
  async want(wanted) {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (wanted) await this.#again();
    else {
      const { lock } = this;
      this.lock = null;
      await lock?.release().catch(() => {});
    }
  }

  async #again() {
    if (!this.wanted || this.page.visibilityState !== "visible") return;
    try {
      const lock = await this.locks?.request("screen");
      this.lock = lock ?? null;
      if (!this.wanted) await lock?.release();
    } catch {
      // an empty battery, or a browser without it: the screen goes dark as it always does
    }
  }
}
