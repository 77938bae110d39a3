// One face: picture, or a letter where there is none; camera off is ordinary.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.mjs";
import { t } from "../i18n.mjs";
import { initial } from "../views/people.mjs";
import { Name, SchoolMark } from "./person.mjs";

/** @import {Whose} from "./person.mjs" */

/**
 * @typedef {object} TileProps
 * @property {string} name
 * @property {Whose} whose
 * @property {MediaStream | null} stream
 * @property {boolean} hasVideo
 * @property {boolean} [self] my own picture: mirrored, and never heard
 * @property {boolean} [both] two sit at this device: they are named
 * @property {boolean} [speaking]
 * @property {boolean} [muted] the microphone is off
 * @property {0 | 1 | 2 | 3} [level] of the connection; 0 is not said
 * @property {"" | "connecting" | "lost" | "away"} [state]
 * @property {string} [note] a sentence over the picture
 * @property {boolean} [silenced] nothing is heard from it now
 * @property {boolean} [near] sits in the same classroom, and is heard without the network
 * @property {string} [speaker] where its sound comes out, if that was chosen
 * @property {unknown} [children]
 */

/** @param {TileProps} props */
export function Tile(props) {
  const { name, whose, stream, hasVideo, self = false, speaking, muted, level = 0, state = "", note = "" } = props;
  const classes = [
    "tile",
    whose,
    self && "is-self",
    speaking && "is-speaking",
    muted && "is-muted",
    state && `is-${state}`,
  ];
  return html`<figure class=${classes.filter(Boolean).join(" ")}>
    <${Sound} stream=${stream} shown=${hasVideo} muted=${self || props.silenced} speaker=${props.speaker ?? ""} />
    ${!hasVideo && html`<span class=${`avatar large ${whose}`} aria-hidden="true">${initial(name)}</span>`}
    ${note && html`<p class="tile-note">${note}</p>`}
    <figcaption class="name-plate">
      <${SchoolMark} whose=${whose} />${self && !props.both ? html`<span>${t("me")}</span>` : html`<${Name} name=${name} />`}
      ${props.near && html`<span class="near">${t("beside you")}</span>`}
      ${muted && html`<span class="glyph mic-off" role="img" aria-label=${t("microphone off")}></span>`}
      ${level > 0 && html`<span class="link-mark" data-level=${level} role="img" aria-label=${levelWords(level)}><i></i></span>`}
    </figcaption>
    ${props.children}
  </figure>`;
}

/** @param {number} level */
function levelWords(level) {
  return level === 3 ? t("good connection") : level === 2 ? t("fair connection") : t("weak connection");
}

/**
 * The media element stays in place while a picture comes and goes, so that the voice never stops with it.
 * @param {{stream: MediaStream | null, shown: boolean, muted?: boolean, speaker: string}} props
 */
function Sound({ stream, shown, muted, speaker }) {
  const element = useRef(/** @type {HTMLVideoElement | null} */ (null));
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    if (video.srcObject !== stream) video.srcObject = stream;
    video.muted = Boolean(muted);
    // Browsers refuse sound before the first click on a page; the next click anywhere starts it.
    if (stream)
      video
        .play()
        .catch(() => document.addEventListener("pointerdown", () => video.play().catch(() => {}), { once: true }));
  }, [stream, muted]);
  useEffect(() => {
    // A speaker that was pulled out: the usual one sounds.
    if (element.current && "setSinkId" in element.current) element.current.setSinkId(speaker).catch(() => {});
  }, [speaker]);
  return html`<video ref=${element} playsinline autoplay hidden=${!shown} muted=${muted}></video>`;
}

/** The other lens of a phone. @param {{onFlip: () => void}} props */
export function FlipButton({ onFlip }) {
  const words = t("Other camera");
  return html`<button type="button" class="button icon" aria-label=${words} title=${words} onClick=${onFlip}><span class="glyph flip" aria-hidden="true"></span></button>`;
}

/**
 * @param {{device: "camera" | "microphone", on: boolean, onTurn: (on: boolean) => void}} props
 */
export function DeviceButton({ device, on, onTurn }) {
  const glyph = device === "camera" ? "camera" : "mic";
  const words = device === "camera" ? t("Camera") : t("Microphone");
  return html`<button type="button" class="button icon" aria-pressed=${String(on)} aria-label=${words}
    title=${words} onClick=${() => onTurn(!on)}><span class=${`glyph ${on ? glyph : `${glyph}-off`}`} aria-hidden="true"></span></button>`;
}
