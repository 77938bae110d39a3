// Links for a substitute or a guest: asked for over HTTP, because the answer is for this page alone.

/** @typedef {{ ok: boolean, id?: string, link?: string, code?: string, message?: string }} LinkAnswer */

/**
 * @param {string} address
 * @param {Record<string, string>} fields
 * @returns {Promise<LinkAnswer>} never rejects: a page that is offline says so like any other failure
 */
export async function askPasses(address, fields) {
  try {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields) });
    return await answer.json();
  } catch {
    return { ok: false };
  }
}
