/* The page works without this script; it only saves a reload and says that somebody looks. */
const root = document.documentElement;
const address = document.body.dataset.address;
const form = document.getElementById("agree");
root.classList.add("has-script");

function whenVisible(act) {
  if (document.visibilityState === "visible") act();
  else document.addEventListener("visibilitychange", () => whenVisible(act), { once: true });
}

whenVisible(() => {
  void fetch(`${address}/viewed`, { method: "POST", keepalive: true }).catch(() => undefined);
});

function setText(selector, text) {
  for (const element of document.querySelectorAll(selector)) element.textContent = text;
}

function showRow({ label, amount, isFinal }) {
  const row = document.createElement("div");
  const [term, value] = [document.createElement("dt"), document.createElement("dd")];
  if (isFinal) row.className = "final";
  term.textContent = label;
  value.className = "sum";
  value.textContent = amount;
  row.append(term, value);
  return row;
}

let asked = 0;

async function recount() {
  const mine = (asked += 1);
  const button = document.getElementById("agree-button");
  if (button) button.disabled = true;
  try {
    const response = await fetch(`${address}/choice`, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    if (!response.ok) throw new Error(String(response.status));
    const counted = await response.json();
    // A later tap is under way: its answer will come.
    if (mine !== asked) return;
    setText("[data-total]", counted.totalText);
    setText("[data-words]", counted.words);
    setText("[data-consent]", counted.consent);
    document.getElementById("summary").replaceChildren(...counted.rows.map(showRow));
    form.elements.namedItem("total").value = counted.total;
    root.classList.add("has-script");
  } catch {
    // No network: the button «Пересчитать» does the same with a reload.
    if (mine === asked) root.classList.remove("has-script");
  } finally {
    if (button && mine === asked) button.disabled = false;
  }
}

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.name === "line") void recount();
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[data-ask]");
  const question = document.getElementById("ask");
  if (!link || !question) return;
  event.preventDefault();
  question.querySelector("[name=about]").value = link.dataset.ask;
  setText("[data-about]", link.dataset.name);
  question.scrollIntoView();
  question.querySelector("textarea").focus({ preventScroll: true });
});

document.addEventListener("submit", (event) => {
  // After the browser took the form: a second tap sends nothing.
  setTimeout(() => {
    for (const button of event.target.querySelectorAll("button")) button.disabled = true;
  });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button")) button.disabled = false;
});
