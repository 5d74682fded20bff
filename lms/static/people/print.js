// A button that opens the browser's print window. Hidden without JavaScript: the text beside it names the keys.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
