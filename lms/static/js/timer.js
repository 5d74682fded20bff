// Clocks. The server says how many seconds remain (or have passed); the browser only counts.
//   data-timer data-remaining="511" [data-total="1200"] [data-count-up]     parts: [data-timer-value] [data-timer-toggle] [data-timer-live]
//   data-text-left="{minutes} minutes {seconds} seconds left"               said at 50, 20 and 5 % and at the end (data-text-end)
// Fires "timer:end" once. Setting data-remaining again (also by an htmx swap) sets the clock anew; setting it empty stops it.
// It counts on the browser's monotonic clock: a PC whose time of day is set right meanwhile loses or gains nothing.
// Whether a clock is hidden is remembered in this tab.
const MARKS = [0.5, 0.2, 0.05];
const KEY_HIDDEN = "cw-timer-hidden";
const clocks = new Map();

function shape(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = String(Math.floor((whole % 3600) / 60)).padStart(2, "0");
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${minutes}:${rest}` : `${minutes}:${rest}`;
}

function say(element, text) {
  const live = element.querySelector("[data-timer-live]");
  if (live && text) live.textContent = text;
}

function start(element) {
  const seconds = Number.parseFloat(element.dataset.remaining);
  if (!Number.isFinite(seconds)) {
    clocks.delete(element); // no deadline (any more)
    return;
  }
  const total = Number(element.dataset.total) || seconds;
  const passed = new Set(MARKS.filter((mark) => seconds < total * mark));
  clocks.set(element, { from: performance.now(), seconds, total, passed, over: seconds <= 0, up: element.hasAttribute("data-count-up") });
  element.dataset.running = "true";
  delete element.dataset.ended;
  tick(element);
}

function tick(element) {
  const clock = clocks.get(element);
  const gone = (performance.now() - clock.from) / 1000;
  const now = clock.up ? Math.floor(clock.seconds + gone) : clock.seconds - gone;
  const value = element.querySelector("[data-timer-value]");
  const text = shape(now);
  if (value && value.textContent !== text) value.textContent = text;
  if (clock.up) return;
  element.dataset.low = String(now <= clock.total * 0.2);
  for (const mark of MARKS) {
    if (now > clock.total * mark || clock.passed.has(mark) || now <= 0) continue;
    clock.passed.add(mark);
    const left = Math.ceil(now);
    say(element, element.dataset.textLeft?.replace("{minutes}", Math.floor(left / 60)).replace("{seconds}", left % 60));
  }
  if (now <= 0 && element.dataset.ended !== "true") {
    element.dataset.ended = "true";
    say(element, element.dataset.textEnd);
    if (!clock.over) element.dispatchEvent(new CustomEvent("timer:end", { bubbles: true }));
    clock.over = true;
  }
}

function sweep() {
  for (const element of clocks.keys()) {
    if (element.isConnected) tick(element);
    else clocks.delete(element);
  }
  for (const element of document.querySelectorAll('[data-timer]:not([data-running="true"])')) start(element);
}

new MutationObserver((changes) => {
  for (const change of changes) if (change.target.matches("[data-timer]")) start(change.target);
}).observe(document.documentElement, { subtree: true, attributeFilter: ["data-remaining"] });

function hide(element, isHidden) {
  element.dataset.hidden = String(isHidden);
  for (const part of element.querySelectorAll("[data-timer-word]")) part.hidden = part.dataset.timerWord !== (isHidden ? "show" : "hide");
}

document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-timer-toggle]")?.closest("[data-timer]");
  if (!element) return;
  const isHidden = element.dataset.hidden !== "true";
  hide(element, isHidden);
  try {
    sessionStorage.setItem(KEY_HIDDEN, isHidden ? "1" : "");
  } catch {
    // No storage: hidden on this page only.
  }
});

try {
  if (sessionStorage.getItem(KEY_HIDDEN)) for (const toggle of document.querySelectorAll("[data-timer-toggle]")) hide(toggle.closest("[data-timer]"), true);
} catch {
  // As above.
}

sweep();
setInterval(sweep, 250);
