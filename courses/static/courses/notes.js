// Notes beside a lesson: saved as one types. What could not be sent is kept on this device and sent later.
//   [data-note]      a note's form, with its block; [data-note-new] the form for the next one
const lesson = document.querySelector("[data-lesson]");
const list = document.querySelector("[data-notes]");
const start = document.querySelector("[data-note-new]");
const prefix = `cw-note-${lesson?.dataset.account}-${lesson?.dataset.lessonKey}-`;
const PAUSE = 800;
const AGAIN = 15000;
const timers = new WeakMap();
const sending = new WeakSet();

function sign(state, time) {
  document.dispatchEvent(new CustomEvent("saved", { detail: { state, time } }));
}

function store(form, text) {
  try {
    if (text === null) localStorage.removeItem(prefix + form.dataset.block);
    else localStorage.setItem(prefix + form.dataset.block, JSON.stringify({ text, edition: form.elements.edition.value, quote: form.querySelector("[data-note-quote]").textContent }));
  } catch {
    // Storage is switched off: the text stays on the page.
  }
}

function count() {
  const n = list.querySelectorAll("[data-note]").length;
  for (const place of document.querySelectorAll("[data-note-count]")) place.textContent = n || "";
  document.dispatchEvent(new CustomEvent("notes"));
}

function later(form, pause) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => send(form), pause));
}

async function send(form, { keepalive = false } = {}) {
  clearTimeout(timers.get(form));
  if (sending.has(form)) return later(form, PAUSE);
  const area = form.querySelector("[data-note-text]");
  const text = area.value;
  if (text.trim() === (form.dataset.saved ?? "").trim()) return store(form, null);
  sending.add(form);
  sign("saving");
  try {
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}"), Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers, credentials: "same-origin", keepalive });
    if (!answer.ok) throw new Error(String(answer.status));
    const kept = await answer.json();
    form.elements.edition.value = kept.edition;
    form.dataset.saved = kept.text;
    // Another window wrote meanwhile: both texts are there now, and what was typed in between goes below.
    if (kept.text !== text.trim()) area.value = area.value === text ? kept.text : kept.text + area.value.slice(text.length);
    if (area.value.trim() === kept.text) store(form, null);
    else later(form, PAUSE);
    sign("saved", kept.time);
  } catch {
    store(form, text);
    sign("offline");
    later(form, AGAIN);
  } finally {
    sending.delete(form);
  }
}

function add(block, quote) {
  const form = document.querySelector("template[data-note-template]").content.firstElementChild.cloneNode(true);
  form.dataset.block = form.elements.block.value = block;
  const link = form.querySelector("[data-note-quote]");
  link.href = block ? `#block-${block}` : "#main";
  if (quote) link.textContent = quote;
  dress(form);
  list.append(form);
  count();
  return form;
}

function of(block) {
  return [...list.querySelectorAll("[data-note]")].find((form) => form.dataset.block === block);
}

function dress(form) {
  form.dataset.saved ??= form.querySelector("[data-note-text]").value;
  form.querySelector("[data-note-save]").hidden = true;
}

function nameOf(block) {
  return [...(start?.querySelector("[data-note-part]").options ?? [])].find((option) => option.value === block)?.textContent ?? "";
}

if (lesson && list) {
  for (const form of list.querySelectorAll("[data-note]")) dress(form);
  start.querySelector("[data-note-save]").hidden = true;

  // What an earlier visit could not send.
  try {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(prefix))) {
      const block = name.slice(prefix.length);
      const { text, edition, quote } = JSON.parse(localStorage.getItem(name));
      const form = of(block) ?? add(block, quote);
      form.elements.edition.value = edition;
      form.querySelector("[data-note-text]").value = text;
      send(form);
    }
  } catch {
    // Nothing kept, or not ours.
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("[data-note]");
    if (form && event.target.matches("[data-note-text]")) {
      store(form, event.target.value);
      later(form, PAUSE);
      return;
    }
    // The first letter of a new note makes its form; the cursor goes on in it. Not while Chinese is being composed.
    if (event.target.matches?.("[data-note-new] [data-note-text]") && !event.isComposing) begin(event.target);
  });
  document.addEventListener("compositionend", (event) => event.target.matches?.("[data-note-new] [data-note-text]") && begin(event.target));
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-note]");
    if (!form) return;
    event.preventDefault();
    send(form);
  });
  document.addEventListener("note", (event) => {
    const { block } = event.detail;
    const panel = document.getElementById("lesson-notes");
    if (panel instanceof HTMLDialogElement && !panel.open) document.querySelector('.lesson-tools [data-dialog-open="lesson-notes"]').click();
    const form = of(block) ?? add(block, nameOf(block));
    form.querySelector("[data-note-text]").focus();
  });
  window.addEventListener("online", () => list.querySelectorAll("[data-note]").forEach((form) => send(form)));
  window.addEventListener("pagehide", () => list.querySelectorAll("[data-note]").forEach((form) => send(form, { keepalive: true })));
}

function begin(area) {
  const part = start.querySelector("[data-note-part]").value;
  const text = area.value;
  if (!text) return;
  const there = of(part);
  const form = there ?? add(part, part ? nameOf(part) : "");
  const own = form.querySelector("[data-note-text]");
  own.value = there && own.value ? `${own.value}\n${text}` : text;
  area.value = "";
  own.focus();
  own.setSelectionRange(own.value.length, own.value.length);
  store(form, own.value);
  later(form, PAUSE);
}
