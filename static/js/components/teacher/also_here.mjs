// The other adults of the lesson: who is here and where, guests who wait for a yes, and links for those who are to come.
import { useComputed, useSignal } from "@preact/signals";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { adultsHere, besideWords, roleWords } from "../../views/teacher/also_here.mjs";
import { hostName, isolated, whose } from "../../views/teacher/people.mjs";
import { SchoolMark } from "../person.mjs";
import { Dialog } from "./parts.mjs";

/** @import { Adult } from "../../views/teacher/also_here.mjs" */
/** @import { PassView } from "../../wire.mjs" */
/** @import { Row } from "../../views/teacher/types.mjs" */
/** @import { Desk } from "./state.mjs" */

/** @typedef {{ ok: boolean, id?: string, link?: string, code?: string, message?: string }} LinkAnswer */

/**
 * @param {{ desk: Desk }} props
 */
export function AlsoHere({ desk }) {
  const inviting = useSignal(false);
  const { session, presence, boot } = desk;
  const text = useComputed(() => {
    const passes = desk.passes.value?.passes ?? [];
    return JSON.stringify(
      adultsHere(session.value, presence.value, desk.rows.value, passes, boot.staff, boot.language),
    );
  });
  /** @type {Adult[]} */
  const others = JSON.parse(text.value);
  return html`<span class="also-here">
    <span role="status">${
      others.length === 0
        ? t("No other teacher is here now")
        : html`${t("also here:")} ${others.map((adult, at) => html`${at > 0 && ", "}<${Shown} key=${adult.id} desk=${desk} adult=${adult} />`)}`
    }</span>
    ${
      boot.passes &&
      session.value.status !== "closed" &&
      html`<button type="button" class="button quiet" onClick=${() => {
        inviting.value = true;
      }}>${t("Invite…")}<span class="visually-hidden"> ${t("a substitute or a guest")}</span></button>`
    }
    ${
      inviting.value &&
      html`<${Invite} desk=${desk} onClose=${() => {
        inviting.value = false;
      }} />`
    }
  </span>`;
}

/** @param {{ desk: Desk, adult: Adult }} props */
function Shown({ desk, adult }) {
  const role = roleWords(adult);
  const mark = adult.kind !== "guest" && html` <${SchoolMark} whose=${whose(adult.side, desk.boot.side)} />`;
  return html`<span class="nowrap"><bdi>${adult.name}</bdi>${mark}${role && html` <span class="soft">(${role})</span>`}</span>`;
}

/**
 * Guests whom the other side would like to have: yes or no, where nobody misses it.
 * @param {{ desk: Desk }} props
 */
export function GuestRequests({ desk }) {
  const { boot, session, passes } = desk;
  const asked = (passes.value?.passes ?? []).filter((one) => one.state === "waiting" && one.side !== boot.side);
  if (!boot.passes || !asked.length) return null;
  return html`${asked.map(
    (one) => html`<div key=${one.id} class="notice guest-request" role="status">
      <span>${t("{teacher} asks: may {name} look on as a guest? They see the class board and where rooms stand, without names, and no room.", { teacher: isolated(hostName(session.value.hosts, one.made_by, boot.language)), name: isolated(one.name) })}</span>
      <button type="button" class="button" onClick=${() => answer(desk, one, "agree")}>${t("Yes, welcome")}</button>
      <button type="button" class="button quiet" onClick=${() => answer(desk, one, "revoke")}>${t("No, not today")}</button>
    </div>`,
  )}`;
}

/**
 * @param {Desk} desk
 * @param {PassView} one
 * @param {"agree" | "revoke"} what
 */
async function answer(desk, one, what) {
  const said = await desk.askPasses(`/${one.id}/${what}`, {});
  if (said.ok)
    desk.told.value =
      what === "agree" ? t("Both sides have said yes: the guest can come.") : t("Taken back: that page is closed.");
  else desk.told.value = said.message || t("That did not work. Please try again.");
}

