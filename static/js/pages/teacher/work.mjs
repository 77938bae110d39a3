// The open room's work: read when the drawer opens, and again whenever the room has changed.
import { effect } from "@preact/signals";
import { Looking } from "../../net/looking.mjs";

/** @import { Desk } from "../../components/teacher/state.mjs" */

/** @param {Desk} desk */
export function followWork(desk) {
  const { work } = desk.look;
  const looking = new Looking({
    read: async (address) => {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    },
    took: (read) => {
      work.value = { read, failed: false };
    },
    failed: () => {
      work.value = { ...work.peek(), failed: true };
    },
  });
  effect(() => {
    const open = desk.open.value;
    // The row is read for its signal: any change of it is a reason to look again.
    const row = open ? desk.row(open)?.value : undefined;
    if (!row || desk.session.value.status !== "running" || desk.look.hidden.value) {
      looking.stop();
      work.value = { read: null, failed: false };
      return;
    }
    const { session } = desk.boot;
    looking.look(`/sessions/${encodeURIComponent(session)}/rooms/${encodeURIComponent(row.room)}/work`);
  });
}
