// Why children ask for a teacher: stable words on the wire, sentences on the screen.
import { t } from "../i18n.mjs";

/** @returns {{id: string, label: string}[]} */
export function helpReasons() {
  return [
    { id: "task", label: t("We do not know what to do") },
    { id: "text", label: t("We do not understand the text") },
    { id: "partner", label: t("We are stuck with each other") },
    { id: "device", label: t("We cannot hear or see each other") },
    { id: "", label: t("Something else") },
  ];
}

/**
 * @param {string} reason
 * @returns {string} the sentence behind a reason, "" where none was given
 */
export function helpReason(reason) {
  return reason ? (helpReasons().find((one) => one.id === reason)?.label ?? reason) : "";
}
