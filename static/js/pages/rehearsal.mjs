// The teacher's side of a rehearsal: the page that the server renders is looked at again every two seconds, part by part.

const EVERY = 2000;

/** @param {Document} fresh */
function take(fresh) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const news = fresh.getElementById(part.id);
    if (!news || news.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement?.id : null;
    part.replaceChildren(...news.childNodes);
    // Whoever goes by keyboard must not fall out of the page when a button's time is over.
    if (focused !== null) (document.getElementById(focused || "now") ?? document.getElementById("now"))?.focus();
  }
}

async function look() {
  try {
    const answer = await fetch(location.href);
    // Signed out, or no longer theirs: the page stands as it was, and its next button says so.
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.querySelector("[data-live]")) location.reload();
    else take(fresh);
  } catch {
    // offline for a moment: the next look tells
  }
}

async function keepLooking() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    if (document.visibilityState === "visible") await look();
  }
}

void keepLooking();
