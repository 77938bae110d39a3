// Where calls may go: asked of the server, and asked again before the relay's credentials end.

/** When to ask again, as a share of a credential's life: early enough for a few failures. */
const RENEW_AT = 0.75;
const RETRY_AFTER = 20_000;
/** A call that finds nobody, for rooms that a media server carries. @type {RTCConfiguration} */
export const NO_WAY = { iceServers: [], iceTransportPolicy: "relay" };

export class IceServers {
  /**
   * @param {object} parts
   * @param {string} parts.address
   * @param {(ice: RTCConfiguration | null, reason: string) => void} parts.found null: there is no video here, and why
   * @param {(address: string) => Promise<Response>} [parts.fetch]
   * @param {(run: () => void, after: number) => ReturnType<typeof setTimeout>} [parts.later]
   */
  constructor({
    address,
    found,
    fetch = (there) => globalThis.fetch(there),
    // A browser's own function is refused as somebody else's method.
    later = (run, after) => setTimeout(run, after),
  }) {
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
    const { seconds, reason } = answer;
    this.found(configuration(answer), reason ?? "");
    // A life, not a time: a school's clock may be wrong.
    if (seconds) this.#askAfter(seconds * 1000 * RENEW_AT);
  }

  /** Ask no more. */
  stop() {
    clearTimeout(this.timer);
    this.asked += 1;
  }

  #answer() {
    return asked(this.address, this.fetch);
  }

  /** @param {number} after */
  #askAfter(after) {
    this.timer = this.later(() => void this.ask(), after);
  }
}

/**
 * Ask once, for a call that ends before its credentials do.
 * @param {string} address
 * @returns {Promise<RTCConfiguration | null>} null: no answer, or no video on this server
 */
export async function iceOnce(address) {
  const answer = await asked(address, (there) => globalThis.fetch(there));
  return answer && configuration(answer);
}

/**
 * @param {string} address
 * @param {(address: string) => Promise<Response>} fetch
 */
async function asked(address, fetch) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // without a network; asked again soon, and with the next connection
  }
}

/**
 * @param {RTCConfiguration & {video?: boolean}} answer
 * @returns {RTCConfiguration | null}
 */
function configuration({ iceServers, iceTransportPolicy, video }) {
  return video === false ? null : { iceServers, iceTransportPolicy };
}
