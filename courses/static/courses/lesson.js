// The lesson player: keeps the place with the reading heartbeat, goes back to it, says when the network is away.
const lesson = document.querySelector("[data-lesson]");
const BAR = 80; // px under which a block counts as read past: the sticky top bar

function blocks() {
  return [...(lesson?.querySelectorAll(":scope > [id^='block-']") ?? [])];
}

function place() {
  if (window.scrollY < BAR) return ""; // still at the beginning
  const top = blocks().find((block) => block.getBoundingClientRect().bottom > BAR);
  return top ? top.id.slice("block-".length) : "";
}

if (lesson) {
  lesson.addEventListener("heartbeat", (event) => event.detail.set("place", place()));

  // Only where the address names no place itself: a self-check's answer or a link into the lesson wins.
  if (lesson.dataset.resume && !location.hash && !location.search && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") {
    document.getElementById(lesson.dataset.resume)?.scrollIntoView({ block: "start", behavior: "instant" });
  }

  // To the result of the check or exercise just answered; others may be answered already.
  document.addEventListener("htmx:after:swap", (event) => {
    const part = document.getElementById(event.detail?.ctx?.sourceElement?.closest?.(".check")?.id) ?? lesson;
    (part.querySelector("[data-check-result]") ?? part.querySelector("[data-check-start]"))?.focus({ preventScroll: false });
  });
}

function network() {
  for (const sign of document.querySelectorAll("[data-offline-sign]")) sign.hidden = navigator.onLine;
}
window.addEventListener("online", network);
window.addEventListener("offline", network);
network();
