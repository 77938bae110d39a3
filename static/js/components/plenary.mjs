// The whole class on one screen: pages of faces, who has the floor, and hands in the order in which they went up.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.mjs";
import { say, t } from "../i18n.mjs";
import { A_NARROW_PAGE, A_PAGE, arranged, named, pageOf } from "../views/plenary.mjs";
import { Name, SchoolMark } from "./person.mjs";
import { Tile } from "./tile.mjs";

/** @import {ComponentChildren} from "preact" */
/** @import {ReadonlySignal} from "@preact/signals" */
/** @import {HostView, PlenaryView} from "../wire.mjs" */
/** @import {Remote} from "../rtc/media-room.mjs" */

const WIDE = "(min-width: 60rem)";

/**
 * @typedef {object} WholeClassCall what both pages are given of it
 * @property {ReadonlySignal<PlenaryView | null>} view
 * @property {ReadonlySignal<boolean>} together
 * @property {ReadonlySignal<Remote[]>} remotes
 * @property {ReadonlySignal<"no_media_server" | "media_server_away" | "no_consent" | "">} whyNot
 * @property {ReadonlyMap<string, number>} heardAt
 * @property {(people: Iterable<string>, large: string) => void} look
 */
/**
 * @typedef {object} GridProps
 * @property {PlenaryView} view
 * @property {WholeClassCall} call
 * @property {readonly HostView[]} hosts
 * @property {string} side mine
 * @property {boolean} silent nothing is heard on this device
 * @property {(who: string, name: string) => unknown} [controls] what can be done with somebody
 * @property {ComponentChildren} [children] my own picture
 */

/** @param {GridProps} props */
export function FaceGrid({ view, call, hosts, side, silent, controls, children }) {
  const [wished, setWished] = useState(0);
  const size = useWide() ? A_PAGE : A_NARROW_PAGE;
  const all = arranged(named(view, hosts, call.remotes.value), view, call.heardAt);
  const { shown, page, pages } = pageOf(all, wished, size);
  const others = all.filter((face) => !shown.includes(face));
  const seen = shown.map((face) => face.remote.who).join(" ");
  const large = view.spotlight ?? view.speaker ?? "";
  useEffect(() => call.look(seen.split(" ").filter(Boolean), large), [seen, large]);
  const tile = (/** @type {(typeof all)[number]} */ { remote, names, side: theirs }, /** @type {boolean} */ picture) =>
    html`<${Tile} name=${say(names)} whose=${theirs === side ? "ours" : "theirs"} stream=${remote.stream} hasVideo=${picture && remote.hasVideo}
      speaking=${remote.speaking || remote.who === view.speaker} level=${remote.level} silenced=${silent} />`;
  return html`<div class="face-grid">
    <div class="faces">
      ${shown.map(
        (
          face,
        ) => html`<div key=${face.remote.peer} class=${`face${face.remote.who === view.spotlight ? " is-large" : ""}`}>
          ${tile(face, true)}${controls?.(face.remote.who, say(face.names))}</div>`,
      )}
      ${children}
    </div>
    ${/* Other pages' voices are heard all the same. */ others.length > 0 && html`<div hidden>${others.map((face) => html`<div key=${face.remote.peer}>${tile(face, false)}</div>`)}</div>`}
    ${
      pages > 1 &&
      html`<nav class="face-pages button-row" aria-label=${t("Pages of faces")}>
        <button type="button" class="button quiet" disabled=${page === 0} onClick=${() => setWished(page - 1)}>${t("Earlier faces")}</button>
        <span class="num" role="status">${t("page {n} of {of}", { n: page + 1, of: pages })}</span>
        <button type="button" class="button quiet" disabled=${page === pages - 1} onClick=${() => setWished(page + 1)}>${t("More faces")}</button>
      </nav>`
    }
  </div>`;
}

function useWide() {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const changed = () => setWide(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return wide;
}

/**
 * @param {{view: PlenaryView, side: string, me?: string, controls?: (who: string, name: string) => unknown}} props
 */
export function Hands({ view, side, me = "", controls }) {
  const known = new Map(view.people.map((one) => [one.id, one]));
  const speaker = known.get(view.speaker ?? "");
  const hands = view.hands.flatMap((id) => known.get(id) ?? []);
  const shown = (/** @type {PlenaryView["people"][number]} */ one) =>
    html`<span class="nowrap"><${SchoolMark} whose=${one.side === side ? "ours" : "theirs"} /> ${one.id === me ? html`<strong>${t("me")}</strong>` : html`<${Name} name=${say(one.names)} />`}</span>`;
  return html`<section class="hands" aria-label=${t("Hands")}>
    ${speaker && html`<p class="has-floor"><span class="soft">${t("Has the floor:")}</span> ${shown(speaker)} ${controls?.(speaker.id, say(speaker.names))}</p>`}
    ${
      hands.length > 0
        ? html`<ol class="hand-line" aria-live="polite">${hands.map((one) => html`<li key=${one.id}>${shown(one)} ${controls?.(one.id, say(one.names))}</li>`)}</ol>`
        : html`<p class="soft small">${t("No hand is raised.")}</p>`
    }
  </section>`;
}
