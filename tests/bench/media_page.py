"""What a bench puts into pages and asks them: when pictures came, and what was left behind by those who went."""

from typing import Any

from playwright.async_api import Page

# Calls are held weakly: what a page leaks should be its own doing. Pictures are counted as they are decoded.
WITNESS = """
const made = [];
window.__calls = {
  push(call) { made.push(new WeakRef(call)); },
  *[Symbol.iterator]() { for (const ref of made) { const call = ref.deref(); if (call) yield call; } },
};
window.__seen = [];
window.__born = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) {
    super(...given);
    window.__born.push(performance.now());
    this.addEventListener('track', ({track}) => { if (track.kind === 'video') void witness(track); });
  }
};
async function witness(track) {
  const reader = new MediaStreamTrackProcessor({track}).readable.getReader();
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    value.close();
    window.__seen.push(performance.now());
    if (window.__seen.length > 3000) window.__seen.splice(0, 1000);
  }
}
"""
NOW = "() => performance.now()"
SEEN_AFTER = "(mark) => (window.__seen.at(-1) ?? 0) > mark"
FIRST_AFTER = "(mark) => window.__seen.find((at) => at > mark) ?? null"
BORN_AFTER = "(mark) => window.__born.filter((at) => at > mark).at(-1) ?? null"
LONGEST_GAP = """(mark) => {
  const times = [mark, ...window.__seen.filter((at) => at > mark), performance.now()];
  return Math.max(...times.slice(1).map((at, index) => at - times[index]));
}"""
OPEN_CALLS = "() => [...window.__calls].filter((call) => call.connectionState !== 'closed').length"
LIVE_TRACKS = """() => [...window.__calls].flatMap((call) => call.getReceivers())
  .filter((one) => one.track.readyState === 'live').length"""
SOUND = """async () => {
  let concealed = 0, all = 0;
  for (const call of window.__calls) {
    if (call.connectionState === 'closed') continue;
    for (const one of (await call.getStats()).values()) {
      if (one.type !== 'inbound-rtp' || one.kind !== 'audio') continue;
      // What is made up while the other side says nothing is no loss.
      concealed += (one.concealedSamples ?? 0) - (one.silentConcealedSamples ?? 0);
      all += one.totalSamplesReceived ?? 0;
    }
  }
  return [concealed, all];
}"""
SENT = """async () => {
  let frames = 0, sounds = 0;
  for (const call of window.__calls) {
    if (call.connectionState === 'closed') continue;
    for (const one of (await call.getStats()).values()) {
      if (one.type !== 'outbound-rtp') continue;
      if (one.kind === 'video') frames += one.framesSent ?? 0; else sounds += one.packetsSent ?? 0;
    }
  }
  return [frames, sounds];
}"""


async def now(page: Page) -> float:
    """Return the page's own time, in milliseconds."""
    return await page.evaluate(NOW)


async def first_picture_after(page: Page, mark: float, seconds: float) -> float:
    """Wait for a partner's picture; return how many milliseconds after the mark it came."""
    await page.wait_for_function(SEEN_AFTER, arg=mark, timeout=seconds * 1000, polling=50)
    return await page.evaluate(FIRST_AFTER, mark) - mark


async def ask(page: Page, script: str, given: Any = None) -> Any:
    """Evaluate one of the scripts above."""
    return await page.evaluate(script, given)
