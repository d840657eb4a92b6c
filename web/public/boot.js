// Runs before the first paint: which page this is, and the comfort choices of this device.
(() => {
  const root = document.documentElement;
  root.dataset.page = location.pathname === "/" ? "public" : "app";
  try {
    for (const key of ["theme", "size"]) {
      const value = localStorage.getItem(`carnet.${key}`);
      if (value) root.dataset[key] = value;
    }
    // Somebody is logged in: nothing of the public page shows before their own.
    if (root.dataset.page === "public" && localStorage.getItem("carnet.session") === "open") {
      root.dataset.page = "entering";
    }
  } catch {
    // Storage refused: the usual appearance.
  }
})();
