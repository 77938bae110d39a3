// How long the own voice is heard in a step: counted here from the level of the microphone, and never recorded.

const LOUD = 0.08;
/** Between words and breaths one is still speaking. */
const BREATH = 600;
/** A page that slept has heard nothing. */
const LONGEST_GAP = 1500;

export class TalkMeter {
  /** @param {number} [seconds] what was counted before, as after a reload */
  constructor(seconds = 0) {
    this.milliseconds = seconds * 1000;
    this.at = 0;
    this.speaksUntil = 0;
  }

  /**
   * @param {number} level 0 to 1
   * @param {number} now ms
   */
  hear(level, now) {
    const passed = this.at === 0 ? 0 : now - this.at;
    if (this.at < this.speaksUntil && passed < LONGEST_GAP)
      this.milliseconds += Math.min(passed, this.speaksUntil - this.at);
    if (level > LOUD) this.speaksUntil = now + BREATH;
    this.at = now;
  }

  get seconds() {
    return Math.round(this.milliseconds / 1000);
  }
}
