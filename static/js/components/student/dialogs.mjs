// Asking for help, and reporting a concern: one press from anywhere.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { helpReasons } from "../../views/help.mjs";

/** @import {StudentPage} from "./page.mjs" */

/**
 * A native dialog that is open while it is rendered.
 * @param {{title: string, onClose: () => void, children?: unknown}} props
 */
export function Dialog({ title, onClose, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return html`<dialog class="dialog" ref=${element} aria-labelledby="dialog-title" onClose=${onClose} onCancel=${onClose}>
    <h2 id="dialog-title">${title}</h2>${children}
  </dialog>`;
}

/** @param {{page: StudentPage, onClose: () => void}} props */
export function HelpDialog({ page, onClose }) {
  const ask = (/** @type {string} */ reason) => {
    void page.command("ask_help", { reason });
    onClose();
  };
  return html`<${Dialog} title=${t("What would help?")} onClose=${onClose}>
    <p>${t("Pick what fits best; a teacher sees it at once.")}</p>
    <div class="stack stack-s">${helpReasons().map((reason) => html`<button key=${reason.id} type="button" class="button block" onClick=${() => ask(reason.id)}>${reason.label}</button>`)}</div>
    <footer><button type="button" class="button quiet" onClick=${onClose}>${t("Back")}</button></footer>
  <//>`;
}

/** @param {{page: StudentPage, onClose: () => void}} props */
export function ConcernDialog({ page, onClose }) {
  const [about, setAbout] = useState("");
  const [words, setWords] = useState("");
  const [apart, setApart] = useState(false);
  const [who, setWho] = useState(page.seat.at.value);
  const [sent, setSent] = useState(/** @type {"" | "sending" | "sent" | "refused"} */ (""));
  const choices = [
    ["partner", t("My partner")],
    ["adult", t("An adult here")],
    ["me", t("Me, or home")],
  ];
  const report = () => {
    setSent("sending");
    page
      .command("report_concern", { about, words, apart: apart && about === "partner" }, who)
      .then((ack) => setSent(ack.ok ? "sent" : "refused"));
  };
  if (sent)
    return html`<${Dialog} title=${t("Thank you for telling us")} onClose=${onClose}><${Reported} page=${page} sent=${sent} /><footer><button type="button" class="button primary" onClick=${onClose}>${t("Close")}</button></footer><//>`;
  return html`<${Dialog} title=${t("Report a concern")} onClose=${onClose}>
    <form class="form" method="dialog" onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      if (about) report();
    }}>
      <p>${t("It goes to the person at your school who looks after safety. Your partner does not see it.")}</p>
      <${Reporter} page=${page} who=${who} onChoose=${setWho} />
      <fieldset><legend>${t("Who is it about?")}</legend>
        ${choices.map(([id, label]) => html`<label key=${id} class="check"><input type="radio" name="about" required checked=${about === id} onChange=${() => setAbout(/** @type {string} */ (id))} /><span>${label}</span></label>`)}
      </fieldset>
      ${
        about === "partner" &&
        page.room.value !== null &&
        html`<label class="check"><input type="checkbox" checked=${apart} onChange=${() => setApart(!apart)} /><span>${t("I want to be apart from my partner now")}</span></label>
        ${apart && html`<p class="hint">${t("A teacher is asked to give you another place. Your partner is not told that you asked.")}</p>`}`
      }
      <div class="field"><label for="concern-words">${t("What happened?")} <span class="optional">${t("(you may leave this empty)")}</span></label>
        <textarea id="concern-words" dir="auto" maxlength="2000" value=${words} onInput=${(/** @type {InputEvent} */ event) => setWords(/** @type {HTMLTextAreaElement} */ (event.target).value)}></textarea></div>
      <footer><button type="button" class="button quiet" onClick=${onClose}>${t("Back")}</button><button type="submit" class="button primary">${t("Send")}</button></footer>
    </form>
  <//>`;
}

/**
 * At a shared device a report must not be taken for the other's.
 * @param {{page: StudentPage, who: string, onChoose: (who: string) => void}} props
 */
function Reporter({ page, who, onChoose }) {
  const members = page.seat.members.value;
  if (members.length < 2) return null;
  const names = (/** @type {string} */ id) =>
    id === page.boot.member
      ? page.boot.names
      : (page.boot.also?.names ?? page.room.value?.members.find((member) => member.id === id)?.names);
  return html`<fieldset><legend>${t("Who is telling us?")}</legend>
    ${members.map((id) => html`<label key=${id} class="check"><input type="radio" name="who" checked=${who === id} onChange=${() => onChoose(id)} /><span><bdi>${say(names(id))}</bdi></span></label>`)}</fieldset>`;
}

/** @param {{page: StudentPage, sent: "sending" | "sent" | "refused"}} props */
function Reported({ page, sent }) {
  const numbers = page.boot.help_numbers;
  const wording = typeof numbers === "string" ? numbers : say(numbers);
  return html`<p role="status">${
    sent === "sent"
      ? t("Your report has arrived. Somebody at your school will read it.")
      : sent === "sending"
        ? t(
            "Your report is kept here and goes off as soon as the connection is back. You can also tell an adult near you.",
          )
        : t("Your report could not be delivered. Please tell an adult whom you trust.")
  }</p>
    ${wording && html`<h3>${t("Help right now")}</h3><p class="help-numbers" dir="auto">${wording}</p>`}`;
}
