// Who is shown in the whole class, in which order, and what somebody is told about their own voice.
import { t } from "../i18n.mjs";

/** @import {HostView, PlenaryView, Wording} from "../wire.mjs" */

/** @typedef {{peer: string, who: string, kind: "student" | "teacher"}} Shown as much of somebody in the call as their place depends on */
/**
 * @template {Shown} T
 * @typedef {{remote: T, names: Wording, side: string}} Face
 */

export const A_PAGE = 12;
export const A_NARROW_PAGE = 6;

/**
 * Put names to those in the call; whoever the view does not know is not shown.
 * @template {Shown} T
 * @param {PlenaryView} view
 * @param {readonly HostView[]} hosts
 * @param {readonly T[]} remotes
 * @returns {Face<T>[]}
 */
export function named(view, hosts, remotes) {
  const known = new Map([...view.people, ...hosts].map((one) => [one.id, one]));
  return remotes.flatMap((remote) => {
    const person = known.get(remote.who);
    return person ? [{ remote, names: person.names, side: person.side }] : [];
  });
}

/**
 * Whoever is in the light, whoever has the floor, whoever spoke last, adults; the others by id, so that nobody jumps about.
 * @template {Shown} T
 * @param {Face<T>[]} faces
 * @param {PlenaryView} view
 * @param {ReadonlyMap<string, number>} heardAt
 * @returns {Face<T>[]}
 */
export function arranged(faces, view, heardAt) {
  const rank = (/** @type {T} */ { who, kind }) => {
    if (who === view.spotlight) return 0;
    if (who === view.speaker) return 1;
    if (heardAt.has(who)) return 2;
    return kind === "teacher" ? 3 : 4;
  };
  return [...faces].sort(
    ({ remote: a }, { remote: b }) =>
      rank(a) - rank(b) || (heardAt.get(b.who) ?? 0) - (heardAt.get(a.who) ?? 0) || (a.peer < b.peer ? -1 : 1),
  );
}

/**
 * @template T
 * @param {readonly T[]} all
 * @param {number} page
 * @param {number} size
 * @returns {{shown: T[], page: number, pages: number}} the page that exists nearest to the one asked for
 */
export function pageOf(all, page, size) {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const at = Math.min(Math.max(0, page), pages - 1);
  return { shown: all.slice(at * size, (at + 1) * size), page: at, pages };
}

/**
 * @param {PlenaryView} view
 * @param {string} me
 * @param {"school" | "home"} where
 * @param {string} mutedBy the name of whoever closed my microphone
 * @returns {string}
 */
export function myVoice(view, me, where, mutedBy) {
  if (view.speaker === me)
    return where === "school"
      ? t("You have the floor. Speak to your classroom's screen; this device stays silent.")
      : t("You have the floor: everybody hears you now.");
  if (me in view.muted)
    return t("{name} closed your microphone. Raise your hand when you want to speak.", { name: mutedBy });
  return where === "school"
    ? t("Your classroom's screen speaks for your class; this device stays silent.")
    : t("Your microphone is closed. Raise your hand; it opens when you get the floor.");
}

/**
 * @param {"no_media_server" | "media_server_away" | "no_consent" | ""} reason
 * @param {"student" | "teacher"} role
 * @returns {string} why not everybody is seen, or ""
 */
export function whyNotEverybody(reason, role) {
  if (reason === "no_consent")
    return t("Your family agreed to a lesson without pictures and sound: you see hands and words.");
  if (reason === "no_media_server")
    return role === "teacher"
      ? t(
          "No media server is set up, so the classrooms' screens see each other, four devices at most; children see hands and words.",
        )
      : t("No media server is set up, so you see hands and words here; the picture is on your classroom's screen.");
  if (reason === "media_server_away")
    return role === "teacher"
      ? t(
          "The media server does not answer, so the classrooms' screens see each other, four devices at most; children see hands and words.",
        )
      : t(
          "The media server does not answer, so you see hands and words here; the picture is on your classroom's screen.",
        );
  return "";
}
