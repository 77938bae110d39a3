// The few lines of a session description that we change in what we send, and the one that tells two connections apart.

/**
 * Ask the other side to send its voice sparingly: nothing in silence (DTX), and a spare copy against loss (in-band FEC).
 * What stands in our fmtp line is what we would like to receive (RFC 7587).
 * @param {string} sdp
 */
export function withSparingVoice(sdp) {
  const payload = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  if (!payload) return sdp;
  const line = new RegExp(`^a=fmtp:${payload} (.*?)(\\r?)$`, "m");
  if (!line.test(sdp))
    return sdp.replace(
      new RegExp(`^(a=rtpmap:${payload} .*?)(\\r?)$`, "m"),
      `$1$2\na=fmtp:${payload} useinbandfec=1;usedtx=1$2`,
    );
  return sdp.replace(line, (_whole, /** @type {string} */ asked, /** @type {string} */ end) => {
    const others = asked.split(";").filter((one) => one && !/^(useinbandfec|usedtx)=/.test(one.trim()));
    return `a=fmtp:${payload} ${[...others, "useinbandfec=1", "usedtx=1"].join(";")}${end}`;
  });
}

/**
 * Ask the other side for small pictures: no more than so many bits a second in the lines of pictures (RFC 8866 `b=`).
 * @param {string} sdp
 * @param {number} bits
 */
export function withPicturesUpTo(sdp, bits) {
  const limits = [`b=AS:${Math.ceil(bits / 1000)}`, `b=TIAS:${bits}`];
  /** @type {string[]} */
  const lines = [];
  let inPicture = false;
  for (const line of sdp.split("\r\n")) {
    if (line.startsWith("m=")) inPicture = line.startsWith("m=video");
    if (inPicture && line.startsWith("b=")) continue;
    lines.push(line);
    // The order of lines is fixed: b= comes after c=.
    if (inPicture && line.startsWith("c=")) lines.push(...limits);
  }
  return lines.join("\r\n");
}

/**
 * @param {string | undefined} sdp
 * @returns {string | null} what names the connection that wrote it, from its first description to its last (RFC 8866 `o=`)
 */
export function writerOf(sdp) {
  return /^o=\S+ (\S+) /m.exec(sdp ?? "")?.[1] ?? null;
}
