/** Style of the human page: light and dark by the system's choice, one column, no build. */
export const PAGE_CSS = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f3f5f7, #14181d);
  --card: light-dark(#ffffff, #1d232a);
  --text: light-dark(#1b2128, #e8ecf0);
  --muted: light-dark(#5a6672, #9aa6b2);
  --line: light-dark(#dfe4e9, #303943);
  --accent: light-dark(#0b66c3, #6db3ff);
  --open: light-dark(#e3effb, #17324d);
  --won: light-dark(#dff3e3, #173a22);
  --lost: light-dark(#fbe4e4, #46201f);
}
* { box-sizing: border-box; }
body {
  overflow-wrap: anywhere;
  margin: 0 auto;
  padding: 24px 16px 64px;
  max-width: 760px;
  background: var(--page);
  color: var(--text);
  font: 16px/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.5rem; }
header p, small, .empty { color: var(--muted); }
h2 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
small { font-weight: normal; }
article, .empty {
  margin-top: 16px;
  padding: 16px;
  border: 1px solid var(--line);
  border-radius: 12px;
  background: var(--card);
}
.head { display: flex; gap: 16px; justify-content: space-between; align-items: baseline; }
.amount { margin: 0; font-size: 1.1rem; font-weight: 600; white-space: nowrap; }
.facts { display: flex; flex-wrap: wrap; gap: 8px 12px; margin: 8px 0; color: var(--muted); }
.stage { padding: 0 10px; border-radius: 999px; color: var(--text); }
.open { background: var(--open); }
.won { background: var(--won); }
.lost { background: var(--lost); }
details { margin: 8px 0; }
summary { cursor: pointer; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 6px 8px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; white-space: normal; }
th { color: var(--muted); font-weight: normal; }
pre { margin: 8px 0; padding: 8px 12px; border-left: 3px solid var(--line); font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
.files { margin: 8px 0; padding-left: 20px; }
a { color: var(--accent); }
form { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: end; margin-top: 12px; }
label { display: grid; gap: 4px; flex: 1 1 240px; color: var(--muted); font-size: 0.9rem; }
select, button {
  min-height: 44px;
  padding: 0 14px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--page);
  color: var(--text);
  font: inherit;
}
button { border-color: var(--accent); background: var(--accent); color: var(--card); cursor: pointer; }
@media (max-width: 480px) {
  th:nth-child(3), td:nth-child(3) { display: none; }
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** Keeps the list fresh, but never under somebody's hand. */
export const PAGE_SCRIPT = `
const list = document.querySelector("#deals");
let shown = list.innerHTML;
const isBusy = () => document.activeElement?.closest("#deals form") != null || document.hidden;
setInterval(async () => {
  if (isBusy()) return;
  const response = await fetch("/_fake/deals").catch(() => null);
  if (response?.ok !== true) return;
  const fresh = await response.text();
  if (fresh === shown || isBusy()) return;
  const open = [...list.querySelectorAll("details[open]")].map((one) => one.closest("article").id);
  list.innerHTML = shown = fresh;
  for (const id of open) document.getElementById(id)?.querySelector("details")?.setAttribute("open", "");
}, 2000);
`;
