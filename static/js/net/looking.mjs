// Reads something again whenever it has changed, at most once a second; the newest answer counts.

const AT_MOST_EVERY = 1000;
/** What could not be read is tried again after so many times as long. */
const REST = 4;

/**
 * @typedef {object} Reader
 * @property {(address: string) => Promise<any>} read resolves with what is there now; rejects when it cannot be had
 * @property {(read: any) => void} took
 * @property {() => void} [failed]
 */

export class Looking {
  /** @param {Reader} reader @param {number} [every] ms */
  constructor(reader, every = AT_MOST_EVERY) {
    this.reader = reader;
    this.every = every;
    this.address = "";
    this.nextAt = 0;
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /**
   * There is something new to be read here.
   * @param {string} address
   */
  look(address) {
    if (address !== this.address) {
      // Somewhere else: at once, and what is still on its way from before counts no more.
      this.stop();
      this.nextAt = 0;
    }
    this.address = address;
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.#read(), Math.max(0, this.nextAt - Date.now()));
  }

  /** Read nothing any more. */
  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.asked += 1;
  }

  #read() {
    this.timer = undefined;
    this.nextAt = Date.now() + this.every;
    this.asked += 1;
    const mine = this.asked;
    this.reader.read(this.address).then(
      (read) => {
        if (mine === this.asked) this.reader.took(read);
      },
      () => {
        if (mine !== this.asked) return;
        this.reader.failed?.();
        this.nextAt = Date.now() + this.every * REST;
        this.look(this.address);
      },
    );
  }
}
