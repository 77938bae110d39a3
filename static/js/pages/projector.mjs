// The page for the classroom's wall: it follows the lesson by a connection that hears no name and says nothing.
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { Projector } from "../components/projector.mjs";
import { html } from "../html.mjs";
import { loadMessages } from "../i18n.mjs";
import { Live } from "../net/live.mjs";
import { Awake } from "../rtc/awake.mjs";

/** @import {WallBoot} from "../components/projector.mjs" */
/** @import {Lesson} from "../wire.mjs" */

const TRY_AGAIN = 2000;

async function main() {
  const app = document.getElementById("app");
  const holder = document.getElementById("boot");
  if (!app || !holder) return;
  /** @type {WallBoot} */
  const boot = JSON.parse(holder.textContent ?? "{}");
  await loadMessages(boot.language);
  const live = new Live({ socket: boot.socket, session: boot.session, who: "wall", view: "projector" });
  const { store } = live;
  const lesson = signal(/** @type {Lesson | null} */ (null));
  effect(() => {
    const hash = store.projector.value?.lesson;
    if (hash && lesson.peek()?.hash !== hash) void fetchLesson(hash, lesson);
  });
  const awake = new Awake();
  effect(() => void awake.want(store.projector.value?.status === "running"));
  const wall = {
    boot,
    view: store.projector,
    boards: store.boards,
    lesson,
    trouble: live.trouble,
    stoppedBy: live.stoppedBy,
    now: () => store.clock.now(),
  };
  app.replaceChildren();
  render(html`<${Projector} wall=${wall} />`, app);
  live.start();
}

/**
 * @param {string} hash
 * @param {import("@preact/signals").Signal<Lesson | null>} lesson
 */
async function fetchLesson(hash, lesson) {
  try {
    const answer = await fetch(`/api/lessons/${encodeURIComponent(hash)}`);
    if (!answer.ok) throw new Error(String(answer.status));
    lesson.value = await answer.json();
  } catch {
    setTimeout(() => void fetchLesson(hash, lesson), TRY_AGAIN);
  }
}

void main();
