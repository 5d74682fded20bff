// Counts time really spent: while the page is visible and somebody moved within the last two minutes.
//   data-heartbeat-url="…" [data-heartbeat-seconds="30"]     POSTs active_seconds, and once more when the page is left.
//   Events: `heartbeat` with the data before it is sent, `heartbeat:answered` with the response.
const AWAKE_MS = 120000;
let moved = Date.now();
for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart"]) {
  document.addEventListener(name, () => (moved = Date.now()), { passive: true, capture: true });
}

function send(element, final) {
  const seconds = Math.floor(element.heartbeat.active);
  if (seconds < 1) return;
  element.heartbeat.active -= seconds;
  const data = new FormData();
  data.set("active_seconds", String(seconds));
  element.dispatchEvent(new CustomEvent("heartbeat", { detail: data })); // the page may add what it wants to keep
  // Counting is not moving: the idle lock must not hear it as activity.
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}"), "X-Background": "1" };
  fetch(element.dataset.heartbeatUrl, { method: "POST", body: data, headers, credentials: "same-origin", keepalive: final }).then((response) => element.dispatchEvent(new CustomEvent("heartbeat:answered", { detail: response }))).catch(() => {
    element.heartbeat.active += seconds;
  });
}

const counted = [...document.querySelectorAll("[data-heartbeat-url]")];
for (const element of counted) {
  element.heartbeat = { active: 0, last: Date.now(), sent: Date.now(), every: (Number(element.dataset.heartbeatSeconds) || 30) * 1000 };
}
if (counted.length) {
  setInterval(() => {
    const now = Date.now();
    for (const element of counted) {
      const beat = element.heartbeat;
      if (document.visibilityState === "visible" && now - moved < AWAKE_MS) beat.active += Math.min(5, (now - beat.last) / 1000);
      beat.last = now;
      if (now - beat.sent >= beat.every) {
        beat.sent = now;
        send(element, false);
      }
    }
  }, 1000);
  window.addEventListener("pagehide", () => counted.forEach((element) => send(element, true)));
}
