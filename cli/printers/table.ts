export interface TableFormat {
  /** Least width of a cell, its padding included. */
  readonly minWidth: number
  readonly padding: number
}

/** What `argocd` uses for nearly every table. */
const PLAIN: TableFormat = { minWidth: 0, padding: 2 }

/**
 * Aligns cells as Go's `text/tabwriter` does: every cell but a row's last one is padded to the
 * widest of the rows around it that have a cell in that column too.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  format: TableFormat = PLAIN,
): string {
  const widths = rows.map((row) => row.slice(0, -1).map(() => 0))
  const columns = Math.max(0, ...widths.map((row) => row.length))
  for (let column = 0; column < columns; column++) {
    for (const [start, end] of blocksOf(widths, column)) {
      const cells = rows.slice(start, end).map((row) => row[column] ?? '')
      const width = Math.max(
        format.minWidth,
        ...cells.map((cell) => widthOf(cell) + format.padding),
      )
      for (const row of widths.slice(start, end)) row[column] = width
    }
  }
  return rows.map((row, index) => `${lineOf(row, widths[index] ?? [])}\n`).join('')
}

/** Runs of neighbouring rows that have a padded cell in the column. */
function* blocksOf(
  widths: readonly (readonly number[])[],
  column: number,
): Generator<readonly [number, number]> {
  let start = 0
  for (let row = 0; row <= widths.length; row++) {
    if ((widths[row]?.length ?? 0) > column) continue
    if (row > start) yield [start, row]
    start = row + 1
  }
}

const lineOf = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell))))
    .join('')

const widthOf = (text: string): number => Array.from(text).length
