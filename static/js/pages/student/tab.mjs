// What the server gave this page to begin with, and what this tab remembers across reloads.
import { tabShelf } from "../../net/live.mjs";

/** @import {StudentBoot} from "../../wire.mjs" */

/** @type {StudentBoot} */
export const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
export const shelf = tabShelf();

/**
 * @param {string} key
 * @returns {boolean}
 */
export function remembered(key) {
  return shelf?.getItem(key) === "1";
}

/** @param {string} key */
export function remember(key) {
  try {
    shelf?.setItem(key, "1");
  } catch {
    // asked again after a reload
  }
}
