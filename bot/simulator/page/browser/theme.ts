export type Theme = "light" | "dark";

const key = "simulator-theme";

/** The chosen theme, else the system's. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function restoreTheme(): void {
  const saved = localStorage.getItem(key);
  if (saved === "light" || saved === "dark") document.documentElement.dataset["theme"] = saved;
}

export function toggleTheme(): void {
  const next: Theme = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset["theme"] = next;
  localStorage.setItem(key, next);
  document.dispatchEvent(new Event("themechange"));
}

/** `tgWebAppThemeParams`: what a Mini App paints itself with. */
export function miniAppTheme(theme: Theme): Record<string, string> {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => toHex(style.getPropertyValue(`--${name}`).trim());
  return {
    bg_color: colour("surface"),
    secondary_bg_color: colour("surface-2"),
    text_color: colour("text"),
    hint_color: colour("hint"),
    link_color: colour("link"),
    button_color: colour("accent"),
    button_text_color: "#ffffff",
    header_bg_color: colour("surface"),
    bottom_bar_bg_color: colour("surface"),
    accent_text_color: colour("link"),
    section_bg_color: colour("surface"),
    section_header_text_color: colour("link"),
    section_separator_color: colour("line"),
    subtitle_text_color: colour("hint"),
    destructive_text_color: theme === "dark" ? "#ff595a" : "#e53935",
  };
}

function toHex(colour: string): string {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  return short === null
    ? colour
    : `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join("")}`;
}
