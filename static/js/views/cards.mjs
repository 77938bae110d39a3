// The pictures that a card of a protocol can carry, by name (static/img/icons).

const CARDS = new Set(["ear", "hourglass", "question", "book", "thumb", "balloon", "sprout"]);

/**
 * @param {string | null | undefined} name as the protocol says it
 * @returns {string} a class that shows the picture, or "" where there is none of that name
 */
export function cardGlyph(name) {
  return name && CARDS.has(name) ? `glyph card-glyph ${name}` : "";
}
