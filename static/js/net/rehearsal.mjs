// A device's line to a rehearsal: it joins once, says what it has found, and hears what is under way.

/** @import {Summary, Transport} from "../rtc/loopback.mjs" */
/** @typedef {"works" | "refused" | "missing" | "busy" | "insecure" | "unasked"} Mark */
/** @typedef {{transport: Transport, ok: boolean, ms: number | null}} Way */
/**
 * @typedef {{camera: Mark, microphone: Mark, socket: boolean | null, ways: Way[], tried: boolean,
 *   measured: (Summary & {round: number}) | null}} Report
 */
/** @typedef {"gathering" | "together" | "counting" | "told" | "over"} Phase */
/** @typedef {{phase: Phase, round: number, seconds_left: number}} News */
/** @typedef {{iceServers: RTCIceServer[], iceTransportPolicy: RTCIceTransportPolicy, video: boolean}} Servers */
/** @typedef {"over" | "full" | "offline"} Trouble */

const SOCKET_PATIENCE = 8000;

/** What came in place of an answer. */
export class NoAnswer extends Error {
  /** @param {Trouble} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

export class RehearsalLine {
  /**
   * @param {string} here the page's own path, /rehearse/CODE
   * @param {string} rehearsal
   * @param {Pick<Storage, "getItem" | "setItem"> | undefined} shelf where a reload finds its number again
   * @param {typeof fetch} [ask]
   */
  constructor(here, rehearsal, shelf, ask = (...given) => fetch(...given)) {
    this.here = here;
    this.place = `havruta-rehearsal/${rehearsal}`;
    this.shelf = shelf;
    this.ask = ask;
    /** @type {{number: number, key: string} | null} */
    this.me = this.#remembered();
  }

  /** @returns {Promise<number>} this device's number */
  async join() {
    if (this.me) return this.me.number;
    const me = await this.#post(`${this.here}/devices`, {});
    this.me = { number: me.number, key: me.key };
    try {
      this.shelf?.setItem(this.place, JSON.stringify(this.me));
    } catch {
      // after a reload the device has another number then
    }
    return this.me.number;
  }

  /**
   * @param {Report | null} report null: nothing new
   * @returns {Promise<News>}
   */
  say(report) {
    return this.#post(this.#mine(), { key: this.me?.key, ...(report && { report }) });
  }

  /** @returns {Promise<Servers>} */
  ice() {
    return this.#post(`${this.#mine()}/ice`, { key: this.me?.key });
  }

  #mine() {
    return `${this.here}/devices/${this.me?.number}`;
  }

  #remembered() {
    try {
      return JSON.parse(this.shelf?.getItem(this.place) ?? "null");
    } catch {
      return null;
    }
  }

  /**
   * @param {string} address
   * @param {object} said
   * @returns {Promise<any>}
   */
  async #post(address, said) {
    const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) };
    let answer;
    try {
      answer = await this.ask(address, sent);
    } catch {
      throw new NoAnswer("offline");
    }
    if (answer.ok) return answer.json();
    if (answer.status === 409) throw new NoAnswer("full");
    // Gone, or this number now belongs to another device: only a new start helps.
    throw new NoAnswer([403, 404, 410].includes(answer.status) ? "over" : "offline");
  }
}

/**
 * Whether a websocket to the lesson's address opens and speaks: school filters that break it break the lesson page.
 * @param {string} path
 * @param {(address: string) => WebSocket} [open]
 * @returns {Promise<boolean>}
 */
export function socketOpens(path, open = (address) => new WebSocket(address)) {
  const address = new URL(`${path}?EIO=4&transport=websocket`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  return new Promise((resolve) => {
    const socket = open(address.href);
    const done = (/** @type {boolean} */ ok) => {
      clearTimeout(timer);
      socket.onclose = null;
      socket.close();
      resolve(ok);
    };
    const timer = setTimeout(() => done(false), SOCKET_PATIENCE);
    // "0": the server's greeting; a proxy that opens the line and swallows what comes is found out as well.
    socket.onmessage = ({ data }) => done(String(data).startsWith("0"));
    socket.onerror = () => done(false);
    socket.onclose = () => done(false);
  });
}
