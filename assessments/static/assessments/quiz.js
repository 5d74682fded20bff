// Sitting a quiz: answers are saved as they are given, and wait on this device while there is no connection.
//   [data-quiz]        see attempt_config.html; [data-hand-in-page], [data-in-grace], [data-ended] say which page it is
//   form[data-page]    one page of questions; inside, [data-question="7"] data-sequence, whose answers question.js reads
//   [data-go="8"|"submit"], [data-leave="2"], [data-flag], [data-check], [data-map="7"], form[data-hand-in], form #time-up
// What waits is kept in localStorage by account and attempt, each answer with the server's time of the last exchange
// (`anchor`) and what had passed since on the monotonic clock, so that the server can tell when it was made. Recordings
// wait in IndexedDB. Both survive a crash; they are sent when this account opens this attempt again.
// Without this script the same forms save when a button is pressed.
const root = document.querySelector("[data-quiz]");
const over = document.querySelector("[data-quiz-over]");
const PREFIX = "cw-quiz-";
const KEPT_DAYS = 14;
const CHOICE_PAUSE = 200; // ms between a click and its save, so that a quick change of mind is one request
const TYPING_PAUSE = 1000; // ms after the last key …
const TYPING_MOST = 1600; // … but never later than this after the first: each change is saved within two seconds
const NEW_COPY = 15000; // while text waits, a copy of it is kept this often: the newest may come too late, an older one not
const RETRY = [2000, 4000, 8000, 15000, 30000];
const POLL = 15000;
const POLL_WITHOUT_DEADLINE = 60000;
const DRIFT = 1.5; // seconds by which the clock here may differ from the server's
const MOVED = 20; // seconds from which on a moved deadline is news
const MOST_IN_ONE = 200;

// --- what waits on this device

function keyOf({ account, attempt }) {
  return `${PREFIX}${account}-${attempt}`;
}

function emptyQueue() {
  return { answers: [], flags: {}, recordings: {}, here: "", at: 0 };
}

function readQueue(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    if (Array.isArray(kept?.answers) && kept.flags && kept.recordings) return kept;
  } catch {
    // No storage, or not ours: begin anew.
  }
  return emptyQueue();
}

function isEmpty(queue) {
  return !queue.answers.length && !Object.keys(queue.flags).length && !Object.keys(queue.recordings).length;
}

/** False where nothing can be kept: answers then wait in this page only. */
function writeQueue(key, queue) {
  queue.at = Date.now();
  try {
    if (isEmpty(queue)) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(queue));
    return true;
  } catch {
    return false;
  }
}

function forgetOld() {
  try {
    for (const name of Object.keys(localStorage)) {
      const at = name.startsWith(PREFIX) ? JSON.parse(localStorage.getItem(name))?.at : 0;
      if (at > 0 && Date.now() - at > KEPT_DAYS * 86400000) localStorage.removeItem(name);
    }
  } catch {
    // Nothing to clear up.
  }
}

const bodies = new Map(); // recordings that could not be kept in the database

function shelf(mode, deed) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("cw-quiz", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("recordings");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const deal = opening.result.transaction("recordings", mode);
      const asked = deed(deal.objectStore("recordings"));
      deal.oncomplete = () => {
        opening.result.close();
        resolve(asked.result);
      };
      deal.onerror = () => reject(deal.error);
    };
  });
}

async function keepBody(name, blob) {
  bodies.set(name, blob);
  try {
    await shelf("readwrite", (store) => store.put(blob, name));
  } catch {
    // It waits in this page only.
  }
}

async function bodyOf(name) {
  if (bodies.has(name)) return bodies.get(name);
  try {
    return (await shelf("readonly", (store) => store.get(name))) ?? null;
  } catch {
    return null;
  }
}

async function dropBody(name) {
  bodies.delete(name);
  try {
    await shelf("readwrite", (store) => store.delete(name));
  } catch {
    // It was in this page only.
  }
}

// --- sending

const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

