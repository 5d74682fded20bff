// The form for a quiz: how many questions fit a slot while it is being typed, and ready-made review policies.

const slots = document.querySelector("[data-rows=slots]");
const NAMES = ["question", "skill", "tag", "difficulty", "count"];
const waiting = new WeakMap();

async function count(row) {
  const query = new URLSearchParams();
  for (const name of NAMES) query.set(`slot-${name}`, row.querySelector(`[name$='-${name}']`).value);
  const shown = row.querySelector("[data-fits]");
  try {
    const response = await fetch(`${slots.dataset.fittingUrl}?${query}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const { fitting } = await response.json();
    shown.textContent = fitting === null ? "" : shown.dataset.words.replace("{n}", fitting);
    shown.classList.toggle("is-short", fitting !== null && fitting < Number(query.get("slot-count") || 1));
  } catch { /* out of network: the count of the last save stands */ }
}

slots?.addEventListener("input", (event) => {
  const row = event.target.closest("[data-slot]");
  clearTimeout(waiting.get(row));
  waiting.set(row, setTimeout(() => count(row), 350));
});

const presets = document.querySelector("[data-review-presets]");
if (presets) {
  presets.hidden = false;
  presets.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ticks]");
    if (!button) return;
    const ticks = new Set(button.dataset.ticks.split(" "));
    for (const box of document.querySelectorAll("input[name=review]")) box.checked = ticks.has(box.value);
  });
}
