/** Whether PostgreSQL can keep a text as it is: it has no U+0000, which no `text` takes, and no half of a character, which UTF-8 cannot write. */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
