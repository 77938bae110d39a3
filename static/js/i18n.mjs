// The interface in the reader's language: English is the key, translations come once from the server.

/** @typedef {Record<string, string | string[]>} Messages */
/** @typedef {Record<string, string>} Wording */

/** @type {Messages} */
let messages = {};
let language = "en";

/**
 * Speak this language from now on.
 * @param {string} code
 * @param {Messages} translations
 */
export function useMessages(code, translations) {
  language = code;
  messages = translations;
}

/**
 * Fetch the translations of a language. Without them the page speaks English, which is better than no page.
 * @param {string} code
 */
export async function loadMessages(code) {
  useMessages(code, {});
  if (code === "en") return;
  try {
    const answer = await fetch(`/api/messages/${encodeURIComponent(code)}`);
    if (answer.ok) useMessages(code, await answer.json());
  } catch {
    // offline at the first load: English stays
  }
}

/** @returns {string} the language that the interface speaks */
export function spoken() {
  return language;
}

/**
 * Translate. `{name}` in the text is replaced by `values.name`; without values it stays, for `fill`.
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(text, values) {
  const found = showsUntranslated() ? accented(text) : messages[text];
  return put(typeof found === "string" && found ? found : text, values);
}

/**
 * Translate a text that counts: `{n}` is the number.
 * @param {string} one
 * @param {string} many
 * @param {number} n
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function tn(one, many, n, values) {
  const found = showsUntranslated() ? accented(n === 1 ? one : many) : messages[one];
  const form = Array.isArray(found) ? found[pluralIndex(n, found.length)] : found;
  return put(form || (n === 1 ? one : many), { n, ...values });
}

/** The pseudo-locale of a test server: words that come on the screen without ⟦⟧ have escaped translation. */
function showsUntranslated() {
  return messages.__pseudo__ === "yes";
}

/** @param {string} text */
function accented(text) {
  const words = text
    .split(/(\{\w+\})/)
    .map((piece) => (piece.startsWith("{") ? piece : piece.replace(/[aeiou]/gi, (vowel) => `${vowel}\u0301`)));
  return `⟦${words.join("")}⟧`.normalize("NFC");
}

const CATEGORIES = ["zero", "one", "two", "few", "many", "other"];

/**
 * @param {number} n
 * @param {number} forms how many the translation has
 */
function pluralIndex(n, forms) {
  const rules = new Intl.PluralRules(language);
  const category = rules.select(n);
  const known = rules.resolvedOptions().pluralCategories;
  const ordered = CATEGORIES.filter((name) => known.some((one) => one === name));
  // Catalogues differ in how many forms a language has; the last one always fits "all other numbers".
  return category === "other" ? forms - 1 : Math.min(ordered.indexOf(category), forms - 1);
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 */
function put(text, values) {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Put anything (a name in its own direction, a clock) into the `{places}` of a text.
 * @template T
 * @param {string} text
 * @param {Record<string, T>} values
 * @returns {(string | T)[]}
 */
export function fill(text, values) {
  return text
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      return name !== undefined && name in values ? /** @type {T} */ (values[name]) : piece;
    });
}

/**
 * Lesson content in the reader's language, else in English, else in any.
 * @param {Wording | null | undefined} wording
 * @param {string} [reader]
 * @returns {string}
 */
export function say(wording, reader = language) {
  if (!wording) return "";
  return wording[reader] || wording.en || Object.values(wording)[0] || "";
}

const RIGHT_TO_LEFT = new Set(["he", "ar", "fa", "yi", "ur"]);

/**
 * @param {string} code
 * @returns {"rtl" | "ltr"}
 */
export function direction(code) {
  return RIGHT_TO_LEFT.has(code) ? "rtl" : "ltr";
}
