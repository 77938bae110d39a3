// The plan's page counts while somebody types, and lets protocols be dragged; without this module every button does the same.

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("plan-form"));
const list = document.getElementById("plan-parts");
const WAIT = 400;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
let asked = 0;

/** Ask the server, which alone knows the rules, what the plan comes to as it stands in the fields. */
async function count() {
  if (!form) return;
  asked += 1;
  const mine = asked;
  const total = document.getElementById("plan-total");
  total?.classList.add("is-counting");
  try {
    const answer = await fetch(`${form.action}/totals`, { method: "POST", body: new FormData(form) });
    // What cannot be understood yet is said when the form is sent; until then the last figures stay.
    if (answer.ok && mine === asked) put(await answer.text());
  } catch {
    // Without a line the figures stay as they were; saving will tell.
  }
  document.getElementById("plan-total")?.classList.remove("is-counting");
}

/** @param {string} pieces of the page, each with the id of what it replaces */
function put(pieces) {
  const fresh = new DOMParser().parseFromString(pieces, "text/html");
  for (const piece of fresh.querySelectorAll("[id]")) {
    const old = document.getElementById(piece.id);
    if (old) old.replaceWith(document.adoptNode(piece));
  }
}

/** @param {Event} event */
function changed(event) {
  const field = event.target;
  const ours = field instanceof HTMLInputElement || field instanceof HTMLSelectElement;
  if (!ours || field.form !== form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => void count(), WAIT);
}

/** Give each protocol a handle; where it is let go, the plan is saved in its new order. */
function makeMovable() {
  const items = [...(list?.querySelectorAll("[data-part]") ?? [])].filter((item) => item instanceof HTMLElement);
  if (!list || !form || items.length < 2 || list.closest("fieldset")?.disabled) return;
  list.classList.add("movable");
  /** @type {HTMLElement | null} */
  let moving = null;
  for (const item of items) {
    const handle = document.createElement("span");
    handle.className = "drag";
    handle.draggable = true;
    // Whoever uses keys has the buttons Up and Down.
    handle.setAttribute("aria-hidden", "true");
    handle.textContent = "⠿";
    item.prepend(handle);
    handle.addEventListener("dragstart", (event) => {
      moving = item;
      item.classList.add("is-moving");
      event.dataTransfer?.setDragImage(item, 0, 0);
      event.dataTransfer?.setData("text/plain", item.id);
    });
    handle.addEventListener("dragend", () => {
      item.classList.remove("is-moving");
      for (const one of items) one.classList.remove("is-target");
      moving = null;
    });
    item.addEventListener("dragover", (event) => {
      if (!moving) return;
      event.preventDefault();
      for (const one of items) one.classList.toggle("is-target", one === item && one !== moving);
    });
    item.addEventListener("drop", (event) => {
      if (!moving || moving === item) return;
      event.preventDefault();
      const after = items.indexOf(moving) < items.indexOf(item);
      if (after) item.after(moving);
      else item.before(moving);
      // Their order on the page is their order in the form; the page comes back where it was left.
      form.action = `${form.action}#plan`;
      form.requestSubmit();
    });
  }
}

document.addEventListener("input", changed);
document.addEventListener("change", changed);
makeMovable();
