import { expect, test } from 'vitest'
import { formatTable } from './table.ts'

// `.` stands for a blank, so that blanks at the end of a line are seen.
test.for([
  [
    'cells are padded, the last is not',
    [
      ['A', 'B'],
      ['long', 'x'],
    ],
    'A.....B\nlong..x\n',
  ],
  [
    'an empty cell is padding',
    [
      ['A', 'B', 'C'],
      ['', 'x', ''],
    ],
    'A..B..C\n...x..\n',
  ],
  ['an empty table', [], '\n'.slice(1)],
  [
    'a row that is shorter ends its columns',
    [['a', 'b', 'c'], ['x'], ['long', 'b', 'c']],
    'a..b..c\nx\nlong..b..c\n',
  ],
  [
    'the last cell of a row widens nothing',
    [
      ['SOURCE', 'a long text'],
      ['ID', 'DATE', 'X'],
    ],
    'SOURCE..a.long.text\nID......DATE..X\n',
  ],
  [
    'characters count, not bytes',
    [
      ['ä', 'x'],
      ['bb', 'x'],
    ],
    'ä...x\nbb..x\n',
  ],
] as const)('%s', ([, rows, expected]) => {
  expect(formatTable(rows).replaceAll(' ', '.')).toBe(expected)
})

test('a least width counts the padding in', () => {
  const format = { minWidth: 5, padding: 2 }
  expect(
    formatTable(
      [
        ['a', 'x'],
        ['abcd', 'x'],
      ],
      format,
    ),
  ).toBe('a     x\nabcd  x\n')
  expect(formatTable([['a', 'x']], format)).toBe('a    x\n')
})
