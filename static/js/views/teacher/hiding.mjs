// A board without names, for a projector: whoever reads it sees rooms and schools, and no child.
import { markOf, whose } from "./people.mjs";

/** @import { PlenaryView } from "../../wire.mjs" */
/** @import { People, Seats } from "./types.mjs" */

/**
 * Return the learners with the mark of their school in the place of their names; a number tells two of one school in one room
 * apart.
 * @param {People} people
 * @param {Seats} seats
 * @param {string} mine
 * @returns {People}
 */
export function unnamed(people, seats, mine) {
  /** @type {Map<string, string>} */
  const numbers = new Map();
  for (const members of Object.values(seats.rooms))
    for (const side of ["a", "b"]) {
      const here = members.filter((id) => people[id]?.side === side);
      if (here.length > 1) for (const [at, id] of here.entries()) numbers.set(id, String(at + 1));
    }
  return Object.fromEntries(
    Object.entries(people).map(([id, person]) => {
      const number = numbers.get(id) ?? "";
      const label = `${markOf(whose(person.side, mine))}${number}`;
      return [id, { ...person, names: { en: label, he: label }, hidden: number || true }];
    }),
  );
}

/**
 * The whole class's part without names.
 * @param {PlenaryView} view
 * @param {string} mine
 * @returns {PlenaryView}
 */
export function unnamedClass(view, mine) {
  const label = (/** @type {string} */ side) => markOf(whose(side, mine));
  return {
    ...view,
    people: view.people.map((one) => ({ ...one, names: { en: label(one.side), he: label(one.side) } })),
  };
}
