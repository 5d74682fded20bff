// Locks a shared PC: after data-idle-seconds without pointer or key, in any tab, POSTs to data-lock-url and goes to data-lock-page.
// The back office, which has no body of ours, carries the data on an element of its own.
// Only people count as activity; polling requests don't. One minute before (or at half time, if that is later) a notice says so.
// The server keeps its own clock: while somebody reads or types without asking it anything, data-seen-url is told so.
const body = document.querySelector("[data-idle-seconds]") ?? document.body;
const limit = Number(body.dataset.idleSeconds) * 1000;
const KEY_SEEN = "cw-last-activity";
const KEY_LOCKED = "cw-locked";
let seen = Date.now();
let told = Date.now();
let warned = false;
let locking = false;

function read(key) {
  try {
    return Number(localStorage.getItem(key)) || 0;
  } catch {
    return 0;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, String(value));
  } catch {
    // No storage: each tab keeps its own time.
  }
}

function active() {
  const now = Date.now();
  if (now - seen < 1000 && !warned) return;
  seen = now;
  warned = false;
  write(KEY_SEEN, now);
}

function headers() {
  const given = body.getAttribute("hx-headers:inherited");
  if (given) return JSON.parse(given);
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return token ? { "X-CSRFToken": token[1] } : {};
}

async function tell() {
  if (!body.dataset.seenUrl || seen <= told || Date.now() - told < limit / 5) return;
  told = Date.now();
  try {
    const answer = await fetch(body.dataset.seenUrl, { method: "POST", headers: headers(), credentials: "same-origin" });
    if (answer.status === 423) leave();
  } catch {
    // Offline: the next round tells it.
  }
}

function leave() {
  location.replace(body.dataset.lockPage + (body.dataset.lockPage.includes("?") ? "" : `?next=${encodeURIComponent(location.pathname + location.search)}`));
}

async function lock() {
  if (locking) return;
  locking = true;
  document.dispatchEvent(new CustomEvent("idle:lock"));
  try {
    await fetch(body.dataset.lockUrl, { method: "POST", headers: headers(), credentials: "same-origin", redirect: "manual" });
  } catch {
    // Offline: the lock page will not load either, but nothing stays on the screen.
  }
  write(KEY_LOCKED, Date.now());
  leave();
}

function check() {
  seen = Math.max(seen, Math.min(Date.now(), read(KEY_SEEN)));
  const rest = limit - (Date.now() - seen);
  if (rest <= 0) {
    lock();
    return;
  }
  tell();
  if (!warned && rest <= Math.min(60000, limit / 2)) {
    warned = true;
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: body.dataset.textIdle, state: "attention" } }));
  }
}

if (limit > 0 && body.dataset.lockUrl) {
  write(KEY_SEEN, seen);
  for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) document.addEventListener(name, active, { passive: true, capture: true });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && check());
  window.addEventListener("storage", (event) => event.key === KEY_LOCKED && !locking && leave());
  setInterval(check, Math.min(5000, Math.max(250, limit / 8)));
}
