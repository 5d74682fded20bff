// Small helps for forms: growing text areas, submit on change, select all, copy.
const grows = window.CSS?.supports?.("field-sizing", "content");

function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

if (!grows) {
  document.addEventListener("input", (event) => event.target.matches?.("textarea[data-autosize], .field-control textarea") && fit(event.target));
  document.querySelectorAll("textarea[data-autosize]").forEach(fit);
}

document.addEventListener("change", (event) => {
  const target = event.target;
  const all = target.dataset?.selectAll;
  if (all) {
    for (const box of (target.form ?? document).querySelectorAll(`input[type="checkbox"][name="${CSS.escape(all)}"]`)) {
      if (box.disabled || box.checked === target.checked) continue;
      box.checked = target.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  if (target.closest("[data-submit-on-change]")) target.form?.requestSubmit();
});

function copied(text, button) {
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "visually-hidden";
  (button.closest("dialog[open]") ?? document.body).append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  button.focus();
  return done;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: document.body.dataset.textCopied, state: "good" } }));
  } catch {
    // Plain http on an intranet has no clipboard: the old way still works there; else select the text for the reader.
    if (copied(button.dataset.copy, button)) {
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: document.body.dataset.textCopied, state: "good" } }));
      return;
    }
    const box = document.getElementById(button.dataset.copySource ?? "");
    box?.select?.();
  }
});

// Saved sign: any code may dispatch  new CustomEvent("saved", {detail: {state: "saved" | "saving" | "offline", time: "10:42"}})
document.addEventListener("saved", (event) => {
  for (const sign of document.querySelectorAll("[data-saved-sign]")) {
    sign.dataset.state = event.detail.state;
    const time = sign.querySelector("[data-saved-time]");
    if (time && event.detail.time) time.textContent = event.detail.time;
  }
});

// On narrow windows the bar of places and the tabs of a page scroll: show where one is.
for (const here of document.querySelectorAll(".rail [aria-current], .nav-tabs [aria-current]")) {
  const bar = here.closest("nav, .nav-tabs");
  if (bar && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
}
