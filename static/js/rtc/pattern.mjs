// A test picture that nobody is in: restless enough to need as many bits as a face, drawn by the page itself.

const WIDTH = 480;
const HEIGHT = 360;
const GRAIN = 6;
const A_SECOND = 20;

export class Pattern {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.width = WIDTH;
    this.canvas.height = HEIGHT;
    this.pen = this.canvas.getContext("2d", { alpha: false });
    /** @type {MediaStream | null} */
    this.stream = null;
    this.#draw();
    this.timer = setInterval(() => this.#draw(), 1000 / A_SECOND);
  }

  /** @returns {MediaStreamTrack | null} null in a browser that cannot film a canvas */
  track() {
    if (typeof this.canvas.captureStream !== "function") return null;
    this.stream ??= this.canvas.captureStream(A_SECOND);
    return this.stream.getVideoTracks()[0] ?? null;
  }

  stop() {
    clearInterval(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }

  #draw() {
    if (!this.pen) return;
    const columns = WIDTH / GRAIN;
    const grey = crypto.getRandomValues(new Uint8Array(columns));
    // Some rows at a time: a picture in which everything is new would starve a small device, not the line.
    for (let row = 0; row < 12; row++) {
      const top = (grey[row] ?? 0) % (HEIGHT / GRAIN);
      for (let column = 0; column < columns; column++) {
        this.pen.fillStyle = `rgb(${grey[(column + row) % columns]} ${grey[column]} ${grey[(column * 7 + row) % columns]})`;
        this.pen.fillRect(column * GRAIN, top * GRAIN, GRAIN, GRAIN);
      }
    }
  }
}
