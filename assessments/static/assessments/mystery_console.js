// The caller's console saves by itself: every <form data-autosave> is sent when a choice is made or typing pauses.
// One request per form at a time; what fails is sent again; nothing else on the page is submitted before all is saved.
const PAUSE = 600;
const RETRY = 3000;
const PATIENCE = 6000;
const works = new Map();

function work(form) {
  if (!works.has(form)) works.set(form, { timer: 0, isBusy: false, isDirty: false });
  return works.get(form);
}

function isPending() {
  return [...works.values()].some((item) => item.isDirty || item.isBusy);
}

function sign(state, time) {
  document.dispatchEvent(new CustomEvent("saved", { detail: { state, time } }));
}

function later(form, wait) {
  const item = work(form);
  item.isDirty = true;
  clearTimeout(item.timer);
  item.timer = setTimeout(() => save(form), wait);
}

function show(form, answer) {
  const problem = form.querySelector("[data-problem]");
  if (problem) {
    problem.textContent = answer.problem ?? "";
    problem.hidden = !answer.problem;
  }
  const stamp = form.querySelector("[data-stamp]");
  if (stamp && !answer.problem) stamp.textContent = answer.stamp ?? "";
}

async function save(form) {
  const item = work(form);
  clearTimeout(item.timer);
  if (item.isBusy || !item.isDirty) return;
  item.isBusy = true;
  item.isDirty = false;
  sign("saving");
  let isLost = false;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    if (![200, 409, 422].includes(response.status)) throw new Error(String(response.status));
    const answer = await response.json();
    show(form, answer);
    if (!isPendingBesides(item)) sign("saved", answer.saved_at);
    if (response.ok) document.body.dispatchEvent(new Event("callsaved"));
  } catch {
    isLost = true;
    sign("offline");
  }
  item.isBusy = false;
  if (isLost) later(form, RETRY);
  else if (item.isDirty) save(form);
}

function isPendingBesides(own) {
  return [...works.values()].some((item) => item !== own && (item.isDirty || item.isBusy)) || own.isDirty;
}

async function allSaved() {
  const until = Date.now() + PATIENCE;
  while (isPending() && Date.now() < until) {
    for (const form of works.keys()) save(form);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return !isPending();
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (form) later(form, event.target.matches('input[type="radio"]') ? 0 : PAUSE);
});

document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("form[data-autosave]");
  if (form && work(form).isDirty) save(form);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-autosave]")) {
    event.preventDefault();
    later(form, 0);
  } else if (!form.hasAttribute("hx-post") && isPending()) {
    event.preventDefault();
    if (await allSaved()) form.requestSubmit(event.submitter);
  }
});

window.addEventListener("beforeunload", (event) => {
  if (isPending()) event.preventDefault();
});