/** @param {{ desk: Desk, onClose: () => void }} props */
function Invite({ desk, onClose }) {
  const kind = useSignal("substitute");
  const name = useSignal("");
  const made = useSignal(/** @type {LinkAnswer | null} */ (null));
  const make = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    made.value = await desk.askPasses("", { kind: kind.value, name: name.value });
  };
  const choices = [
    [
      "substitute",
      t("A substitute"),
      t(
        "Stands in for a teacher today: board, help, rooms, notes, pause. Counts as the adult of our side. No review, no plan, no closing.",
      ),
    ],
    [
      "guest",
      t("A guest"),
      t(
        "Looks on: the class board, and where rooms stand without names. Never a room. The other school’s teacher must say yes.",
      ),
    ],
  ];
  return html`<${Dialog} title=${t("Somebody else comes to this lesson")} onClose=${onClose}>
    ${
      made.value?.link
        ? html`<${Made} made=${made.value} kind=${kind.value} name=${name.value} onClose=${onClose} />`
        : html`<form class="form" onSubmit=${make}>
      <fieldset><legend>${t("Who comes?")}</legend>
        ${choices.map(
          ([id, label, hint]) =>
            html`<label key=${id} class="check"><input type="radio" name="pass-kind" checked=${kind.value === id} onChange=${() => {
              kind.value = id ?? "";
            }} /><span>${label}<br /><span class="hint">${hint}</span></span></label>`,
        )}
      </fieldset>
      <div class="field"><label for="pass-name">${t("Name, as it is to be shown")}</label>
        <input id="pass-name" type="text" dir="auto" maxlength="60" required autocomplete="off" value=${name.value} onInput=${(
          /** @type {InputEvent} */ event,
        ) => {
          name.value = /** @type {HTMLInputElement} */ (event.target).value;
        }} />
        <p class="hint">${t("The link works for this lesson only, on one device at a time.")}</p></div>
      ${made.value && !made.value.ok && html`<p class="notice warn" role="alert"><span>${made.value.message || t("That did not work. Please try again.")}</span></p>`}
      <footer><button type="button" class="button quiet" onClick=${onClose}>${t("Back")}</button><button type="submit" class="button primary">${t("Make the link")}</button></footer>
    </form>`
    }
    <${Passes} desk=${desk} />
  <//>`;
}

/** @param {{ made: LinkAnswer, kind: string, name: string, onClose: () => void }} props */
function Made({ made, kind, name, onClose }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(made.link ?? "").then(
      () => {
        copied.value = true;
      },
      () => {
        // A browser that keeps its clipboard to itself: the link stands there to be selected.
      },
    );
  };
  return html`<div class="field"><label for="pass-link">${t("The link for {name}", { name: isolated(name) })}</label>
      <input id="pass-link" type="text" dir="ltr" readonly value=${made.link} onFocus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).select()} />
      <p class="hint">${t("It is shown this once. Give it to this person only.")} ${kind === "guest" && t("It opens as soon as the other school’s teacher has said yes.")}</p></div>
    <footer><button type="button" class="button" onClick=${copy}>${copied.value ? t("Copied") : t("Copy the link")}</button><button type="button" class="button primary" onClick=${onClose}>${t("Ready")}</button></footer>`;
}

/** @param {{ desk: Desk }} props */
function Passes({ desk }) {
  const known = desk.passes.value?.passes ?? [];
  if (!known.length) return null;
  return html`<h3>${t("Links of this lesson")}</h3>
    <ul class="pass-list" role="list">
      ${known.map(
        (one) => html`<li key=${one.id}>
          <span><bdi>${one.name}</bdi> ${one.kind === "substitute" && html`<${SchoolMark} whose=${whose(one.side, desk.boot.side)} />`} <span class="soft small">${one.kind === "guest" ? t("guest") : t("substitute")} · ${one.state === "waiting" ? t("waits for the second yes") : one.here ? t("is here") : t("not here")}</span></span>
          ${one.state === "waiting" && one.side !== desk.boot.side && html`<button type="button" class="button" onClick=${() => answer(desk, one, "agree")}>${t("Yes, welcome")}</button>`}
          <button type="button" class="button quiet" onClick=${() => answer(desk, one, "revoke")}>${t("Take back")}<span class="visually-hidden"> – ${one.name}</span></button>
        </li>`,
      )}
    </ul>`;
}

/**
 * That an adult sits beside a child of this room, as the child says.
 * @param {{ desk: Desk, row: Row }} props
 */
export function AdultBeside({ desk, row }) {
  const words = useComputed(() =>
    besideWords(row.members, desk.presence.value.peers, desk.boot.people, desk.boot.language),
  ).value;
  return words === ""
    ? null
    : html`<span class="soft small adult-beside"><span class="glyph people" aria-hidden="true"></span> ${words}</span>`;
}
