// The page of a guest of both teachers: one part comes in, and nothing goes out.
import { signal } from "@preact/signals";
import { effect } from "@preact/signals-core";
import { render } from "preact";
import { GuestPage } from "../components/guest.mjs";
import { html } from "../html.mjs";
import { loadMessages } from "../i18n.mjs";
import { Live } from "../net/live.mjs";
import { Store } from "../net/store.mjs";

/** @import { GuestBoot } from "../components/guest.mjs" */
/** @import { Lesson } from "../wire.mjs" */

const lesson = signal(/** @type {Lesson | null} */ (null));

/** @param {{ boot: GuestBoot, live: Live, store: Store }} props */
function Page({ boot, live, store }) {
  return html`<${GuestPage} boot=${boot} view=${store.guest.value} lesson=${lesson.value} trouble=${live.trouble.value} over=${live.stoppedBy.value !== null} />`;
}

async function main() {
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  /** @type {GuestBoot} */
  const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
  await loadMessages(boot.language);
  const store = new Store();
  const live = new Live({ socket: boot.socket, session: boot.session, who: "guest" }, store);
  effect(() => {
    const hash = store.guest.value?.lesson;
    if (!hash || lesson.peek()?.hash === hash) return;
    fetch(`/api/lessons/${encodeURIComponent(hash)}`)
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((found) => {
        if (found) lesson.value = found;
      })
      .catch(() => {
        // Offline: the next view asks again.
      });
  });
  app.textContent = "";
  render(html`<${Page} boot=${boot} live=${live} store=${store} />`, app);
  live.start();
}

void main();
