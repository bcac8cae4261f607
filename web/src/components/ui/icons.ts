/** Line drawings on a 16 by 16 grid, stroked in the colour of the text. */
const icons = {
  alert: 'M8 2.2 14.4 13.4H1.6ZM8 6.4v3.2M8 11.5v.1',
  arrow: 'M2.800 8h10M9 4.200 12.800 8 9 11.800',
  blocked: 'M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9ZM3.8 3.8l8.4 8.4',
  board: 'M2.2 2.5h3.2v11H2.2ZM6.9 2.5h3.2v7H6.9ZM11.6 2.5h2.6v9h-2.6Z',
  book: 'M8 3.6C6.4 2.5 4.3 2.3 2.2 2.6v9.8c2.1-.3 4.2-.1 5.8 1 1.600-1.100 3.700-1.300 5.800-1V2.600C11.700 2.300 9.600 2.500 8 3.600ZM8 3.600v9.800',
  bug: 'M5.200 6.400h5.600v3.800a2.800 2.800 0 0 1-5.600 0ZM5.800 6.200a2.200 2.200 0 0 1 4.400 0M2 9h3.200M10.800 9H14M2.800 4.400l2.400 2M13.200 4.400l-2.400 2M2.800 13.600l2.600-2M13.200 13.600l-2.600-2',
  check: 'm2.800 8.600 3.400 3.400 7-7.600',
  chevron: 'm5.500 3.500 4.800 4.500-4.800 4.500',
  comment: 'M2.200 3.200h11.600v7.800H7.600L4.600 13.600V11H2.200Z',
  cross: 'M3.600 3.600l8.800 8.800M12.400 3.600l-8.800 8.800',
  dot: 'M8 5.400a2.600 2.600 0 1 0 0 5.200 2.600 2.600 0 0 0 0-5.200Z',
  filter: 'M2.400 4.200h11.200M4.600 8h6.800M6.600 11.800h2.800',
  flag: 'M3.400 14.200V2.400M3.400 3c3-1.600 5.600 1.600 9.200 0v6.200c-3.600 1.600-6.200-1.600-9.200 0',
  fork: 'M8 13.800V8.600M8 8.600 3.600 4.200M8 8.600l4.400-4.400M3.400 7V4h3M9.600 4h3v3',
  graph:
    'M2 5.800h3.600v4.400H2ZM10.400 2.200H14v4.400h-3.600ZM10.400 9.400H14v4.400h-3.600ZM5.600 8h2.200M10.400 4.400H7.800v7.200h2.600',
  hand: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM6.300 6.500a1.800 1.800 0 1 1 2.600 1.600c-.600.300-.900.700-.900 1.300M8 11.300v.1',
  help: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM6.300 6.500a1.800 1.800 0 1 1 2.600 1.600c-.600.300-.900.700-.900 1.300M8 11.300v.1',
  hosts: 'M2.200 2.800h11.600v4H2.200ZM2.200 9.200h11.600v4H2.200ZM4.600 4.800h.100M4.600 11.200h.100',
  hourglass:
    'M4 2.200h8M4 13.800h8M4.800 2.200c0 3 3.200 3.800 3.200 5.800s-3.200 2.800-3.200 5.800M11.200 2.200c0 3-3.200 3.800-3.200 5.800s3.200 2.800 3.200 5.800',
  inbox: 'M2.200 9.200 4 3h8l1.800 6.200v4H2.200ZM2.400 9.200h3.200l1 1.800h2.800l1-1.800h3.200',
  layers: 'M8 2.200 14 5.400 8 8.600 2 5.400ZM2.400 8.400 8 11.400l5.600-3M2.400 11 8 14l5.600-3',
  leave: 'M9.600 5V2.800H2.800v10.400h6.800V11M6.400 8h7.400M11.400 5.600 13.800 8l-2.400 2.400',
  link: 'M6.400 3.200H3v9.800h9.800V9.600M9 2.600h4.400V7M13.200 2.800 7.400 8.600',
  list: 'M2.400 4h.100M2.400 8h.100M2.400 12h.100M5.400 4h8.200M5.400 8h8.200M5.400 12h8.200',
  menu: 'M3.400 8h.100M8 8h.100M12.600 8h.100',
  merge: 'M4.200 2.400v11.200M4.200 5c0 3.600 2.800 4.600 7.400 4.600M9.400 7l2.600 2.600-2.600 2.600',
  moon: 'M13.400 9.600A5.800 5.800 0 0 1 6.400 2.600a5.800 5.800 0 1 0 7 7Z',
  park: 'M3 2.400h10v11.200H3ZM6.400 11.200V5h2.200a1.900 1.900 0 0 1 0 3.800H6.400',
  pause: 'M5.400 3.400v9.200M10.600 3.400v9.200',
  plug: 'M5.600 2v3.200M10.400 2v3.200M3.800 5.200h8.400v2.200a4.200 4.200 0 0 1-8.400 0ZM8 11.600V14',
  plus: 'M8 3v10M3 8h10',
  pulse: 'M1.800 8.400h2.800L6.600 3.600l2.800 9 2-4.200h2.800',
  search: 'M7 2.600a4.400 4.400 0 1 0 0 8.800 4.400 4.400 0 0 0 0-8.800ZM10.200 10.200l3.400 3.400',
  spark:
    'M8 2c.500 3.600 2.400 5.500 6 6-3.600.500-5.500 2.400-6 6-.500-3.600-2.400-5.500-6-6 3.600-.500 5.500-2.400 6-6Z',
  sun: 'M8 5.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600ZM8 1.400v1.400M8 13.200v1.400M1.400 8h1.400M13.200 8h1.400M3.300 3.300l1 1M11.700 11.700l1 1M3.300 12.700l1-1M11.700 4.300l1-1',
  task: 'M2.800 2.800h10.400v10.400H2.800ZM5.400 8.200l1.800 1.800 3.600-4',
  terminal: 'M1.800 2.800h12.400v10.400H1.800ZM4.400 6l2.200 2-2.200 2M8.200 10.400h3.200',
  tree: 'M2.400 3.600h5M4.400 3.600v8.800h3M4.400 8h3M7.400 6.800h6.200v2.400H7.400ZM7.400 11.200h6.200v2.400H7.400Z',
  wrench:
    'M13.400 4.600a3.400 3.400 0 0 1-4.600 4.200l-4.400 4.400-1.600-1.600 4.400-4.400a3.400 3.400 0 0 1 4.200-4.600L9.400 4.600l.400 1.600 1.600.400Z',
} as const

