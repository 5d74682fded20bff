// The minimum time of a lesson: says how long is left and lets go of the button when it is over. The server has the last
// word: it hears of the time by the reading heartbeat, and of the rest when the button is pressed.
const form = document.querySelector("[data-minimum-time]");
const reading = document.querySelector("[data-heartbeat-url]");

if (form && reading) {
  const button = form.querySelector("button");
  const sign = form.querySelector("[data-time-left]");
  const over = form.querySelector("[data-time-over]");
  let known = Number(form.dataset.minimumTime); // seconds left, as far as the server knows

  const left = () => Math.max(0, known - Math.floor(reading.heartbeat?.active ?? 0));
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

  function show() {
    const seconds = left();
    button.disabled = seconds > 0;
    sign.textContent = sign.dataset.words.replace("{time}", clock(seconds));
    if (seconds > 0) return;
    clearInterval(ticking);
    form.querySelector("#minimum-time").hidden = true;
    over.textContent = over.dataset.timeOver;
  }

  const ticking = setInterval(show, 1000);
  show();

  reading.addEventListener("heartbeat:answered", (event) => {
    const told = event.detail.headers.get("X-Seconds-Left");
    if (told !== null) known = Number(told);
  });

  form.addEventListener("submit", () => {
    const rest = document.createElement("input");
    rest.type = "hidden";
    rest.name = "active_seconds";
    rest.value = String(Math.floor(reading.heartbeat?.active ?? 0));
    form.append(rest);
    if (reading.heartbeat) reading.heartbeat.active = 0; // told once
  });
}
