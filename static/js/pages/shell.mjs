// The reader's own choices on this device (text size, light or dark), menus that open under their buttons, printing.

const CHOICES = /** @type {const} */ ({ size: ["s", "m", "l", "xl"], theme: ["auto", "light", "dark"] });

/** @typedef {keyof typeof CHOICES} Choice */

/**
 * Return what was chosen before, or null when nothing valid is remembered.
 * @param {Choice} choice
 * @returns {string | null}
 */
export function remembered(choice) {
  try {
    const value = localStorage.getItem(`havruta-${choice}`);
    return value !== null && CHOICES[choice].some((known) => known === value) ? value : null;
  } catch {
    return null; // storage may be forbidden on a school's device; the choice then lasts for the page
  }
}

/**
 * Show the page as chosen and remember it on this device.
 * @param {Choice} choice
 * @param {string} value
 */
export function choose(choice, value) {
  if (!CHOICES[choice].some((known) => known === value)) return;
  show(choice, value);
  try {
    localStorage.setItem(`havruta-${choice}`, value);
  } catch {
    // as above: the page still shows the choice
  }
}

/**
 * @param {Choice} choice
 * @param {string} value
 */
function show(choice, value) {
  const root = document.documentElement;
  if (value === "auto") delete root.dataset[choice];
  else root.dataset[choice] = value;
  for (const button of document.querySelectorAll(`[data-choose="${choice}"]`)) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-value") === value));
  }
}

/**
 * Put an open popover under the button that opened it, inside the window, in either direction.
 * @param {HTMLElement} menu
 */
function placeUnderItsButton(menu) {
  const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!opener) return;
  const at = opener.getBoundingClientRect();
  const gap = 8;
  const room = document.documentElement.clientWidth;
  const wished = getComputedStyle(menu).direction === "rtl" ? room - at.right : at.left;
  const inline = Math.max(gap, Math.min(wished, room - menu.offsetWidth - gap));
  const below = at.bottom + 4;
  const block = below + menu.offsetHeight > innerHeight ? Math.max(gap, at.top - menu.offsetHeight - 4) : below;
  menu.style.setProperty("margin", "0");
  menu.style.setProperty("inset-block", `${block}px auto`);
  menu.style.setProperty("inset-inline", `${inline}px auto`);
}

for (const choice of /** @type {Choice[]} */ (Object.keys(CHOICES))) {
  show(choice, remembered(choice) ?? (choice === "size" ? "m" : "auto"));
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-choose], [data-print]") : null;
  if (!button) return;
  if (button.matches("[data-print]")) {
    print();
    return;
  }
  choose(/** @type {Choice} */ (button.getAttribute("data-choose")), button.getAttribute("data-value") ?? "");
});

// toggle does not bubble, so it is caught on its way down.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (menu instanceof HTMLElement && menu.matches(".menu[popover]:popover-open")) placeUnderItsButton(menu);
  },
  true,
);
