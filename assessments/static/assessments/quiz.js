// Sitting a quiz: answers are saved as they are chosen, and wait on this device while there is no connection.
//   [data-quiz] data-account data-attempt data-here data-save-url data-flag-url data-submit-url [data-ended]
//   forms [data-answer] data-sequence, one per question, in [data-question="7"]; controls [data-go="8"|"submit"], [data-flag];
//   map buttons [data-map="7"]; form [data-hand-in]; form #time-up, posted when the clock has run out.
// What waits is kept in localStorage by account and attempt: {answers: {"7": {sequence, chosen}}, flags: {"7": true}, at}.
// Without this script the same forms save when a button is pressed.
const root = document.querySelector("[data-quiz]");
const PREFIX = "cw-quiz-";
const KEPT_DAYS = 7;
const SETTLE = 300; // ms between a click and its save, so that a quick change of mind is one save
const RETRY = [3000, 5000, 10000, 20000];

const over = document.querySelector("[data-quiz-over]");
if (over) forget(`${PREFIX}${over.dataset.account}-${over.dataset.attempt}`);
if (root) run();

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // No storage, nothing to forget.
  }
}

function run() {
  const key = `${PREFIX}${root.dataset.account}-${root.dataset.attempt}`;
  const forms = new Map([...root.querySelectorAll("form[data-answer]")].map((form) => [form.elements.q.value, form]));
  const sequences = new Map([...forms].map(([number, form]) => [number, Number(form.dataset.sequence)]));
  const timeUp = document.getElementById("time-up");
  const timer = document.querySelector("[data-timer]");
  const loaded = { at: Date.now(), remaining: Number(timer?.dataset.remaining) };
  let waiting = read();
  let sending = null;
  let settling = null;
  let retry = null;
  let tries = 0;
  let ended = root.hasAttribute("data-ended");
  let leaving = false;
  let sent = 0;

  // --- what waits on this device

  function read() {
    try {
      const now = Date.now();
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(PREFIX) && now - (JSON.parse(localStorage.getItem(name))?.at ?? 0) > KEPT_DAYS * 86400000) localStorage.removeItem(name);
      }
      const kept = JSON.parse(localStorage.getItem(key));
      if (kept?.answers && kept.flags) return kept;
    } catch {
      // No storage, or not ours: begin anew; answers then wait in this page only.
    }
    return { answers: {}, flags: {}, at: 0 };
  }

  function write() {
    waiting.at = Date.now();
    try {
      if (isEmpty()) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(waiting));
    } catch {
      // As above.
    }
  }

  const isEmpty = () => !Object.keys(waiting.answers).length && !Object.keys(waiting.flags).length;
  const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const chosenIn = (form) => [...form.querySelectorAll("[name=chosen]:checked")].map((box) => box.value);

  function keep(number) {
    const sequence = Math.max(sequences.get(number) ?? 0, waiting.answers[number]?.sequence ?? 0) + 1;
    sequences.set(number, sequence);
    waiting.answers[number] = { sequence, chosen: chosenIn(forms.get(number)) };
    write();
    sign("saving");
    draw(number);
  }

  // --- showing

  function sign(state, time) {
    document.dispatchEvent(new CustomEvent("saved", { detail: { state, time } }));
  }

  function bar(name) {
    for (const each of document.querySelectorAll("[data-bar]")) each.hidden = each.dataset.bar !== name;
  }

  function draw(number) {
    const button = root.querySelector(`[data-map="${number}"]`);
    const form = forms.get(number);
    if (!button || !form) return;
    const flagged = form.querySelector("[data-flag]").getAttribute("aria-pressed") === "true";
    const answered = chosenIn(form).length > 0;
    button.classList.toggle("is-flagged", flagged);
    button.querySelector("[data-mark]").textContent = flagged ? " ⚑" : answered ? " ✓" : "";
    button.querySelector("[data-words]").textContent = `${answered ? ` ${root.dataset.textAnswered}` : ""}${flagged ? ` ${root.dataset.textFlagged}` : ""}`;
  }

  function press(number, flagged) {
    const button = forms.get(number)?.querySelector("[data-flag]");
    if (!button) return;
    button.setAttribute("aria-pressed", String(flagged));
    button.value = flagged ? "0" : "1";
    draw(number);
  }

  function show(number, { focus = true } = {}) {
    for (const section of root.querySelectorAll("[data-question]")) section.hidden = section.dataset.question !== number;
    for (const button of root.querySelectorAll("[data-map]")) {
      if (button.dataset.map === number) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    const place = document.querySelector("[data-place]");
    if (place) place.textContent = root.dataset.textPlace.replace("{number}", number);
    history.replaceState(null, "", `?q=${number}`);
    window.scrollTo({ top: 0 });
    if (focus) document.getElementById(`stem-${number}`).focus({ preventScroll: true });
  }

  function setClock(remaining) {
    const here = loaded.remaining - (Date.now() - loaded.at) / 1000;
    if (!timer || !Number.isFinite(remaining) || Math.abs(here - remaining) < 2) return;
    loaded.at = Date.now();
    loaded.remaining = remaining;
    timer.dataset.remaining = String(remaining);
  }

  // --- sending

  async function post(url, fields, alone) {
    const body = new URLSearchParams(fields);
    const headers = { Accept: "application/json", "X-CSRFToken": csrf() };
    if (alone) headers["X-Background"] = "1"; // nobody need be at the seat: it doesn't hold off the screen lock
    const answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin" });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return { status: answer.status, json: isJson && !answer.redirected ? await answer.json() : null };
  }

  /** Send what waits; resolves to true when nothing waits any more. */
  function flush(alone = false) {
    clearTimeout(settling);
    sending ??= sendAll(alone).finally(() => (sending = null));
    return sending;
  }

  async function sendAll(alone) {
    clearTimeout(retry);
    while (!isEmpty() && !leaving) {
      const [number, item] = Object.entries(waiting.answers)[0] ?? [];
      let result;
      try {
        if (item) result = await sendAnswer(number, item, alone);
        else result = await sendFlag(...Object.entries(waiting.flags)[0], alone);
      } catch {
        result = "offline";
      }
      if (result !== "next") return stop(result);
    }
    tries = 0;
    bar(null);
    return isEmpty();
  }

  async function sendAnswer(number, item, alone) {
    const fields = [["q", number], ["sequence", item.sequence], ...item.chosen.map((pk) => ["chosen", pk])];
    const { status, json } = await post(root.dataset.saveUrl, fields, alone);
    if (status === 200 && json) {
      sent += 1;
      sequences.set(number, Math.max(sequences.get(number) ?? 0, json.sequence));
      if (waiting.answers[number]?.sequence === item.sequence) delete waiting.answers[number];
      write();
      setClock(json.remaining);
      if (isEmpty()) sign("saved", json.saved_at);
      return "next";
    }
    if (status === 409 && json) {
      // Another window has used this number for another answer: what was chosen here last goes behind it.
      const newest = Math.max(json.newest, sequences.get(number) ?? 0);
      sequences.set(number, newest + 1);
      if (waiting.answers[number]) waiting.answers[number].sequence = newest + 1;
      write();
      return "next";
    }
    return judge(status, json, () => delete waiting.answers[number]);
  }

  async function sendFlag(number, flagged, alone) {
    const { status, json } = await post(root.dataset.flagUrl, [["q", number], ["flagged", flagged ? "1" : "0"]], alone);
    if (status === 200 && json) {
      if (waiting.flags[number] === flagged) delete waiting.flags[number];
      write();
      return "next";
    }
    return judge(status, json, () => delete waiting.flags[number]);
  }

  function judge(status, json, drop) {
    if (json?.go_to) return go(json.go_to); // the screen was locked meanwhile; what waits stays here
    if (status === 410) {
      // Too late. The server says so on the next page.
      waiting = { answers: {}, flags: {}, at: 0 };
      write();
      return go(root.dataset.here);
    }
    if (status === 400 && json) {
      drop();
      write();
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: json.message, state: "bad" } }));
      return "next";
    }
    return status >= 500 ? "offline" : "refused";
  }

  function go(url) {
    leaving = true;
    location.assign(url);
    return "leaving";
  }

  function stop(result) {
    if (result === "leaving") return false;
    sign("offline");
    bar(result === "offline" && ended ? "ended" : result);
    if (result === "offline") {
      retry = setTimeout(() => again(true), RETRY[Math.min(tries, RETRY.length - 1)]);
      tries += 1;
    }
    return false;
  }

  async function again(alone = false) {
    if (ended) await finish(alone);
    else await flush(alone);
  }

  // --- the end of the time

  async function finish(alone = false) {
    ended = true;
    for (const form of forms.values()) form.querySelector("fieldset").disabled = true;
    if (!isEmpty() && !(await flush(alone))) return;
    try {
      await fetch(root.dataset.here, { method: "HEAD", credentials: "same-origin", headers: { Accept: "application/json", "X-Background": "1" } });
    } catch {
      stop("offline");
      return;
    }
    if (leaving) return;
    leaving = true;
    timeUp.submit();
  }

  // --- what people do

  root.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-answer]");
    if (!form || event.target.name !== "chosen") return;
    keep(form.elements.q.value);
    clearTimeout(settling);
    settling = setTimeout(() => flush(), SETTLE);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-hand-in]")) {
      if (isEmpty()) return;
      event.preventDefault();
      flush().then((done) => done && event.target.submit());
      return;
    }
    if (!event.target.matches("form[data-answer]")) return;
    event.preventDefault();
    const number = event.target.elements.q.value;
    const control = event.submitter;
    if (control?.matches("[data-flag]")) {
      const flagged = control.value === "1";
      press(number, flagged);
      waiting.flags[number] = flagged;
      write();
      flush();
    } else if (control?.dataset.go === "submit") {
      flush().then((done) => done && go(root.dataset.submitUrl));
    } else if (control?.dataset.go) {
      show(control.dataset.go);
      if (!isEmpty()) flush();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-retry]")) again();
    if (event.target.closest("[data-reload]")) location.reload();
  });

  window.addEventListener("online", () => again(true));
  timer?.addEventListener("timer:end", () => finish());

  // --- coming back: what waited is shown, and sent

  for (const [number, { chosen }] of Object.entries(waiting.answers)) {
    const form = forms.get(number);
    if (!form) continue;
    for (const box of form.querySelectorAll("[name=chosen]")) box.checked = chosen.includes(box.value);
    draw(number);
  }
  for (const [number, flagged] of Object.entries(waiting.flags)) press(number, flagged);
  if (ended) {
    finish();
  } else if (!isEmpty()) {
    sign("saving");
    flush().then((done) => done && sent && !forms.size && location.reload()); // the hand-in page counts anew
  }
}
