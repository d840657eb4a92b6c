/** Starts the application on every address but `/`, which is a static page for who is not in. */
import { render } from "preact";
import { enter } from "./api/session";
import { App } from "./app";
import { watchIdleness } from "./lib/idle";
import { trustedScript } from "./lib/trusted";
import "./styles/index.css";

/** A page taken out of the browser's memory by « back » is read again, never shown as it was. */
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  navigator.serviceWorker.register(trustedScript("/sw.js")).catch(() => undefined);
}

/** Nobody is in, or the service does not answer: the page is the public one. */
function showPublic() {
  document.documentElement.dataset["page"] = "public";
}

const root = document.getElementById("app");
if (root && location.pathname !== "/") {
  document.getElementById("public")?.remove();
  watchIdleness();
  render(<App />, root);
} else if (document.documentElement.dataset["page"] === "entering") {
  enter().then((entered) => entered || showPublic(), showPublic);
}
