// The points of a screen tour: a click, a tap or Enter opens a point's words beside it. Without this the points are links
// into the list below the picture, which stays there, folded, for who would rather read.
const GAP = 22; // px between a point and its card: the radius of what is tapped
const WIDE = 560; // px of picture from which the card lies on it; on a narrow one it stands below

function start(tour) {
  const picture = tour.querySelector("[data-tour-picture]");
  const card = tour.querySelector("[data-tour-card]");
  const list = tour.querySelector("[data-tour-list]");
  const points = [...tour.querySelectorAll("[data-tour-point]")];
  const words = [...list.querySelectorAll("li")];
  const part = (name) => card.querySelector(`[data-tour-${name}]`);
  let shown = -1;

  function place(point) {
    const { width, height } = picture.querySelector("img").getBoundingClientRect();
    const isBeside = width >= WIDE;
    card.classList.toggle("tour-card-beside", isBeside);
    card.style.removeProperty("left");
    card.style.removeProperty("top");
    if (!isBeside) return;
    const x = (Number(point.dataset.x) / 100) * width;
    const y = (Number(point.dataset.y) / 100) * height;
    const left = x + GAP + card.offsetWidth <= width ? x + GAP : x - GAP - card.offsetWidth;
    const fits = left >= 0;
    const top = fits ? y - card.offsetHeight / 2 : y + GAP + card.offsetHeight <= height ? y + GAP : y - GAP - card.offsetHeight;
    card.style.left = `${Math.max(0, Math.min(fits ? left : x - card.offsetWidth / 2, width - card.offsetWidth))}px`;
    card.style.top = `${Math.max(0, Math.min(top, Math.max(0, height - card.offsetHeight)))}px`;
  }

  function open(index) {
    shown = (index + points.length) % points.length;
    const [title, ...text] = words[shown].children;
    part("number").textContent = String(shown + 1);
    part("title").textContent = title.textContent;
    part("text").replaceChildren(...text.map((node) => node.cloneNode(true)));
    part("of").textContent = tour.dataset.textOf.replace("{n}", String(shown + 1)).replace("{total}", String(points.length));
    card.hidden = false;
    points.forEach((point, each) => point.setAttribute("aria-expanded", String(each === shown)));
    place(points[shown]);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  function close() {
    if (shown < 0) return;
    const point = points[shown];
    shown = -1;
    card.hidden = true;
    points.forEach((each) => each.setAttribute("aria-expanded", "false"));
    point.focus({ preventScroll: true });
  }

  points.forEach((point, index) => {
    point.setAttribute("role", "button");
    point.setAttribute("aria-expanded", "false");
    point.addEventListener("click", (event) => {
      event.preventDefault();
      if (shown === index) close();
      else open(index);
    });
    point.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      point.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    });
  });
  for (const button of card.querySelectorAll("[data-tour-step]")) {
    button.addEventListener("click", () => open(shown + Number(button.dataset.tourStep)));
  }
  part("close").addEventListener("click", close);
  tour.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || shown < 0) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowRight") open(shown + 1);
    else if (event.key === "ArrowLeft") open(shown - 1);
    else return;
    event.preventDefault();
  });
  window.addEventListener("resize", () => shown >= 0 && place(points[shown]));
  list.open = false;
  if (words.some((each) => `#${each.id}` === location.hash)) list.open = true;
}

for (const tour of document.querySelectorAll("[data-tour]")) start(tour);
