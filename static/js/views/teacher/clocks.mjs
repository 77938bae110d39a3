// How much time is left.

/**
 * Return minutes and seconds as "2:40", "1:02:40" above an hour; never less than zero.
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * Return the time left until `end`, "+1:10" once it is over, "" when there is no end.
 * @param {number | null} end milliseconds since the epoch
 * @param {number} now
 */
export function left(end, now) {
  if (end === null) return "";
  return end >= now ? duration((end - now + 999) / 1000) : `+${duration((now - end) / 1000)}`;
}

/**
 * Return how the countdown looks: over, soon (a minute or less), or nothing special.
 * @param {number | null} end
 * @param {number} now
 * @returns {"over" | "soon" | ""}
 */
export function urgency(end, now) {
  if (end === null) return "";
  if (end < now) return "over";
  return end - now <= 60_000 ? "soon" : "";
}
