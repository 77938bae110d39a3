// The server's clock, as well as messages let us know it.

const REMEMBERED = 12;

export class ServerClock {
  /** @param {() => number} [local] milliseconds on this device */
  constructor(local = Date.now) {
    this.local = local;
    /** @type {number[]} */
    this.heard = [];
    this.offset = 0;
  }

  /** @param {number} now the server's time when it sent a message */
  hear(now) {
    this.heard = [...this.heard, now - this.local()].slice(-REMEMBERED);
    // Delay on the way only ever makes the server seem earlier, so the largest difference is the truest.
    this.offset = Math.max(...this.heard);
  }

  /** @returns {number} the server's time now, in milliseconds */
  now() {
    return this.local() + this.offset;
  }
}