export type IconName = keyof typeof icons

/** The grid of the drawings. */
const grid = 16
const outlines = new Map<string, string>()

/**
 * The outline of a drawing in pixels, at the size at which it is shown. To the browser each drawing that it has to scale
 * is a layer to be put together again in every frame, and there are a hundred of them on a board.
 */
export function outlineOf(name: IconName, size: number): string {
  const key = `${name} ${size}`
  const known = outlines.get(key)
  if (known !== undefined) return known
  const outline = scaled(icons[name], size / grid)
  outlines.set(key, outline)
  return outline
}

/** Line width at a size. */
export function strokeAt(size: number): number {
  return rounded((1.4 * size) / grid)
}

const radiusX = 0
const radiusY = 1
const endX = 5

/** Of an arc only radii and end are lengths. */
function isLength(command: string, at: number): boolean {
  const place = at % 7
  return command.toLowerCase() !== 'a' || place === radiusX || place === radiusY || place >= endX
}

function scaled(path: string, by: number): string {
  return path.replaceAll(/([a-z])([^a-z]*)/gi, (_, command: string, rest: string) => {
    const numbers = [...rest.matchAll(/-?\d*\.?\d+/g)].map(([number]) => Number(number))
    return command + numbers.map((one, at) => (isLength(command, at) ? rounded(one * by) : one)).join(' ')
  })
}

function rounded(length: number): number {
  return Math.round(length * 1_000) / 1_000
}
