export const boundaries: Readonly<
  Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>
>
export function partOf(path: string): string | undefined
export function importRefused(from: string, to: string, typeOnly: boolean): string | undefined
export function packageRefused(from: string, name: string, typeOnly: boolean): string | undefined
