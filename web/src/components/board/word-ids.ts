/** The elements of `BoardWords`. */
export const wordIds = { select: 'board-word-select', move: 'board-word-move', to: 'board-word-to' } as const