async function ask(url, options = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  if (root) headers["X-Quiz-Window"] = root.dataset.opened;
  if (options.method === "POST") headers["X-CSRFToken"] = csrf();
  const answer = await fetch(url, { credentials: "same-origin", ...options, headers });
  const at = performance.now();
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  return { status: answer.status, json: isJson && !answer.redirected ? await answer.json() : null, at };
}

// --- after the end: what still waits can't count any more; the server says of which answers that is true

async function finishUp() {
  const key = keyOf(over.dataset);
  const queue = readQueue(key);
  if (isEmpty(queue)) return;
  if (queue.answers.length) {
    try {
      const saves = queue.answers.map(({ q, sequence, answer, anchor, elapsed }) => ({ q, sequence, answer, anchor, elapsed }));
      const { status } = await ask(over.dataset.saveUrl, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ saves }) });
      if (![200, 400, 404, 410].includes(status)) return; // another time
      writeQueue(key, emptyQueue());
      if (status === 410) location.reload(); // the page then says it
    } catch {
      return; // another time
    }
  }
  writeQueue(key, emptyQueue());
}

if (over) finishUp();
if (root) run();

function run() {
  const key = keyOf(root.dataset);
  const config = root.dataset;
  const isPlayer = Boolean(root.querySelector("form[data-page]"));
  const sections = new Map([...root.querySelectorAll("[data-question]")].filter((section) => section.question).map((section) => [section.dataset.question, section]));
  const sequences = new Map([...sections].map(([number, section]) => [number, Number(section.dataset.sequence)]));
  const shown = new Map([...sections].map(([number, section]) => [number, JSON.stringify(section.question.read())]));
  const timeUp = document.getElementById("time-up");
  const clock = document.querySelector("[data-clock]");
  const timer = clock?.querySelector("[data-timer]");
  const opened = performance.getEntriesByType("navigation")[0];
  let queue = readQueue(key);
  let canKeep = true;
  let time = { anchor: config.anchor, at: opened?.responseStart ?? 0, remaining: timer?.dataset.remaining ? Number(timer.dataset.remaining) : null, heard: performance.now() };
  let sending = null;
  let settling = null;
  let settleBy = 0;
  let retry = null;
  let tries = 0;
  let oneByOne = false;
  let ended = root.hasAttribute("data-ended");
  let stale = false;
  let leaving = false;
  let sent = 0;
  let wasOffline = false;

  const left = () => (time.remaining === null ? Infinity : time.remaining - (performance.now() - time.at) / 1000);
  const elapsed = () => Math.max(0, Math.round(performance.now() - time.at));
  const waits = () => !isEmpty(queue);

  function write() {
    queue.here = config.here;
    if (stale) return; // the other window keeps it now
    canKeep = writeQueue(key, queue);
  }

  // --- showing

  function sign(state, words) {
    document.dispatchEvent(new CustomEvent("saved", { detail: { state, time: words } }));
  }

  function toast(text, state) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, state } }));
  }

  function bar(name, isShown = true, numbers = null) {
    const element = document.querySelector(`[data-bar="${name}"]`);
    if (!element) return;
    if (numbers) {
      const place = element.querySelector("[data-bar-numbers]");
      const all = new Set([...place.textContent.split(", ").filter(Boolean), ...numbers.map(String)]);
      place.textContent = [...all].sort((a, b) => a - b).join(", ");
      const list = element.querySelector("[data-bar-list]");
      if (list) list.hidden = !all.size;
    }
    element.hidden = !isShown;
  }

  function connection(name) {
    for (const each of ["offline", "refused", "ended"]) bar(each, each === name);
  }

  function isBlank(answer) {
    if (typeof answer === "string") return !answer.trim();
    return Array.isArray(answer) ? !answer.length : Object.values(answer).every(isBlank);
  }

  function draw(number) {
    const button = root.querySelector(`[data-map="${number}"]`);
    const flag = root.querySelector(`[data-flag][value="${number}"]`);
    if (!button || !flag) return;
    const said = button.querySelector("[data-words]");
    const flagged = flag.getAttribute("aria-pressed") === "true";
    const question = sections.get(number)?.question; // none: it was checked, its answer stands
    const answered = question ? !isBlank(question.read()) || number in queue.recordings : said.textContent.includes(config.textAnswered);
    button.classList.toggle("is-flagged", flagged);
    button.querySelector("[data-mark]").textContent = flagged ? " ⚑" : answered ? " ✓" : "";
    said.textContent = `${answered ? ` ${config.textAnswered}` : ""}${flagged ? ` ${config.textFlagged}` : ""}`;
  }

  function press(number, flagged) {
    const button = root.querySelector(`[data-flag][value="${number}"]`);
    if (!button) return;
    button.setAttribute("aria-pressed", String(flagged));
    draw(number);
  }

  /** The map says where one is. */
  function point(number) {
    for (const button of root.querySelectorAll("[data-map]")) {
      if (button.dataset.map === number) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  function show(number, { focus = true } = {}) {
    const section = root.querySelector(`[data-question="${number}"]`);
    const page = section?.closest("form[data-page]");
    if (!page) return;
    const isAlone = page.querySelectorAll("[data-question]").length === 1;
    for (const each of root.querySelectorAll("form[data-page]")) each.hidden = each !== page;
    for (const each of root.querySelectorAll("[data-question]")) each.removeAttribute("aria-current");
    if (isAlone) section.setAttribute("aria-current", "true"); // its keys act without focus
    point(number);
    const place = document.querySelector("[data-place]");
    if (place) place.textContent = page.dataset.placeText;
    history.replaceState(null, "", `?q=${number}`);
    const stem = document.getElementById(`stem-${number}`);
    if (isAlone || !focus) window.scrollTo({ top: 0 });
    else section.scrollIntoView({ block: "start" });
    if (focus) stem.focus({ preventScroll: true });
  }

  function lock(isLocked) {
    return Promise.all([...sections.values()].map((section) => section.question.lock(isLocked)));
  }

  // --- time

  function words(minutes, deadline) {
    const usual = Number(config.usualMinutes);
    const long = minutes > usual ? config.textExtended : config.textMinutes;
    const parts = usual ? [long.replace("{full}", minutes).replace("{usual}", usual)] : [];
    return [...parts, config.textEnds.replace("{time}", deadline)].join(" · ");
  }

  /** Follow what the server says about time in any of its answers. */
  function follow(exchange, at) {
    if (!exchange || !("anchor" in exchange)) return;
    if (exchange.is_newest === false && !waits()) yieldTo(); // opened at another computer; what waits here is sent first
    const before = Math.max(0, left());
    const had = time.remaining !== null;
    time = { anchor: exchange.anchor, at, remaining: exchange.remaining, heard: performance.now() };
    const now = Math.max(0, left());
    if (clock) clock.hidden = exchange.remaining === null;
    if (exchange.remaining === null) {
      if (had) {
        timer.dataset.remaining = "";
        toast(config.textNoLimit, "good");
        const place = document.querySelector("[data-time-words]");
        if (place) place.textContent = config.textNoLimit;
      }
    } else if (timer && (!had || Math.abs(before - now) >= DRIFT)) {
      timer.dataset.total = String(exchange.total);
      timer.dataset.remaining = String(now);
      if (!had || Math.abs(before - now) >= MOVED) {
        toast((had && now > before ? config.textMoreTime : config.textLessTime).replace("{time}", exchange.deadline), had && now > before ? "good" : "attention");
        const place = document.querySelector("[data-time-words]");
        if (place) place.textContent = words(Math.floor(exchange.total / 60), exchange.deadline);
      }
    }
    if (ended && now > 0) {
      ended = false;
      bar("grace", false);
      connection(null);
      lock(stale);
    }
  }

  async function poll() {
    const every = time.remaining === null ? POLL_WITHOUT_DEADLINE : POLL;
    if (leaving || stale || document.visibilityState === "hidden" || performance.now() - time.heard < every - 1000) return;
    await hear();
  }

  /** Ask the clock. Returns null without a connection. */
  async function hear() {
    try {
      const { json, at } = await ask(config.clockUrl, { headers: { "X-Background": "1" } });
      if (json?.go_to) return go(json.go_to);
      if (json && !json.is_open && !ended) return waits() ? flush(true) : go(config.here);
      follow(json, at);
      if (json && !waits()) connection(null);
      else if (json && !ended && !sending) flush(true);
      return json;
    } catch {
      time.heard = performance.now();
      if (isPlayer && !ended) connection("offline");
      wasOffline = true;
      retryLater();
      return null;
    }
  }

  async function finish() {
    if (stale || leaving) return;
    ended = true;
    await lock(true);
    if (!root.hasAttribute("data-ended") && !root.hasAttribute("data-in-grace")) {
      const said = await hear(); // a clock that was set wrong, or a longer deadline: the server knows
      if (leaving) return;
      if (!said) {
        connection("ended");
        return;
      }
      if (said.is_open && (said.remaining === null || left() > 0)) return;
      if (!said.is_open && !waits()) {
        go(config.here);
        return;
      }
    }
    if (waits() && !(await flush(true))) return;
    if (leaving || root.hasAttribute("data-in-grace")) return;
    if (config.overdue === "grace" && !root.hasAttribute("data-ended")) {
      if (root.hasAttribute("data-hand-in-page")) go(location.href);
      else bar("grace");
    } else if (config.overdue === "autosubmit") {
      await submitAtEnd();
    } else if (!root.hasAttribute("data-ended")) {
      go(config.here); // which says that it is abandoned
    }
  }

  async function submitAtEnd() {
    try {
      await fetch(config.here, { method: "HEAD", credentials: "same-origin", headers: { Accept: "application/json", "X-Background": "1" } });
    } catch {
      stop("offline");
      return;
    }
    if (leaving) return;
    leaving = true;
    sealed(timeUp).submit();
  }

  /** The form says when its button was pressed. */
  function sealed(form) {
    if (form.elements.anchor) {
      form.elements.anchor.value = time.anchor;
      form.elements.elapsed.value = String(elapsed());
    }
    return form;
  }

  // --- keeping

  /** The answer of a question changed: it waits on this device from this moment on. */
  function keep(number, typing) {
    const answer = sections.get(number).question.read();
    const text = JSON.stringify(answer);
    if (stale || ended || text === shown.get(number)) return;
    shown.set(number, text);
    const before = queue.answers.findLast((item) => item.q === Number(number));
    const made = { anchor: time.anchor, elapsed: elapsed() };
    if (typing && before && !before.sent && Date.now() - before.begun < NEW_COPY && left() > 10) {
      Object.assign(before, { answer, ...made });
    } else {
      const sequence = Math.max(sequences.get(number) ?? 0, before?.sequence ?? 0) + 1;
      sequences.set(number, sequence);
      queue.answers.push({ q: Number(number), sequence, answer, ...made, begun: Date.now(), sent: false });
    }
    write();
    if (!canKeep && queue.answers.length > 50) queue.answers = queue.answers.filter((item) => item === queue.answers.findLast((other) => other.q === item.q));
    sign("saving");
    draw(number);
    soon(typing);
  }

  function soon(typing) {
    const now = performance.now();
    if (!settling) settleBy = now + TYPING_MOST;
    clearTimeout(settling);
    settling = setTimeout(() => flush(), typing ? Math.max(0, Math.min(TYPING_PAUSE, settleBy - now)) : CHOICE_PAUSE);
  }

  // --- sending what waits

  /** Resolves to true when nothing waits any more. */
  function flush(alone = false, keepalive = false) {
    clearTimeout(settling);
    settling = null;
    sending ??= sendAll(alone, keepalive).finally(() => (sending = null));
    return sending;
  }

  async function sendAll(alone, keepalive) {
    clearTimeout(retry);
    while (waits() && !leaving) {
      let result;
      try {
        if (queue.answers.length) result = await sendAnswers(alone, keepalive);
        else if (Object.keys(queue.recordings).length) result = await sendRecording(Object.keys(queue.recordings)[0], alone);
        else result = await sendFlag(Object.keys(queue.flags)[0], alone);
      } catch {
        result = "offline";
      }
      if (result !== "next") return stop(result);
    }
    tries = 0;
    if (!leaving) connection(null);
    if (wasOffline && !waits() && !ended && !stale && sent) toast(config.textBack, "good");
    wasOffline = false;
    return !waits();
  }

  async function sendAnswers(alone, keepalive) {
    const batch = queue.answers.slice(0, oneByOne ? 1 : MOST_IN_ONE);
    for (const item of batch) item.sent = true;
    write();
    const saves = batch.map(({ q, sequence, answer, anchor, elapsed: passed }) => ({ q, sequence, answer, anchor, elapsed: passed }));
    const headers = { "Content-Type": "application/json" };
    if (alone) headers["X-Background"] = "1"; // nobody need be at the seat: it doesn't hold off the screen lock
    const { status, json, at } = await ask(config.saveUrl, { method: "POST", headers, body: JSON.stringify({ anchor: time.anchor, saves }), keepalive });
    if (status === 200 && json?.results) {
      sent += 1;
      settleResults(json.results);
      follow(json, at);
      if (!waits()) sign("saved", json.saved_at);
      return "next";
    }
    if (status === 400 && json) {
      if (batch.length > 1) {
        oneByOne = true; // find the one that doesn't fit, keep the others
        return "next";
      }
      drop(batch[0].q, batch[0].sequence);
      write();
      toast(json.message, "bad");
      return "next";
    }
    if (status === 410) queue.answers = [];
    return judge(status, json);
  }

  function drop(q, sequence) {
    queue.answers = queue.answers.filter((item) => item.q !== q || item.sequence !== sequence);
  }

  function settleResults(results) {
    const those = (status) => [...new Set(results.filter((row) => row.status === status).map((row) => row.q))];
    for (const row of results) {
      drop(row.q, row.sequence);
      sequences.set(String(row.q), Math.max(sequences.get(String(row.q)) ?? 0, row.newest));
    }
    write();
    for (const q of those("locked")) toast(config.textLocked.replace("{number}", q), "attention");
    for (const q of those("malformed")) toast(config.textMalformed.replace("{number}", q), "bad");
    if (those("late").length) bar("late", true, those("late"));
    if (those("taken").length) yieldTo(those("taken"));
  }

  async function sendRecording(number, alone) {
    const name = `${key}-${number}`;
    const { anchor, elapsed: passed, type } = queue.recordings[number];
    const blob = await bodyOf(name);
    if (!blob) {
      delete queue.recordings[number];
      write();
      return "next";
    }
    const body = new FormData();
    for (const [field, value] of Object.entries({ q: number, anchor, elapsed: String(passed) })) body.set(field, value);
    body.set("recording", new Blob([blob], { type }), "answer");
    const { status, json, at } = await ask(config.recordUrl, { method: "POST", headers: alone ? { "X-Background": "1" } : {}, body });
    const question = sections.get(number)?.question;
    if (status === 200 && json) {
      sent += 1;
      if (queue.recordings[number]?.elapsed === passed) {
        delete queue.recordings[number];
        await dropBody(name);
        question?.recorded("kept", json.recording, json.url);
      }
      sequences.set(number, Math.max(sequences.get(number) ?? 0, json.sequence));
      write();
      follow(json, at);
      if (!waits()) sign("saved", json.saved_at);
      return "next";
    }
    if ([400, 410, 413].includes(status)) {
      delete queue.recordings[number];
      await dropBody(name);
      write();
      if (status === 410) return judge(status, json);
      question?.recorded("refused");
      if (json) toast(json.message, "bad");
      return "next";
    }
    return judge(status, json);
  }

  async function sendFlag(number, alone) {
    const flagged = queue.flags[number];
    const body = new URLSearchParams({ q: number, flagged: flagged ? "1" : "0" });
    const { status, json } = await ask(config.flagUrl, { method: "POST", headers: alone ? { "X-Background": "1" } : {}, body });
    if ([200, 400, 410].includes(status) && json) {
      if (queue.flags[number] === flagged) delete queue.flags[number];
      write();
    }
    return status === 200 && json ? "next" : status === 400 && json ? "next" : judge(status, json);
  }

  function judge(status, json) {
    if (json?.go_to) return go(json.go_to); // the screen was locked meanwhile; what waits stays here
    if (status === 410) {
      // Too late. The server says on the next page what was not kept.
      write();
      return go(config.here);
    }
    return status >= 500 || status === 429 ? "offline" : "refused";
  }

  function go(url) {
    leaving = true;
    location.assign(url);
    return "leaving";
  }

  function stop(result) {
    if (result === "leaving") return false;
    sign("offline");
    for (const number of Object.keys(queue.recordings)) sections.get(number)?.question.recorded("waiting");
    connection(result === "offline" && ended ? "ended" : result);
    wasOffline = true;
    if (result === "offline") retryLater();
    return false;
  }

  function retryLater() {
    clearTimeout(retry);
    retry = setTimeout(() => again(true), RETRY[Math.min(tries, RETRY.length - 1)] * (0.8 + Math.random() * 0.4));
    tries += 1;
  }

  async function again(alone = false) {
    if (stale || leaving) return;
    if (ended) await finish();
    else if (waits()) await flush(alone);
    else await hear();
  }

  // --- two windows: the newer one goes on, the older one stands still (on another computer the server tells it)

  const channel = window.BroadcastChannel ? new BroadcastChannel(key) : null;
  const myself = `${Date.now()}-${Math.random()}`;

  function yieldTo(numbers = []) {
    if (!stale) {
      clearTimeout(settling);
      stale = true;
      lock(true);
      connection(null);
      for (const button of root.querySelectorAll("[data-flag], [data-check], [data-go='submit'], [data-leave], [data-hand-in] button")) button.disabled = true;
      for (const button of document.querySelectorAll(".focus-actions [data-go]")) button.disabled = true;
    }
    bar("stale", true, numbers);
  }

  function takeOver(other) {
    const known = new Set(queue.answers.map((item) => `${item.q}-${item.sequence}`));
    const news = other.answers.filter((item) => !known.has(`${item.q}-${item.sequence}`));
    queue.answers = [...news, ...queue.answers].sort((a, b) => a.sequence - b.sequence);
    queue.flags = { ...other.flags, ...queue.flags };
    queue.recordings = { ...other.recordings, ...queue.recordings };
    restore(news.map((item) => String(item.q)));
    write();
    if (waits()) flush();
  }

  channel?.addEventListener("message", ({ data }) => {
    if (data.by === myself) return;
    if (data.claim && !stale && !leaving) {
      yieldTo();
      channel.postMessage({ by: myself, yields: queue });
    } else if (data.yields && !stale) takeOver(data.yields);
  });
  channel?.postMessage({ by: myself, claim: true });

  // --- what people do

  root.addEventListener("question:answer", (event) => keep(event.target.dataset.question, event.detail.typing));

  root.addEventListener("question:recorded", async (event) => {
    const number = event.target.dataset.question;
    if (stale) return;
    const made = { anchor: time.anchor, elapsed: elapsed(), type: event.detail.blob.type };
    sign("saving");
    queue.recordings[number] = made;
    draw(number);
    await keepBody(`${key}-${number}`, event.detail.blob);
    write();
    flush();
  });

  root.addEventListener("focusin", (event) => {
    const section = event.target.closest("[data-question]");
    if (!section || section.hasAttribute("aria-current")) return;
    for (const each of root.querySelectorAll("[data-question][aria-current]")) each.removeAttribute("aria-current");
    section.setAttribute("aria-current", "true"); // its keys act from now on
    point(section.dataset.question);
  });

  // Enter in a line of text ends nothing.
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.target.matches("input[type='text']")) {
      event.preventDefault();
      flush();
    }
  });

  let isChecked = false;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form === timeUp || form.matches("[data-hand-in]")) {
      sealed(form);
      if (!waits() || leaving) return;
      event.preventDefault();
      flush().then((done) => done && !stale && sealed(form).submit());
      return;
    }
    if (!form.matches("form[data-page]") || isChecked) return;
    event.preventDefault();
    const control = event.submitter;
    if (stale) return;
    if (control?.matches("[data-flag]")) {
      const number = control.value;
      const flagged = control.getAttribute("aria-pressed") !== "true";
      press(number, flagged);
      queue.flags[number] = flagged;
      write();
      flush();
    } else if (control?.matches("[data-check]")) {
      flush().then((done) => {
        if (!done || stale) return;
        isChecked = leaving = true;
        form.requestSubmit(control);
      });
    } else if (control?.dataset.leave) {
      askToLeave(control.dataset.leave);
    } else if (control?.dataset.go === "submit") {
      flush().then((done) => done && !stale && go(config.submitUrl));
    } else if (control?.dataset.go) {
      show(control.dataset.go);
      if (waits()) flush();
    } else flush();
  });

  // Forward only: one question, once.
  const dialog = document.getElementById("leave-page");
  const asked = `${key}-leave`;

  function askToLeave(page) {
    let isKnown = false;
    try {
      isKnown = Boolean(sessionStorage.getItem(asked));
    } catch {
      // Asked each time, then.
    }
    if (isKnown || !dialog) {
      leavePage(page);
      return;
    }
    dialog.dataset.page = page;
    dialog.showModal();
  }

  async function leavePage(page) {
    if (!(await flush()) || stale) return;
    const headers = { "Content-Type": "application/json" };
    try {
      const { status, json } = await ask(config.saveUrl, { method: "POST", headers, body: JSON.stringify({ anchor: time.anchor, saves: [], page: Number(page) }) });
      if (status === 200 && json) go(config.here);
      else stop(judge(status, json));
    } catch {
      stop("offline");
      toast(config.textNeedsNetwork, "attention");
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-retry]")) again();
    if (event.target.closest("[data-reload]")) location.reload();
    if (event.target.closest("[data-leave-confirmed]")) {
      try {
        sessionStorage.setItem(asked, "1");
      } catch {
        // As above.
      }
      dialog.close();
      leavePage(dialog.dataset.page);
    }
  });

  window.addEventListener("online", () => again(true));
  window.addEventListener("offline", () => {
    if (stale || leaving) return;
    wasOffline = true;
    if (isPlayer) connection(ended ? "ended" : "offline");
  });
  document.addEventListener("visibilitychange", () => {
    if (stale || leaving) return;
    if (document.visibilityState === "hidden" && waits()) flush(true, JSON.stringify(queue.answers).length < 60000);
    if (document.visibilityState === "visible") poll();
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  window.addEventListener("beforeunload", (event) => {
    if (waits() && !canKeep && !leaving) event.preventDefault();
  });
  timer?.addEventListener("timer:end", () => finish());
  setInterval(poll, 5000);

  // --- coming back: what waited is shown, and sent

  function restore(numbers) {
    for (const number of new Set(numbers)) {
      const newest = queue.answers.findLast((item) => String(item.q) === number);
      const section = sections.get(number);
      if (!newest || !section) continue;
      section.question.write(newest.answer);
      shown.set(number, JSON.stringify(section.question.read()));
      sequences.set(number, Math.max(sequences.get(number) ?? 0, newest.sequence));
      draw(number);
    }
  }

  const wanted = root.querySelector(`[data-question="${CSS.escape(new URLSearchParams(location.search).get("q") ?? "")}"]`);
  if (wanted?.previousElementSibling?.matches("[data-question]")) wanted.scrollIntoView({ block: "start" }); // not the first of its page

  forgetOld();
  restore(queue.answers.map((item) => String(item.q)));
  for (const [number, flagged] of Object.entries(queue.flags)) press(number, flagged);
  for (const number of Object.keys(queue.recordings)) {
    bodyOf(`${key}-${number}`).then((blob) => blob && sections.get(number)?.question.recorded("waiting", null, URL.createObjectURL(blob)));
    draw(number);
  }
  if (ended) {
    finish();
  } else if (waits()) {
    sign("saving");
    flush().then((done) => done && sent && !isPlayer && !stale && location.reload()); // the hand-in page counts anew
  }
}
