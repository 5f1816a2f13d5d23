/* The pages work without this script; it only keeps an open page fresh. */
const PERIOD = 15_000; // ms
let known = null;

/** The page as it is now, or null while nothing has changed. */
async function look() {
  const response = await fetch(location.href, {
    cache: "no-store",
    headers: known === null ? {} : { "If-None-Match": known },
  });
  // Logged out, or an error: what is on the screen stays until the person does something.
  if (!response.ok || response.redirected) return null;
  const isFirst = known === null;
  known = response.headers.get("ETag");
  return isFirst ? null : new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Somebody types or reads an opened part: do not take it away. */
function isBusy() {
  const focused = document.activeElement;
  return focused !== null && focused.closest("main form") !== null;
}

function show(fresh) {
  const [before, after] = [document.querySelector("main"), fresh.querySelector("main")];
  if (!before || !after) return;
  for (const details of before.querySelectorAll("details[open][id]")) {
    fresh.getElementById(details.id)?.setAttribute("open", "");
  }
  before.replaceChildren(...after.childNodes);
}

/** Calls when the page should look again. The one place that knows how changes are heard of. */
function watch(onChange) {
  setInterval(() => {
    if (document.visibilityState === "visible" && !isBusy()) onChange();
  }, PERIOD);
}

async function refresh() {
  try {
    const fresh = await look();
    if (fresh && !isBusy()) show(fresh);
  } catch {
    // No network: the next turn will see.
  }
}

if (document.querySelector("meta[http-equiv=refresh]") === null) {
  watch(() => void refresh());
  void refresh();
}

document.addEventListener("submit", (event) => {
  // After the browser took the form: a second tap sends nothing.
  setTimeout(() => {
    for (const button of event.target.querySelectorAll("button")) button.disabled = true;
  });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button")) button.disabled = false;
});
