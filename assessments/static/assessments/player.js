// The recording of a call: jump to moments, speed, short steps. Without it the browser's own controls do.
//   audio[data-player]        the recording
//   data-seek="20"            jumps to second 20 and plays (a link, so that it also works without this module)
//   data-player-toggle, data-player-skip="-5", select[data-player-speed]
const audio = document.querySelector("audio[data-player]");

if (audio) {
  document.addEventListener("click", (event) => {
    const moment = event.target.closest("[data-seek]");
    if (moment && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      audio.currentTime = Number(moment.dataset.seek);
      audio.play().catch(() => {});
      return;
    }
    if (event.target.closest("[data-player-toggle]")) {
      if (audio.paused) audio.play().catch(() => {});
      else audio.pause();
    }
    const skip = event.target.closest("[data-player-skip]");
    if (skip) audio.currentTime = Math.max(0, audio.currentTime + Number(skip.dataset.playerSkip));
  });

  document.querySelector("[data-player-speed]")?.addEventListener("change", (event) => {
    audio.playbackRate = Number(event.target.value);
  });

  const failed = () => {
    const message = document.querySelector("[data-player-error]");
    if (message) message.hidden = false;
  };
  audio.addEventListener("error", failed);
  if (audio.error) failed();
}
