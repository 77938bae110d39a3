// What a device has against being used, as a sentence that says what to do, and how to go on without it.
import { t } from "../i18n.mjs";

/** @typedef {"" | "refused" | "none" | "busy" | "unplugged" | "insecure"} Trouble */

/**
 * @param {{camera: Trouble, microphone: Trouble}} trouble
 * @returns {string[]} one sentence for each thing that a person can do something about
 */
export function troubles({ camera, microphone }) {
  if (camera === "insecure" || microphone === "insecure")
    return [
      t(
        "This page was not opened over a secure address (https), so the browser keeps camera and microphone shut. Tell your teacher. Until then you can write everything.",
      ),
    ];
  if (camera === "refused" && microphone === "refused")
    return [
      t(
        "The browser was told not to use camera and microphone. Allow them at the address bar and try again, or go on: you can write everything.",
      ),
    ];
  return [cameraTrouble(camera), microphoneTrouble(microphone)].filter(Boolean);
}

/** @param {Trouble} why */
function cameraTrouble(why) {
  switch (why) {
    case "refused":
      return t(
        "The browser was told not to use the camera. Allow it at the address bar and try again. A voice is enough, too.",
      );
    case "none":
      return t("No camera was found. Plug one in and try again. A voice is enough, too.");
    case "busy":
      return t("Another program is using the camera. Close that program and try again. A voice is enough, too.");
    case "unplugged":
      return t("The camera is gone. Plug it in again, and it comes back by itself. A voice is enough, too.");
    default:
      return "";
  }
}

/** @param {Trouble} why */
function microphoneTrouble(why) {
  switch (why) {
    case "refused":
      return t(
        "The browser was told not to use the microphone. Allow it at the address bar and try again. You can write everything, too.",
      );
    case "none":
      return t("No microphone was found. Plug one in and try again. You can write everything, too.");
    case "busy":
      return t(
        "Another program is using the microphone. Close that program and try again. You can write everything, too.",
      );
    case "unplugged":
      return t("The microphone is gone. Plug it in again, and it comes back by itself. You can write everything, too.");
    default:
      return "";
  }
}

/**
 * What is told when a device changes in the middle of a call.
 * @param {"camera" | "microphone"} device
 * @param {"another" | "back" | "lost"} what
 * @param {Trouble} why it is lost
 */
export function deviceNews(device, what, why) {
  if (what === "lost") return device === "camera" ? cameraTrouble(why) : microphoneTrouble(why);
  if (what === "back") return device === "camera" ? t("The camera is back.") : t("The microphone is back.");
  return device === "camera"
    ? t("The camera is gone; another one is in use now.")
    : t("The microphone is gone; another one is in use now.");
}
