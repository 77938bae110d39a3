// The visited room: faces, whose turn it is, what has been turned over and what was written together.
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { listed } from "../../views/people.mjs";
import { byDevice } from "../../views/seat.mjs";
import { hostName, nameOf, whose } from "../../views/teacher/people.mjs";
import { entryWords, shown, shownRemark, turnWords } from "../../views/teacher/room.mjs";
import { Tile } from "../tile.mjs";
import { Name } from "./parts.mjs";

/** @import { Room } from "../../views/teacher/types.mjs" */
/** @import { Desk, Remote } from "./state.mjs" */

/**
 * @param {{ desk: Desk }} props
 */
export function Visit({ desk }) {
  const room = desk.room.value;
  if (!room) return html`<p class="soft" role="status">${t("Coming in…")}</p>`;
  const { language, people } = desk.boot;
  const turn = turnWords(room, people, language);
  const prompt = say(desk.lesson.value?.steps[room.step]?.prompt, language);
  return html`<div class="visit">
    <${Call} desk=${desk} room=${room} />
    ${prompt !== "" && html`<p class="instruction"><bdi>${withoutPlaces(prompt)}</bdi></p>`}
    ${turn !== "" && html`<p class="chip accent" role="status">${turn}</p>`}
    <${Given} desk=${desk} room=${room} />
    <${Lines} desk=${desk} room=${room} />
  </div>`;
}

/**
 * A prompt speaks of "{partner}"; to a visitor that is simply a partner.
 * @param {string} prompt
 */
function withoutPlaces(prompt) {
  return prompt.replaceAll("{partner}", t("the partner"));
}

/** @param {{ desk: Desk, room: Room }} props */
function Call({ desk, room }) {
  const { call, boot } = desk;
  const microphone = call.microphone.value;
  const camera = call.camera.value;
  return html`<section class="visit-faces" aria-label=${t("Picture and sound of the room")}>
      ${byDevice(room.members, desk.presence.value.peers).map((members) => html`<${Face} key=${members[0]?.id} desk=${desk} members=${members.map((one) => one.id)} remote=${call.remotes.value.find((one) => members.some((member) => member.id === one.who))} />`)}
      ${call.remotes.value
        .filter((one) => one.kind === "teacher")
        .map(
          (one) =>
            html`<${Tile} key=${one.peer} name=${hostName(desk.session.value.hosts, one.who, boot.language)} whose=${whose(desk.session.value.hosts.find((host) => host.id === one.who)?.side, boot.side)} stream=${one.stream} hasVideo=${one.hasVideo} speaking=${one.speaking} />`,
        )}
    </section>
    <div class="button-row">
      <button type="button" class="button" aria-pressed=${microphone === "on"} onClick=${() => call.turn("microphone", microphone !== "on")}>
        <span class=${`glyph ${microphone === "on" ? "mic" : "mic-off"}`} aria-hidden="true"></span>${microphone === "on" ? t("You are heard") : t("Speak")}
      </button>
      <button type="button" class="button" aria-pressed=${camera === "on"} onClick=${() => call.turn("camera", camera !== "on")}>
        <span class=${`glyph ${camera === "on" ? "camera" : "camera-off"}`} aria-hidden="true"></span>${camera === "on" ? t("You are seen") : t("Show me")}
      </button>
      ${microphone === "refused" && html`<span class="soft small">${t("The browser was not allowed to use the microphone; you can listen and send notes.")}</span>`}
    </div>`;
}

/** One device, with the one or two who sit at it. @param {{ desk: Desk, members: string[], remote: Remote | undefined }} props */
function Face({ desk, members, remote }) {
  const { boot } = desk;
  const person = boot.people[members[0] ?? ""];
  const peer = desk.presence.value.peers.find((one) => members.includes(one.who));
  return html`<${Tile} name=${listed(members.map((member) => nameOf(boot.people[member], boot.language)))} whose=${whose(person?.side, boot.side)} stream=${remote?.stream ?? null}
    hasVideo=${remote?.hasVideo ?? false} speaking=${remote?.speaking} level=${remote?.level ?? 0}
    muted=${peer !== undefined && peer.microphone !== "on"} state=${remote && (remote.lost || remote.state !== "connected") ? "connecting" : ""} />`;
}

/** @param {{ desk: Desk, room: Room }} props */
function Given({ desk, room }) {
  const pieces = shown(room, desk.lesson.value, desk.boot.language);
  if (!pieces.length) return null;
  return html`<section class="visit-words"><h3>${t("Turned over in this room")}</h3>
    ${pieces.map(
      (
        piece,
        at,
      ) => html`<article key=${at} class=${`reveal-card ${whose(desk.boot.people[piece.member]?.side, desk.boot.side)}`}>
        <p class="by"><${Name} desk=${desk} member=${piece.member} /> <span class="soft"><bdi>${withoutPlaces(piece.asked)}</bdi></span></p>
        ${piece.words.map((words, line) => html`<p key=${line} class="words-shown" dir="auto">${words}</p>`)}
        ${piece.state !== "" && html`<p class="soft small">${shownRemark(piece.state)}</p>`}
      </article>`,
    )}
  </section>`;
}

/** @param {{ desk: Desk, room: Room }} props */
function Lines({ desk, room }) {
  const { boot, lesson } = desk;
  if (!room.lines.length) return null;
  return html`<section class="visit-words"><h3>${t("Written together")}</h3>
    <ul class="lines">
      ${room.lines.map((line) => {
        const input = lesson.value?.steps[line.step]?.inputs[0];
        const of = whose(boot.people[line.author]?.side, boot.side);
        const words = (/** @type {import("../../views/teacher/types.mjs").Entry[]} */ entries) =>
          entries.map((entry) => entryWords(entry, input, lesson.value, boot.language)).join(" · ");
        return html`<li key=${line.id} class=${`line ${of}${line.approved.length >= room.members.length ? " is-agreed" : ""}`}>
          <span class="by"><${Name} desk=${desk} member=${line.author} /></span>
          <span class="line-text" dir="auto">${line.held ? shownRemark("held") : words(line.entries)}</span>
          <span class="approvals"><span class="num">${line.approved.length}/${room.members.length}</span>${line.chosen_by.length > 0 && " ★"}</span>
          ${line.proposal && html`<div class="proposal"><ins dir="auto">${line.proposal.held ? shownRemark("held") : words(line.proposal.entries)}</ins></div>`}
        </li>`;
      })}
    </ul>
  </section>`;
}
