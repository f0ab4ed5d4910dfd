export type Theme = "system" | "light" | "dark";

export const themeStorageKey = "leasehold-theme";

/** Sets the theme of the document and remembers it. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(themeStorageKey);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(themeStorageKey, theme);
  }
}

/** The remembered theme; `system` when none was chosen. */
export function readTheme(): Theme {
  const stored = localStorage.getItem(themeStorageKey);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** For a blocking script in the head, so that the first paint has the chosen theme. */
export const themeScript = `try{var t=localStorage.getItem("${themeStorageKey}");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch(e){}`;
