/* The pages work without this script; it only keeps an open page fresh. */
const PERIOD = 15_000; // ms
/** Between two looks, however much happens. */
const GAP = 2_000; // ms
/** Of the WebSocket; twice as long a silence is a dead connection. */
const HEARTBEAT = 25_000; // ms
const RETRY = { first: 1_000, longest: 60_000 }; // ms
/** The session is over: nobody may hear anything until the person enters again. */
const SIGNED_OUT = 4401;
/** The tag of what is shown; null: not known yet. */
let known = null;

/** The page as it is now with its tag, or null while nothing has changed. */
async function look() {
  const response = await fetch(location.href, {
    cache: "no-store",
    headers: known === null ? {} : { "If-None-Match": known },
  });
  // Logged out, or an error: what is on the screen stays until the person does something.
  if (!response.ok || response.redirected) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { tag: response.headers.get("ETag"), page };
}

/** Somebody types or reads an opened part: do not take it away. */
function isBusy() {
  const focused = document.activeElement;
  return focused !== null && focused.closest("main form") !== null;
}

function show(fresh) {
  const [before, after] = [document.querySelector("main"), fresh.querySelector("main")];
  // The first look mostly brings what is here already.
  if (!before || !after || before.innerHTML === after.innerHTML) return;
  for (const details of before.querySelectorAll("details[open][id]")) {
    fresh.getElementById(details.id)?.setAttribute("open", "");
  }
  before.replaceChildren(...after.childNodes);
}

/** Tells of changes as they happen; `onLine` says whether it hears. Silent where there are no sockets. */
function listen(onChange, onLine) {
  let pause = RETRY.first;
  let heartbeat = null;
  const open = () => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/v1/live`);
    let heardAt = Date.now();
    // No token: the cookie came with the opening.
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ type: "hello", lists: true }));
      heartbeat = setInterval(() => {
        if (Date.now() - heardAt > 2 * HEARTBEAT) socket.close();
        else socket.send('{"type":"ping"}');
      }, HEARTBEAT);
    });
    socket.addEventListener("message", ({ data }) => {
      heardAt = Date.now();
      const { type } = JSON.parse(data);
      if (type === "pong") return;
      if (type === "ready") {
        pause = RETRY.first;
        onLine(true);
      }
      // Also when it is ready: something may have happened before.
      onChange();
    });
    socket.addEventListener("close", ({ code }) => {
      clearInterval(heartbeat);
      onLine(false);
      if (code === SIGNED_OUT) return;
      setTimeout(open, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, RETRY.longest);
    });
  };
  open();
}

/**
 * Calls when the page should look again. The one place that knows how changes are heard of: the server
 * tells of them, and while it can't be heard the page looks by itself.
 */
function watch(onChange) {
  let isDue = false;
  let isHeard = false;
  let lookedAt = Date.now();
  const turn = () => {
    if (document.visibilityState !== "visible" || isBusy()) return;
    const silence = Date.now() - lookedAt;
    // Something is being made right now, and nobody tells of its progress.
    const isHasty = document.querySelector("main [data-hasty]") !== null;
    if (isDue || isHasty ? silence < GAP : isHeard || silence < PERIOD) return;
    isDue = false;
    lookedAt = Date.now();
    onChange();
  };
  setInterval(turn, GAP / 2);
  document.addEventListener("visibilitychange", turn);
  listen(
    () => {
      isDue = true;
      turn();
    },
    (isOnLine) => {
      isHeard = isOnLine;
    },
  );
}

async function refresh() {
  try {
    const fresh = await look();
    // Who has begun to type meanwhile gets it later.
    if (fresh === null || isBusy()) return;
    show(fresh.page);
    known = fresh.tag;
  } catch {
    // No network: the next turn will see.
  }
}

void refresh().then(() => watch(() => void refresh()));

// On a phone the line of pages is longer than the screen.
document
  .querySelector("nav [aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });

document.addEventListener("submit", (event) => {
  // After the browser took the form: a second tap sends nothing.
  setTimeout(() => {
    for (const button of event.target.querySelectorAll("button")) button.disabled = true;
  });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button")) button.disabled = false;
});
