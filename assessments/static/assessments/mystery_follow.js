// Both screens of a mystery call ask every two seconds how it stands. While the network is away one quiet bar says so,
// instead of a new note with every try.
function isFollowing(event) {
  return Boolean(event.target.closest?.("#call-state"));
}

function say(isLost) {
  for (const bar of document.querySelectorAll("[data-follow-lost]")) bar.hidden = !isLost;
}

document.addEventListener(
  "htmx:error",
  (event) => {
    if (!isFollowing(event)) return;
    event.stopImmediatePropagation();
    say(true);
  },
  true,
);

document.addEventListener("htmx:after:request", (event) => isFollowing(event) && say(false), true);
