// Search page, finder, phrase book: what was looked up on this device, which language is shown, from the box to the list.
const form = document.querySelector("[data-lookup-form]");
const field = form?.querySelector("[data-lookup]");

// --- from the box to the list ---------------------------------------------------------------------------------
form?.addEventListener("keydown", (event) => {
  if (event.isComposing || event.key !== "ArrowDown") return;
  const first = document.querySelector("#results [data-key-item]");
  if (!first) return;
  event.preventDefault();
  first.setAttribute("aria-current", "true");
  first.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && event.target.closest?.("#results") && field) field.focus();
});
// What was typed before the page was ready is looked up, too.
window.addEventListener("load", () => field && field.value !== field.defaultValue && field.dispatchEvent(new Event("input", { bubbles: true })));
// The cursor stands behind what was typed, not before it.
if (field?.value && document.activeElement === field) field.setSelectionRange(field.value.length, field.value.length);

// --- what was looked up on this device ------------------------------------------------------------------------
const recent = document.querySelector("[data-recent]");
const MOST = 8;
const name = `cw-finds-${recent?.dataset.recent}`;

function kept() {
  try {
    const list = JSON.parse(localStorage.getItem(name));
    return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

function keep(list) {
  try {
    localStorage.setItem(name, JSON.stringify(list.slice(0, MOST)));
  } catch {
    // Storage is switched off: nothing is remembered.
  }
}

function show() {
  const list = kept();
  recent.hidden = !list.length;
  recent.querySelector("[data-recent-list]").replaceChildren(
    ...list.map((words) => {
      const link = document.createElement("a");
      link.className = "chip";
      link.href = `${recent.dataset.recentUrl}?q=${encodeURIComponent(words)}`;
      link.textContent = words;
      return link;
    }),
  );
}

// Only what was of use is remembered: something was found, and opened or copied.
function remember() {
  const words = field?.value.trim();
  if (!recent || !words || !Number(document.querySelector("#results")?.dataset.found)) return;
  keep([words, ...kept().filter((each) => each !== words)]);
  show();
}

if (recent) {
  show();
  document.addEventListener("click", (event) => event.target.closest("#results a, #results [data-copy]") && remember());
  form.addEventListener("submit", remember);
  recent.querySelector("[data-recent-clear]").addEventListener("click", () => {
    keep([]);
    show();
    field.focus();
  });
}

// --- one language or both -------------------------------------------------------------------------------------
const nameOfShow = () => `cw-phrases-${document.querySelector("[data-show-of-account]")?.dataset.showOfAccount}`;

function apply(choice) {
  const results = document.querySelector("#results[data-show]");
  if (!results || !choice) return;
  results.dataset.show = choice;
  for (const link of results.querySelectorAll("[data-show-choice]")) {
    if (link.dataset.showChoice === choice) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function chosen() {
  try {
    return localStorage.getItem(nameOfShow());
  } catch {
    return null;
  }
}

if (document.querySelector("[data-show-of-account]")) {
  if (!new URLSearchParams(location.search).has("show")) apply(chosen());
  document.addEventListener("htmx:after:swap", () => apply(chosen()));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show-choice]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      localStorage.setItem(nameOfShow(), link.dataset.showChoice);
    } catch {
      // Storage is switched off: the choice holds until the page is left.
    }
    apply(link.dataset.showChoice);
  });
}
