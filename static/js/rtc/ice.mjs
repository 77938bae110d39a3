// Where calls may go: asked of the server, and asked again before the relay's credentials end.

/** When to ask again, as a share of a credential's life: early enough for a few failures. */
const RENEW_AT = 0.75;
const RETRY_AFTER = 20_000;

export class IceServers {
  /**
   * @param {object} parts
   * @param {string} parts.address
   * @param {(ice: RTCConfiguration | null) => void} parts.found null: there is no video on this server
   * @param {(address: string) => Promise<Response>} [parts.fetch]
   * @param {(run: () => void, after: number) => ReturnType<typeof setTimeout>} [parts.later]
   */
  constructor({ address, found, fetch = (there) => globalThis.fetch(there), later = setTimeout }) {
    this.address = address;
    this.found = found;
    this.fetch = fetch;
    this.later = later;
    this.asked = 0;
  }

  /** Ask now, and from then on whenever it is time. An answer that comes after a newer question is not used. */
  async ask() {
    clearTimeout(this.timer);
    this.asked += 1;
    const mine = this.asked;
    const answer = await this.#answer();
    if (mine !== this.asked) return;
    if (!answer) {
      this.#askAfter(RETRY_AFTER);
      return;
    }
    const { iceServers, iceTransportPolicy, video, seconds } = answer;
    this.found(video === false ? null : { iceServers, iceTransportPolicy });
    // A life, not a time: a school's clock may be wrong.
    if (seconds) this.#askAfter(seconds * 1000 * RENEW_AT);
  }

  /** Ask no more. */
  stop() {
    clearTimeout(this.timer);
    this.asked += 1;
  }

  async #answer() {
    try {
      const answer = await this.fetch(this.address);
      return answer.ok ? await answer.json() : null;
    } catch {
      return null; // without a network; asked again soon, and with the next connection
    }
  }

  /** @param {number} after */
  #askAfter(after) {
    this.timer = this.later(() => void this.ask(), after);
  }
}
