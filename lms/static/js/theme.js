// Loaded in <head>, blocking, so that the page never flashes in the wrong mode.
// The choice (auto, light, dark) is kept per browser; `data-bs-theme` always holds the mode in force.
(function () {
  "use strict";
  const KEY = "cw-theme";
  const ORDER = ["auto", "light", "dark"];
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      const kept = localStorage.getItem(KEY);
      return ORDER.includes(kept) ? kept : "auto";
    } catch {
      return "auto";
    }
  }

  function apply() {
    const chosen = choice();
    const dark = chosen === "dark" || (chosen === "auto" && system.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    root.dataset.themeChoice = chosen;
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      for (const part of button.querySelectorAll("[data-theme-for]")) part.hidden = part.dataset.themeFor !== chosen;
    }
  }

  root.classList.add("js");
  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", (event) => event.key === KEY && apply());
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-toggle]");
    if (!button) return;
    const next = ORDER[(ORDER.indexOf(choice()) + 1) % ORDER.length];
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // Storage is switched off: nothing to keep, the system decides.
    }
    apply();
  });
})();
