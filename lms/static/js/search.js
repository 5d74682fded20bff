// The search box of every page: arrows go through what it found, Escape closes it. Also keeps htmx from asking for half a
// pinyin word: while Chinese is composed, `input` events wait for the end of the composition.
//   [data-lookup]      a search field that sends as one types
//   [data-top-search]  the box in the top bar with its list
document.addEventListener("input", (event) => event.isComposing && event.target.matches?.("[data-lookup]") && event.stopImmediatePropagation(), true);
document.addEventListener("compositionend", (event) => event.target.matches?.("[data-lookup]") && event.target.dispatchEvent(new Event("input", { bubbles: true })));

const box = document.querySelector("[data-top-search]");
const field = box?.querySelector("[data-lookup]");
const found = box?.querySelector(".top-search-found");

function close() {
  found.replaceChildren();
}

if (box) {
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const links = [...found.querySelectorAll("a")];
    const now = links.indexOf(document.activeElement);
    if (event.key === "Escape" && links.length) {
      event.preventDefault();
      close();
      field.focus();
    } else if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      links[Math.min(now + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && now >= 0) {
      event.preventDefault();
      (links[now - 1] ?? field).focus();
    }
  });
  document.addEventListener("pointerdown", (event) => box.contains(event.target) || close());
  box.addEventListener("focusout", (event) => event.relatedTarget && !box.contains(event.relatedTarget) && close());
}
