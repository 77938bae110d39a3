// A person's name with the mark of their school, isolated in its own direction.
import { html } from "../html.mjs";
import { t } from "../i18n.mjs";
import { nameOf } from "../views/people.mjs";
import { listParts } from "../views/schools.mjs";

/** @typedef {"ours" | "theirs"} Whose */

/**
 * @param {{name: string}} props
 */
export function Name({ name }) {
  return html`<bdi>${name}</bdi>`;
}

/**
 * Names joined in the reader's language, each in its own direction.
 * @param {{names: string[], language?: string}} props
 */
export function Listed({ names, language }) {
  return html`${listParts(names, language).map((part, at) => (part.type === "element" ? html`<bdi key=${at}>${part.value}</bdi>` : part.value))}`;
}

/**
 * @param {{whose: Whose}} props
 */
export function SchoolMark({ whose }) {
  const words = whose === "ours" ? t("our school") : t("partner school");
  return html`<span class=${`mark ${whose}`} role="img" aria-label=${words}></span>`;
}

/**
 * @param {{person: {names: Record<string, string>, side: string} | undefined, side: string, me?: boolean}} props
 */
export function Person({ person, side, me = false }) {
  if (!person) return null;
  return html`<${SchoolMark} whose=${person.side === side ? "ours" : "theirs"} /> ${me ? t("me") : html`<${Name} name=${nameOf(person)} />`}`;
}
