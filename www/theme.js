// Before anything is painted: the colours that were chosen, if they were.
try {
  document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
} catch {
  // There is no storage here: the system's colours are fine.
}
