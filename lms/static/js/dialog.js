// <dialog> and <details class="menu">, opened and closed by data attributes.
//   data-dialog-open="ID"   opens the dialog (also on links and htmx elements; a click with a modifier stays a plain click)
//   data-dialog-close       closes the dialog it is in
//   <dialog data-nonmodal>  stands beside the page on wide windows instead of over it
const wide = window.matchMedia("(min-width: 75rem)");
const openers = new WeakMap();

function open(dialog, opener) {
  openers.set(dialog, opener);
  if (dialog.open) return;
  if (dialog.hasAttribute("data-nonmodal") && wide.matches) {
    document.documentElement.classList.add("has-panel"); // the page makes room
    dialog.show();
  } else {
    dialog.showModal();
  }
}

document.addEventListener("close", (event) => event.target.matches("dialog[data-nonmodal]") && document.documentElement.classList.remove("has-panel"), true);

function close(dialog) {
  if (!dialog.open) return;
  dialog.close();
  openers.get(dialog)?.focus?.();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (dialog instanceof HTMLDialogElement) {
      if (!opener.matches("[hx-get], [hx-post], input")) event.preventDefault();
      open(dialog, opener);
    }
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) {
    event.preventDefault();
    const dialog = closer.closest("dialog");
    if (dialog) close(dialog);
  }
  // A click on the backdrop lands on the dialog itself, outside its box.
  if (event.target instanceof HTMLDialogElement && event.target.matches(":modal") && !event.target.hasAttribute("data-stay")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) close(event.target);
  }
  for (const details of document.querySelectorAll("details.menu[open], details.hint[open]")) {
    if (!details.contains(event.target)) details.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const details = document.querySelector("details.menu[open], details.hint[open]");
  if (details) {
    details.open = false;
    details.querySelector("summary")?.focus();
    return;
  }
  const beside = document.querySelector("dialog[data-nonmodal][open]:not(:modal)");
  if (beside) close(beside);
});

document.addEventListener("focusout", (event) => {
  const details = event.target.closest?.("details.menu[open]");
  if (details && event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false;
});
