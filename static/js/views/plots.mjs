// Ratings as points of a small plot: where each stands, and what is said of it. No averages, no lines between children.

/** @typedef {{ at: number, height: number, label: string, when: "lesson" | "at_first" | "now", day: string, moment: string, words: string, session: string }} Dot */
/** @typedef {{ scale: string[], dots: Dot[] }} Plot */

/**
 * Return the plot's columns: times (seconds), heights of "at first" and of all others; null where there is none.
 * @param {readonly Dot[]} dots
 * @returns {[number[], (number | null)[], (number | null)[]]}
 */
export function columnsOf(dots) {
  return [
    dots.map((dot) => dot.at),
    dots.map((dot) => (dot.when === "at_first" ? dot.height : null)),
    dots.map((dot) => (dot.when === "at_first" ? null : dot.height)),
  ];
}

/**
 * Spread points that would lie on the same second a little, so that uPlot, which wants rising times, keeps both.
 * @param {readonly Dot[]} dots
 * @returns {Dot[]}
 */
export function apart(dots) {
  let last = Number.NEGATIVE_INFINITY;
  return [...dots]
    .sort((a, b) => a.at - b.at)
    .map((dot) => {
      last = Math.max(dot.at, last + 1);
      return { ...dot, at: last };
    });
}

/**
 * Return the heights of a scale's levels, 0 for the lowest to 1.
 * @param {readonly string[]} scale
 */
export function heightsOf(scale) {
  return scale.map((_, level) => (scale.length > 1 ? level / (scale.length - 1) : 0));
}

/**
 * Return what is said of a point: the day, the level, the moment, the words.
 * @param {Dot | undefined} dot
 */
export function saidOf(dot) {
  if (!dot) return "";
  return [dot.day, dot.label, dot.moment, dot.words].filter((part) => part !== "").join(" · ");
}
