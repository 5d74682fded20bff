// A lesson that is read again: "next change" goes to the next marked part below the top bar, and round to the first one.
const BAR = 96; // px: the sticky top bar and a little air

function next() {
  const marked = [...document.querySelectorAll("[data-changed]")];
  const here = document.activeElement?.closest?.("[data-changed]");
  return here ? marked[(marked.indexOf(here) + 1) % marked.length] : (marked.find((block) => block.getBoundingClientRect().top > BAR) ?? marked[0]);
}

for (const link of document.querySelectorAll("[data-next-change]")) {
  link.addEventListener("click", (event) => {
    const block = next();
    if (!block) return;
    event.preventDefault();
    block.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
    block.focus({ preventScroll: true });
  });
}
