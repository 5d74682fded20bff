// Marking answers by the keyboard alone. The form works without this module; here the keys of the page also work while
// a number is typed, and what was typed survives a sign-out in this window.
//   form[data-marks="5:17"]   account and answer
const form = document.querySelector("form[data-marks]");

if (form) {
  const place = `answer-marks:${form.dataset.marks}`;
  const fields = () => [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");

  try {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? "{}");
    for (const field of fields()) if (!field.value && kept[field.name]) field.value = kept[field.name];
  } catch {
    // Nothing readable was kept.
  }

  // Where the answer stands beside the points, begin typing at once; below it, reading comes first.
  const first = form.querySelector('[aria-invalid="true"], input[type="number"]');
  if (!document.querySelector("[autofocus]") && matchMedia("(min-width: 62rem)").matches) first?.focus({ preventScroll: true });

  form.addEventListener("input", () => {
    try {
      sessionStorage.setItem(place, JSON.stringify(Object.fromEntries(fields().map((field) => [field.name, field.value]))));
    } catch {
      // A full or forbidden store: the page itself still holds what was typed.
    }
  });

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && event.ctrlKey && event.target.matches("textarea")) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (document.documentElement.dataset.shortcuts === "off" || event.ctrlKey || event.altKey || event.metaKey) return;
    // Letters mean nothing in a number, but for its exponent.
    if (!event.target.matches('input[type="number"]') || !/^[a-df-z]$/.test(event.key)) return;
    const button = document.querySelector(`[data-key="${event.key}"]`);
    if (!button) return;
    event.preventDefault();
    if (button.matches("textarea")) button.focus();
    else button.click();
  });
}
