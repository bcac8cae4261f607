/** Where the server listens. Port 0 stands for any that is free. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Reads `127.0.0.1:7666` or `[::1]:7666`; undefined for anything else. */
export function parseListen(text: string): ListenAddress | undefined {
  const [, host, digits] = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  return host === undefined || port > 65_535 ? undefined : { host: host.replace(/^\[|\]$/g, ''), port }
}

/** As `--listen` and URLs write it. */
export function listenText({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Whether only programs of this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
