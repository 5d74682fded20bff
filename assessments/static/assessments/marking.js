// The marking screen saves each item as it is marked. What could not be sent is kept in this window and sent again.
//   form[data-autosave]       one item, or the summary; each sends its own latest state, one request at a time
//   [data-stamp]              writes the recording's position into the item's moment
//   #score                    replaced by what the server answers
const root = document.querySelector("[data-marking]");
const audio = document.querySelector("audio[data-player]");
const score = document.getElementById("score");
const TYPING_PAUSE = 800;
const RETRY = 5000;
const rows = new Map();

const clock = (seconds) => {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
};
const keptAs = (form) => `marking:${root.dataset.evaluation}:${form.id}`;
const sign = (state, time) => document.dispatchEvent(new CustomEvent("saved", { detail: { state, time } }));
const say = (text, state) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, state } }));

function showError(form, text) {
  const place = form.querySelector("[data-error]");
  place.textContent = text;
  place.hidden = !text;
}

function waiting() {
  return [...rows.values()].some((row) => row.isDirty || row.isBusy || row.timer);
}

function keep(form) {
  const values = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
  try {
    sessionStorage.setItem(keptAs(form), JSON.stringify(values));
  } catch {
    // A full or forbidden store: the page itself still holds what was typed.
  }
}

function restore(form) {
  const kept = sessionStorage.getItem(keptAs(form));
  if (!kept) return false;
  for (const [name, value] of Object.entries(JSON.parse(kept))) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    }
  }
  return true;
}

async function send(row) {
  const { form } = row;
  clearTimeout(row.timer);
  row.timer = 0;
  if (row.isBusy) {
    row.isDirty = true;
    return row.sending;
  }
  row.isBusy = true;
  row.isDirty = false;
  keep(form);
  sign("saving");
  row.sending = post(row).finally(() => {
    row.isBusy = false;
    if (row.isDirty) send(row);
  });
  return row.sending;
}

async function post(row) {
  const { form } = row;
  let response;
  try {
    response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
  } catch {
    return later(row);
  }
  // Signed out, or locked after a while away.
  if (response.redirected || response.status === 401 || response.status === 423) {
    say(root.dataset.textGone, "attention");
    return later(row);
  }
  if (response.status >= 500) return later(row);
  const text = await response.text();
  if (!response.ok) {
    // The server won't take this: say why, beside the item. It stays on the page to be put right.
    sessionStorage.removeItem(keptAs(form));
    showError(form, response.headers.get("Content-Type")?.startsWith("text/plain") ? text : response.statusText);
    form.removeAttribute("data-marked");
    sign("refused");
    return false;
  }
  showError(form, "");
  if ([...form.querySelectorAll('[name="points"]')].some((field) => (field.type === "radio" ? field.checked : field.value))) form.dataset.marked = "";
  if (!row.isDirty) sessionStorage.removeItem(keptAs(form));
  score.innerHTML = text;
  if (![...rows.values()].some((other) => other !== row && (other.isDirty || other.isBusy))) {
    sign("saved", response.headers.get("X-Saved-At") ?? "");
  }
  return true;
}

function later(row) {
  sign("offline");
  row.timer = setTimeout(() => send(row), RETRY);
  return false;
}

function setUp(form) {
  const row = { form, isBusy: false, isDirty: false, timer: 0, sending: Promise.resolve(true) };
  rows.set(form, row);
  form.addEventListener("change", (event) => {
    // Buttons and the typed number are one answer: choosing one clears the other.
    if (event.target.name === "points") {
      for (const other of form.querySelectorAll('[name="points"]')) {
        if (other.type === "number" && event.target.type === "radio") other.value = "";
        if (other.type === "radio" && event.target.type === "number") other.checked = false;
      }
    }
    send(row);
  });
  form.addEventListener("input", (event) => {
    if (event.target.type === "radio") return;
    keep(form);
    clearTimeout(row.timer);
    row.timer = setTimeout(() => send(row), TYPING_PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(row);
  });
  if (restore(form)) send(row);
}

if (root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) setUp(form);

  root.addEventListener("click", (event) => {
    const stamp = event.target.closest("[data-stamp]");
    if (!stamp) return;
    const form = stamp.closest("form");
    const field = form.querySelector('[name="moment"]');
    if (audio) {
      field.value = clock(audio.currentTime);
      send(rows.get(form));
    } else {
      field.focus();
      field.select();
    }
  });

  // The row one works in is the current one, however one got there.
  root.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-key-item]");
    if (!item || item.getAttribute("aria-current") === "true") return;
    root.querySelector('[data-key-item][aria-current="true"]')?.removeAttribute("aria-current");
    item.setAttribute("aria-current", "true");
  });

  // Escape leads from a text field back to its row, where the keys work; Enter in the moment saves it.
  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const item = event.target.closest("[data-key-item]");
    const isText = event.target.matches('textarea, input:not([type="radio"])');
    if (item && isText && (event.key === "Escape" || (event.key === "Enter" && event.target.name === "moment"))) {
      event.preventDefault();
      item.focus();
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go-to-item]");
    const item = link && document.querySelector(link.getAttribute("href"));
    if (!item) return;
    event.preventDefault();
    item.focus();
    item.scrollIntoView({ block: "center" });
  });

  window.addEventListener("online", () => {
    for (const row of rows.values()) if (row.timer) send(row);
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting()) event.preventDefault();
  });

  // Releasing waits for what is still on its way.
  for (const form of document.querySelectorAll("#release form")) {
    form.addEventListener("submit", async (event) => {
      if (!waiting()) return;
      event.preventDefault();
      await Promise.all([...rows.values()].filter((row) => row.timer || row.isDirty || row.isBusy).map(send));
      await Promise.all([...rows.values()].map((row) => row.sending));
      if (waiting()) say(root.dataset.textWaiting, "attention");
      else form.requestSubmit();
    });
  }
  document.getElementById("missing")?.focus();
}
