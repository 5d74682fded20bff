// Single-key shortcuts. An element with data-key="j" is clicked (a text field is focused) when that key is pressed.
// Never in text fields, during composition (Chinese input), with a modifier, or when <html data-shortcuts="off">.
//   data-key-scope        a row whose keys win while it has the focus or aria-current="true"
//   data-key-list         j and k move between its [data-key-item] elements
//   data-key-label        what the help says (else the accessible name)
const TYPING = 'input:not([type="checkbox"]):not([type="radio"]):not([type="button"]):not([type="submit"]):not([type="reset"]):not([type="range"]), textarea, select, [contenteditable=""], [contenteditable="true"]';

function shown(element) {
  return element.getClientRects().length > 0 && !element.disabled && element.getAttribute("aria-disabled") !== "true";
}

function ground() {
  const modals = document.querySelectorAll("dialog:modal");
  return modals.length ? modals[modals.length - 1] : document;
}

function find(key) {
  const all = [...ground().querySelectorAll("[data-key]")].filter((element) => element.dataset.key.split(" ").includes(key) && shown(element));
  const scope = document.activeElement?.closest("[data-key-scope]") ?? document.querySelector('[data-key-scope][aria-current="true"]');
  return all.find((element) => scope?.contains(element)) ?? all.find((element) => !element.closest("[data-key-scope]")) ?? null;
}

function move(list, step) {
  const items = [...list.querySelectorAll("[data-key-item]")].filter(shown);
  if (!items.length) return;
  const now = items.findIndex((item) => item.contains(document.activeElement) || item.getAttribute("aria-current") === "true");
  const next = items[Math.min(items.length - 1, Math.max(0, now < 0 ? 0 : now + step))];
  for (const item of items) item.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  if (!next.matches("a, button, input, [tabindex]")) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function help() {
  const dialog = document.getElementById("keys-help");
  const rows = dialog?.querySelector("[data-keys-list]");
  if (!rows || dialog.open) return;
  for (const old of rows.querySelectorAll("[data-found]")) old.remove();
  const seen = new Set(["?"]);
  for (const element of document.querySelectorAll("[data-key]")) {
    const label = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
    if (seen.has(element.dataset.key) || !label || !shown(element)) continue;
    seen.add(element.dataset.key);
    const term = document.createElement("dt");
    for (const key of element.dataset.key.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap, " ");
    }
    const text = document.createElement("dd");
    text.textContent = label;
    term.dataset.found = text.dataset.found = "";
    rows.append(term, text);
  }
  const list = rows.querySelector("[data-keys-move]");
  if (list) list.hidden = rows.querySelector("[data-keys-move-text]").hidden = !document.querySelector("[data-key-list]");
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.target.closest?.(TYPING) || event.key.length !== 1) return;
  const element = find(event.key) ?? find(event.key.toLowerCase());
  if (element) {
    event.preventDefault();
    if (element.matches(TYPING)) element.focus();
    else element.click();
    return;
  }
  const list = ground().querySelector("[data-key-list]");
  if (list && (event.key === "j" || event.key === "k")) {
    event.preventDefault();
    move(list, event.key === "j" ? 1 : -1);
  } else if (event.key === "?") {
    event.preventDefault();
    help();
  }
});

document.addEventListener("click", (event) => event.target.closest("[data-keys-help]") && help());
