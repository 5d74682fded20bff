// The lesson player's tools: text size, speed of recordings, how far one has read, the menu beside each block.
// What is chosen is remembered on this device for this person (shared PCs have many).
const lesson = document.querySelector("[data-lesson]");
const account = lesson?.dataset.account;

function remembered(name) {
  try {
    return localStorage.getItem(`cw-${name}-${account}`);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`cw-${name}-${account}`, value);
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}

// --- text size ------------------------------------------------------------------------------------------------
const sizes = [...document.querySelectorAll("[data-size-choice]")];

function setSize(size) {
  const now = Math.max(0, sizes.findIndex((button) => button.dataset.sizeChoice === size));
  lesson.dataset.size = sizes[now]?.dataset.sizeChoice ?? "1";
  sizes.forEach((button, place) => {
    button.setAttribute("aria-pressed", String(place === now));
    if (place === (now + 1) % sizes.length) button.dataset.key = "f";
    else delete button.dataset.key;
  });
}

if (lesson) {
  setSize(remembered("size") ?? "1");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-size-choice]");
    if (!button) return;
    const anchor = [...lesson.children].find((block) => block.getBoundingClientRect().bottom > 80);
    const before = anchor?.getBoundingClientRect().top;
    setSize(button.dataset.sizeChoice);
    remember("size", button.dataset.sizeChoice);
    if (anchor && before < 80) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" }); // one stays where one was
  });
}

// --- speed of recordings and films ----------------------------------------------------------------------------
const box = document.querySelector("[data-speed-box]");
const speed = document.querySelector("[data-speed]");

function recordings() {
  return [...(lesson?.querySelectorAll("audio, video") ?? [])];
}

function setSpeed() {
  for (const each of recordings()) each.playbackRate = Number(speed.value);
}

function showSpeed() {
  box.hidden = !recordings().length;
}

if (lesson && speed) {
  const kept = remembered("speed");
  if ([...speed.options].some((option) => option.value === kept)) speed.value = kept;
  showSpeed();
  setSpeed();
  speed.addEventListener("change", () => {
    setSpeed();
    remember("speed", speed.value);
  });
  // A source that loads sets the speed back, and htmx may bring new players.
  for (const name of ["loadedmetadata", "play"]) lesson.addEventListener(name, (event) => (event.target.playbackRate = Number(speed.value)), true);
  document.addEventListener("htmx:after:swap", showSpeed);
}

// --- how far one has read -------------------------------------------------------------------------------------
const bar = document.querySelector("[data-reading-bar]");
let isDue = false;

function drawBar() {
  isDue = false;
  const { top, height } = lesson.getBoundingClientRect();
  const seen = window.innerHeight - top;
  bar.value = height ? Math.min(1, Math.max(0, seen / height)) : 1;
}

if (lesson && bar) {
  const later = () => {
    if (!isDue) requestAnimationFrame(drawBar);
    isDue = true;
  };
  window.addEventListener("scroll", later, { passive: true });
  window.addEventListener("resize", later);
  new ResizeObserver(later).observe(lesson);
}

// --- the menu beside each block -------------------------------------------------------------------------------
const tools = document.querySelector("template[data-block-tools]");
const marked = new Set((lesson?.dataset.bookmarked ?? "").split(" ").filter(Boolean));

function idOf(block) {
  return block.id.slice("block-".length);
}

function draw(block) {
  const id = idOf(block);
  const isNoted = [...document.querySelectorAll("[data-note]")].some((note) => note.dataset.block === id);
  const isMarked = marked.has(id);
  block.querySelector("[data-block-plain]").hidden = isNoted || isMarked;
  block.querySelector("[data-block-noted]").hidden = !isNoted;
  block.querySelector("[data-block-marked]").hidden = !isMarked;
  block.querySelector("[data-block-bookmark]").setAttribute("aria-pressed", String(isMarked));
}

async function toggleBookmark(block) {
  const id = idOf(block);
  const isWanted = !marked.has(id);
  const data = new FormData();
  data.set("block", id);
  data.set("is_wanted", isWanted ? "1" : "0");
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}"), Accept: "application/json" };
  try {
    const answer = await fetch(lesson.dataset.bookmarkUrl, { method: "POST", body: data, headers, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    if (isWanted) marked.add(id);
    else marked.delete(id);
    draw(block);
  } catch {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: document.body.dataset.textOffline, state: "attention" } }));
  }
}

function openComment(block, kind) {
  const dialog = document.getElementById("lesson-comment");
  const form = document.querySelector("[data-comment-form]");
  if (!form) return;
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  form.querySelector("[data-comment-part]").value = block;
  if (kind) form.querySelector(`input[name="kind"][value="${kind}"]`).checked = true;
  form.querySelector("[data-comment-text]").focus();
}

if (lesson && tools) {
  for (const block of lesson.querySelectorAll(":scope > .lesson-block[id^='block-']")) {
    block.append(tools.content.cloneNode(true));
    draw(block);
  }
  document.addEventListener("notes", () => lesson.querySelectorAll(":scope > .lesson-block[id^='block-']").forEach(draw));
  // On a phone the menu could open below the bars at the foot.
  lesson.addEventListener("toggle", (event) => event.target.matches(".block-tools[open]") && event.target.querySelector(".menu-list").scrollIntoView({ block: "nearest" }), true);
  lesson.addEventListener("click", (event) => {
    const item = event.target.closest(".block-tools .menu-item");
    if (!item) return;
    const block = item.closest(".lesson-block");
    item.closest("details").open = false;
    if (item.matches("[data-block-bookmark]")) toggleBookmark(block);
    else if (item.matches("[data-block-note]")) document.dispatchEvent(new CustomEvent("note", { detail: { block: idOf(block) } }));
    else openComment(idOf(block), item.dataset.blockComment);
  });
}

// --- telling the author: what is typed stays until it is sent ---------------------------------------------------
function draft() {
  return document.querySelector("[data-comment-form]")?.dataset.draft;
}

function putDraft() {
  const text = document.querySelector("[data-comment-text]");
  try {
    if (text && !text.value) text.value = localStorage.getItem(draft()) ?? "";
  } catch {
    // Storage is switched off.
  }
}

if (lesson && document.querySelector("[data-comment-form]")) {
  const empty = document.querySelector("[data-comment-form]").cloneNode(true);
  putDraft();
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-comment-text]")) return;
    try {
      localStorage.setItem(draft(), event.target.value);
    } catch {
      // As above.
    }
  });
  document.addEventListener("commentsent", () => {
    try {
      localStorage.removeItem(draft());
    } catch {
      // As above.
    }
    const dialog = document.getElementById("lesson-comment");
    const fresh = empty.cloneNode(true);
    document.querySelector("[data-comment-form]").replaceWith(fresh);
    window.htmx?.process(fresh);
    if (dialog instanceof HTMLDialogElement) dialog.close();
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: lesson.dataset.textSent, state: "good" } }));
  });
}
