// "An adult is beside me": what this page says, said again whenever its line comes back. Nothing of it is stored.
import { effect, signal } from "@preact/signals";

/** @import { Live } from "../../net/live.mjs" */

/** @param {Live} live */
export function adultBeside(live) {
  const here = signal(false);
  const tell = () => void live.command("adult_beside", { here: here.peek() }, "adult_beside");
  effect(() => {
    // A new connection knows nothing of what the one before it had said.
    if (live.status.value === "open" && here.peek()) tell();
  });
  return {
    adultBeside: here,
    sayAdultBeside: (/** @type {boolean} */ now) => {
      here.value = now;
      tell();
    },
  };
}
