// Small plots on the pages that look back over a year. Everything that they show stands in the tables beside them.
import uPlot from "uplot";
import { apart, columnsOf, heightsOf, saidOf } from "../views/plots.mjs";

/** @import { Plot } from "../views/plots.mjs" */

const HEIGHT = 150;
const MARGIN = 0.12;
const TEXT = 14;

/**
 * @param {string} name of a colour in tokens.css
 * @param {Element} at
 */
function colour(name, at) {
  return getComputedStyle(at).getPropertyValue(name).trim() || "CanvasText";
}

/**
 * Return how wide the longest label is, in pixels.
 * @param {readonly string[]} labels
 * @param {string} font
 */
function widest(labels, font) {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return 0;
  pen.font = font;
  return Math.max(0, ...labels.map((label) => pen.measureText(label).width));
}

/**
 * @param {HTMLElement} place
 */
function draw(place) {
  /** @type {Plot} */
  const plot = JSON.parse(place.dataset.plot ?? "{}");
  const dots = apart(plot.dots);
  const heights = heightsOf(plot.scale);
  const said = document.createElement("p");
  said.className = "plot-said";
  const ink = colour("--ink", place);
  const soft = colour("--line", place);
  const font = `${TEXT}px ${getComputedStyle(place).fontFamily}`;
  const toTheRight = getComputedStyle(place).direction === "rtl";
  const chart = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 14 } },
      scales: {
        x: { time: true, dir: toTheRight ? -1 : 1, range: (_, first, last) => around(first, last) },
        y: { range: [-MARGIN, 1 + MARGIN] },
      },
      axes: [
        { stroke: ink, font, grid: { show: false }, ticks: { stroke: soft }, values: days, size: 30 },
        {
          stroke: ink,
          font,
          side: toTheRight ? 1 : 3,
          size: Math.ceil(widest(plot.scale, font)) + 20,
          grid: { stroke: soft },
          splits: () => heights,
          values: () => plot.scale,
        },
      ],
      series: [
        {},
        { points: { show: true, size: 11, width: 2, stroke: ink, fill: colour("--leaf", place) }, paths: () => null },
        { points: { show: true, size: 11, width: 2, stroke: ink, fill: ink }, paths: () => null },
      ],
      hooks: {
        setCursor: [
          (self) => {
            said.textContent = saidOf(self.cursor.idx == null ? undefined : dots[self.cursor.idx]);
          },
        ],
      },
    },
    columnsOf(dots),
    place,
  );
  place.append(said);
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
}

/**
 * @param {number} first
 * @param {number} last
 * @returns {[number, number]}
 */
function around(first, last) {
  const room = Math.max((last - first) * 0.06, 86_400);
  return [first - room, last + room];
}

/**
 * @param {uPlot} _
 * @param {number[]} splits
 */
function days(_, splits) {
  const short = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "numeric" });
  return splits.map((seconds) => short.format(seconds * 1000));
}

// Labels are measured: with the fonts that are still on their way they would be cut.
void document.fonts.ready.then(() => {
  for (const place of document.querySelectorAll("[data-plot]")) if (place instanceof HTMLElement) draw(place);
});
