// Short news at the edge: document.dispatchEvent(new CustomEvent("toast", {detail: {text, state}})),
// or from the server with the header  HX-Trigger: {"toast": {"text": "…", "state": "good"}}.
// Good and neutral news leave by themselves after 8 s unless pointed at; attention and bad stay until closed.
const STATES = ["good", "attention", "bad", "neutral"];

export function toast(text, state = "neutral") {
  const place = document.getElementById("toasts");
  const kind = STATES.includes(state) ? state : "neutral";
  const pattern = document.querySelector(`template[data-toast="${kind}"]`);
  if (!place || !pattern || !text) return;
  const note = pattern.content.firstElementChild.cloneNode(true);
  note.querySelector("[data-toast-text]").textContent = text;
  place.append(note);
  while (place.children.length > 4) place.firstElementChild.remove();
  if (kind === "attention" || kind === "bad") return;
  let timer = setTimeout(() => note.remove(), 8000);
  for (const name of ["mouseenter", "focusin"]) note.addEventListener(name, () => clearTimeout(timer));
  note.addEventListener("mouseleave", () => (timer = setTimeout(() => note.remove(), 4000)));
}

document.addEventListener("toast", (event) => toast(event.detail?.text, event.detail?.state));
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".alert")?.remove());

// The network failed under an htmx request: say so once, nothing typed is touched.
document.addEventListener("htmx:error", () => toast(document.body.dataset.textOffline, "attention"));
