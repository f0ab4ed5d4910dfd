import { type PDFDocument, type PDFFont, type PDFPage, type RGB, rgb, StandardFonts } from "pdf-lib";

/** Points. A4 upright. */
const page = { width: 595.28, height: 841.89, left: 52, right: 52, top: 56, bottom: 60 };
const inner = page.width - page.left - page.right;

const ink = rgb(0.09, 0.1, 0.12);
const quiet = rgb(0.4, 0.42, 0.46);
const line = rgb(0.85, 0.86, 0.88);
const band = rgb(0.955, 0.96, 0.965);

export interface Column {
  title: string;
  /** Share of the width; the shares of a table add up to 1. */
  share: number;
  align?: "right";
  mono?: boolean;
}

interface Style {
  font: PDFFont;
  size: number;
  color: RGB;
}

/** Pages from top to bottom: text, facts and tables, broken where a page ends. Everything by rule, nothing by chance. */
export interface Sheet {
  title(text: string, under: string): void;
  heading(text: string): void;
  paragraph(text: string): void;
  bullets(texts: readonly string[]): void;
  facts(rows: readonly (readonly [name: string, value: string, mono?: "mono"])[]): void;
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void;
  /** Writes the line at the foot of every page. */
  finish(foot: string): void;
}

export async function createSheet(pdf: PDFDocument): Promise<Sheet> {
  const fonts = {
    text: await pdf.embedFont(StandardFonts.Helvetica),
    bold: await pdf.embedFont(StandardFonts.HelveticaBold),
    mono: await pdf.embedFont(StandardFonts.Courier),
  };
  const known = new Set(fonts.text.getCharacterSet());
  const body: Style = { font: fonts.text, size: 9.5, color: ink };
  const small: Style = { font: fonts.text, size: 8, color: ink };
  const mono: Style = { font: fonts.mono, size: 7.2, color: ink };
  const head: Style = { font: fonts.bold, size: 7.5, color: quiet };
  let sheet: PDFPage = pdf.addPage([page.width, page.height]);
  let y = page.height - page.top;

  /** What the font has no sign for is shown as a question mark; the attached text has it as it is. */
  const clean = (text: string) => Array.from(text, (sign) => (known.has(sign.codePointAt(0) ?? 0) ? sign : "?")).join("");
  const widthOf = (text: string, style: Style) => style.font.widthOfTextAtSize(text, style.size);

  function breakWord(word: string, width: number, style: Style): string[] {
    const parts: string[] = [];
    let part = "";
    for (const sign of word) {
      if (part !== "" && widthOf(part + sign, style) > width) {
        parts.push(part);
        part = "";
      }
      part += sign;
    }
    return [...parts, part];
  }

  function wrap(text: string, width: number, style: Style): string[] {
    const lines: string[] = [];
    let current = "";
    for (const word of clean(text)
      .split(" ")
      .flatMap((whole) => breakWord(whole, width, style))) {
      const longer = current === "" ? word : `${current} ${word}`;
      if (widthOf(longer, style) <= width) current = longer;
      else {
        lines.push(current);
        current = word;
      }
    }
    return [...lines, current];
  }

  const leading = (style: Style) => style.size * 1.38;

  function need(height: number): boolean {
    if (y - height >= page.bottom) return false;
    sheet = pdf.addPage([page.width, page.height]);
    y = page.height - page.top;
    return true;
  }

  function draw(text: string, x: number, at: number, style: Style): void {
    sheet.drawText(text, { x, y: at - style.size, font: style.font, size: style.size, color: style.color });
  }

  function write(text: string, style: Style, indent = 0): void {
    for (const one of wrap(text, inner - indent, style)) {
      need(leading(style));
      draw(one, page.left + indent, y, style);
      y -= leading(style);
    }
  }

  function rule(): void {
    sheet.drawLine({ start: { x: page.left, y }, end: { x: page.left + inner, y }, thickness: 0.5, color: line });
  }

  function row(columns: readonly Column[], cells: readonly string[], styleOf: (column: Column) => Style, shaded: boolean): void {
    const padding = 3.5;
    const wrapped = columns.map((column, index) => wrap(cells[index] ?? "", column.share * inner - 2 * padding, styleOf(column)));
    const height = Math.max(...wrapped.map((lines, index) => lines.length * leading(styleOf(columns[index] as Column)))) + 2 * padding;
    if (!shaded && need(height))
      row(
        columns,
        columns.map(({ title }) => title),
        () => head,
        true,
      );
    if (shaded) sheet.drawRectangle({ x: page.left, y: y - height, width: inner, height, color: band });
    let x = page.left;
    for (const [index, column] of columns.entries()) {
      const style = styleOf(column);
      for (const [number, text] of (wrapped[index] ?? []).entries()) {
        const room = column.share * inner - padding - widthOf(text, style);
        draw(text, x + (column.align === "right" ? room : padding), y - padding - number * leading(style), style);
      }
      x += column.share * inner;
    }
    y -= height;
    rule();
  }

  return {
    title(text, under) {
      write(text, { font: fonts.bold, size: 19, color: ink });
      y -= 2;
      write(under, { font: fonts.text, size: 10.5, color: quiet });
      y -= 8;
    },
    heading(text) {
      need(64);
      y -= 12;
      write(text, { font: fonts.bold, size: 11.5, color: ink });
      y -= 3;
    },
    paragraph(text) {
      write(text, body);
      y -= 4;
    },
    bullets(texts) {
      for (const text of texts) {
        need(leading(body));
        draw("\u2022", page.left + 2, y, body);
        write(text, body, 12);
        y -= 2;
      }
    },
    facts(rows) {
      const nameWidth = 112;
      for (const [name, value, kind] of rows) {
        const style = kind === "mono" ? { ...mono, size: 8 } : body;
        const lines = wrap(value, inner - nameWidth, style);
        need(Math.max(lines.length * leading(style), leading(body)));
        draw(clean(name), page.left, y, { ...body, color: quiet });
        for (const [number, text] of lines.entries()) draw(text, page.left + nameWidth, y - number * leading(style), style);
        y -= Math.max(lines.length * leading(style), leading(body)) + 1.5;
      }
    },
    table(columns, rows) {
      need(46);
      row(
        columns,
        columns.map(({ title }) => title),
        () => head,
        true,
      );
      for (const cells of rows) row(columns, cells, (column) => (column.mono ? mono : small), false);
      y -= 4;
    },
    finish(foot) {
      const pages = pdf.getPages();
      for (const [index, one] of pages.entries()) {
        const style = { font: fonts.text, size: 7.5, color: quiet };
        one.drawText(clean(foot), { x: page.left, y: 34, ...style });
        const number = `${index + 1} of ${pages.length}`;
        one.drawText(number, { x: page.left + inner - widthOf(number, style), y: 34, ...style });
      }
    },
  };
}
