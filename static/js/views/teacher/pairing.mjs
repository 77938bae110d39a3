// What is said of a room before the start: why it is good, what speaks against it; and who was left out.
import { t, tn } from "../../i18n.mjs";
import { listParts } from "../schools.mjs";
import { isolated, nameOf } from "./people.mjs";

/** @import { People, Seats } from "./types.mjs" */

/**
 * Return why a room is as it is, as one line: "Different schools, both speak Hebrew, never met".
 * @param {readonly string[]} codes
 * @param {People} people
 * @param {string} language
 * @param {readonly string[]} present
 */
export function whyLine(codes, people, language, present) {
  const spoken = codes
    .filter((code) => code.startsWith("both_speak:"))
    .map((code) => languageName(code.slice(11), language));
  const languages = listParts(spoken, language)
    .map((part) => part.value)
    .join("");
  const group = codes.some((code) => code.startsWith("group_of"));
  /** @type {string[]} */
  const phrases = [];
  for (const code of codes) {
    const [reason = "", one = "", other = ""] = code.split(":");
    if (reason === "both_speak")
      phrases.push(group ? t("{languages} in common", { languages }) : t("both speak {languages}", { languages }));
    else phrases.push(reason === "guest" ? guest(one, other, people, language, present) : reasonWords(reason));
  }
  return capital([...new Set(phrases.filter(Boolean))].join(", "));
}

/**
 * @param {string} one
 * @param {string} other
 * @param {People} people
 * @param {string} language
 * @param {readonly string[]} present
 */
function guest(one, other, people, language, present) {
  if (!people[other] || present.includes(other)) return "";
  return t("{name} is a guest, as {partner} is not here", {
    name: isolated(nameOf(people[one], language)),
    partner: isolated(nameOf(people[other], language)),
  });
}

/** @param {string} reason */
function reasonWords(reason) {
  switch (reason) {
    case "different_schools":
      return t("different schools");
    case "same_havruta":
      return t("the same havruta as last time");
    case "never_met":
      return t("never met");
    case "met_before":
      return t("have met before");
    case "bridge":
      return t("one of them speaks with both of the others");
    case "kept_together":
      return t("kept together, as a teacher asked");
    case "shared_device":
      return t("two of them share a device");
    case "group_of_three":
      return t("a group of three");
    case "group_of_four":
      return t("a group of four");
    default:
      return ""; // what stands among the warnings, and what this page does not know
  }
}

/**
 * Return what a teacher should know about a room before the start, the gravest first.
 * @param {{ members: readonly string[], why: readonly string[], warnings: readonly string[] }} card
 * @param {People} people
 * @param {string} language
 * @param {readonly string[]} present
 */
export function warningLines(card, people, language, present) {
  const lines = card.warnings.map((code) => warningWords(code, people, language)).filter(Boolean);
  for (const code of card.why) {
    const [reason, one = "", other = ""] = code.split(":");
    if (reason === "guest" && people[other] && present.includes(other) && !card.members.includes(other))
      lines.push(
        t("{partner} has come: {name} belongs together with {partner}", {
          name: isolated(nameOf(people[one], language)),
          partner: isolated(nameOf(people[other], language)),
        }),
      );
  }
  return lines;
}

/**
 * @param {string} code
 * @param {People} people
 * @param {string} language
 */
function warningWords(code, people, language) {
  const [warning, one = "", other = ""] = code.split(":");
  const names = {
    one: isolated(nameOf(people[one], language)),
    other: isolated(nameOf(people[other], language)),
    name: isolated(nameOf(people[one], language)),
  };
  switch (warning) {
    case "kept_apart":
      return t("{one} and {other} are to be kept apart", names);
    case "only_one":
      return t("Alone: bring somebody, or move to another room");
    case "one_school":
      return t("Only one school is in this room");
    case "no_shared_language":
      return t("No language in common: help may be needed");
    case "speaks_with_nobody":
      return t("Nobody in this room speaks a language of {name}", names);
    case "alone_again":
      return t("{name} is the only one of the school again", names);
    case "more_than_three":
      return t("More than three in this room");
    case "met_last_time":
      return t("{one} and {other} sat together last time", names);
    default:
      return "";
  }
}

/**
 * Return a language's name for the reader.
 * @param {string} code
 * @param {string} language
 */
export function languageName(code, language) {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code; // not a well-formed language code: shown as it is
  }
}

/**
 * Return who stands in rooms that were put in and has no seat now.
 * @param {readonly (readonly string[])[]} rooms
 * @param {Seats} seats
 */
export function leftOut(rooms, seats) {
  const seated = new Set(Object.values(seats.rooms).flat());
  return [...new Set(rooms.flat())].filter((member) => !seated.has(member));
}

/**
 * Return rooms with one student moved to another (a new one where `to` is beyond them); emptied rooms are gone.
 * @param {readonly (readonly string[])[]} rooms
 * @param {string} member
 * @param {number} to
 */
export function movedTo(rooms, member, to) {
  const all = to < rooms.length ? rooms : [...rooms, []];
  return all
    .map((room, at) => {
      const others = room.filter((one) => one !== member);
      return at === to ? [...others, member] : others;
    })
    .filter((room) => room.length > 0);
}

/**
 * Return rooms of which one school is missing, or in which somebody is alone, or more than four sit, by their place.
 * @param {readonly (readonly string[])[]} rooms
 * @param {People} people
 */
export function unequal(rooms, people) {
  return new Set(
    rooms.flatMap((room, at) => (room.length > 4 || new Set(room.map((id) => people[id]?.side)).size < 2 ? [at] : [])),
  );
}

/**
 * Return the part that the class comes to next and that begins with new partners, or null.
 * @param {{ parts: { title: Record<string, string>, first: number, rotate?: boolean }[] } | null} lesson
 * @param {number} floor
 */
export function partWithNewPartners(lesson, floor) {
  return lesson?.parts.find((part) => part.rotate && part.first > Math.max(floor, 0)) ?? null;
}

/**
 * Return "3 times, last on 3 November".
 * @param {{ times: number, last: number }} met
 * @param {string} language
 */
export function metWords(met, language) {
  const day = isolated(new Intl.DateTimeFormat(language, { day: "numeric", month: "long" }).format(met.last));
  return tn("once, on {day}", "{n} times, last on {day}", met.times, { day });
}

/**
 * Return the version of the rooms that this page shows: what a teacher who throws them away has seen.
 * @param {Seats} seats
 * @param {{ version: number }} session
 */
export function seenVersion(seats, session) {
  return Math.max(seats.version, session.version);
}

/** @param {string} line */
function capital(line) {
  return line.charAt(0).toLocaleUpperCase() + line.slice(1);
}
