// Signing out while answers of a quiz wait on this device: asks first.
//   form[data-signs-out], dialog#unsent[data-unsent-of="ACCOUNT"]
// A quiz keeps what waits in localStorage as  cw-quiz-ACCOUNT-ATTEMPT: {here: "/path/of/the/quiz/", …}. What other accounts
// left here is not looked at.
const dialog = document.getElementById("unsent");
const prefix = `cw-quiz-${dialog?.dataset.unsentOf}-`;
let leaving = null;

function waiting() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

function placeOf(name) {
  try {
    const { here } = JSON.parse(localStorage.getItem(name));
    return new URL(here, location.origin).origin === location.origin ? here : "/";
  } catch {
    return "/";
  }
}

document.addEventListener("submit", (event) => {
  if (!dialog || !event.target.matches("form[data-signs-out]")) return;
  const [first] = waiting();
  if (!first) return;
  event.preventDefault();
  leaving = event.target;
  dialog.querySelector("[data-unsent-stay]").href = placeOf(first);
  dialog.showModal();
});
dialog?.addEventListener("close", () => (leaving = null));
dialog?.querySelector("[data-unsent-leave]").addEventListener("click", () => leaving.submit());
