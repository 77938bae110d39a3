// What the lobby asks the server beside the socket: a student's partners, saved groups, rooms out of a list.

/** @import { AboutStudent as About, Answer, ListedRooms as Listed, SavedGroups as Saved } from "../wire.mjs" */

export class PairingDesk {
  /**
   * @param {string} session
   * @param {typeof fetch} [ask]
   */
  constructor(session, ask = (...given) => fetch(...given)) {
    this.here = `/sessions/${encodeURIComponent(session)}`;
    this.ask = ask;
  }

  /** @param {string} student @returns {Promise<Answer<About>>} */
  about(student) {
    return this.#asked(`/partners?student=${encodeURIComponent(student)}`);
  }

  /**
   * @param {string} one
   * @param {string} other
   * @param {"apart" | "together" | "free"} how
   * @returns {Promise<Answer<{}>>}
   */
  keep(one, other, how) {
    return this.#asked("/kept", new URLSearchParams({ one, other, how }));
  }

  /** @returns {Promise<Answer<{ saved: Saved[] }>>} */
  saved() {
    return this.#asked("/groups");
  }

  /** @param {string} name @returns {Promise<Answer<{ id: string }>>} */
  save(name) {
    return this.#asked("/groups", new URLSearchParams({ name }));
  }

  /** @param {string} id @param {string} name @returns {Promise<Answer<{}>>} */
  rename(id, name) {
    return this.#asked(`/groups/${encodeURIComponent(id)}`, new URLSearchParams({ name }));
  }

  /** @param {string} id @returns {Promise<Answer<{}>>} */
  remove(id) {
    return this.#asked(`/groups/${encodeURIComponent(id)}/delete`, new URLSearchParams());
  }

  /**
   * Read a list; nothing is seated by it.
   * @param {FormData} form with `text` or `file`
   * @returns {Promise<Answer<Listed>>}
   */
  read(form) {
    return this.#asked("/rooms.csv", form);
  }

  /** @returns {Promise<Answer<{ step: number | null, rooms: string[][], unplaced: string[] }>>} */
  newPartners() {
    return this.#asked("/new-partners");
  }

  /** The list of both classes, to be filled in. */
  get template() {
    return `${this.here}/rooms.csv`;
  }

  /**
   * @param {string} path
   * @param {BodyInit} [body]
   * @returns {Promise<any>}
   */
  async #asked(path, body) {
    const answer = await this.ask(`${this.here}${path}`, body ? { method: "POST", body } : undefined).catch(() => null);
    if (!answer) return { ok: false, code: "offline", message: "" };
    try {
      return await answer.json();
    } catch {
      // A page in place of an answer: signed out, or something went wrong on the way.
      return { ok: false, code: answer.status === 413 ? "file_too_large" : "unknown", message: "" };
    }
  }
}
