import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { kubeconfigFor } from '../../../lib/sandbox/api/serve/kubeconfig.js'
import type { ApiServer } from '../../../lib/sandbox/api/serve/server.js'

const program = process.env.KUBECTL ?? 'kubectl'

/** Why there is no kubectl to test with, or undefined when there is. */
export const whyNoKubectl = (): string | undefined => {
  const { error, status } = spawnSync(program, ['version', '--client'], { stdio: 'ignore' })
  if (error) return `${program}: ${error.message}`
  return status === 0 ? undefined : `${program} version --client ended with ${status ?? 'a signal'}`
}

/** Runs kubectl against a server, with a home of its own. */
export class Kubectl {
  readonly #home = mkdtempSync(join(tmpdir(), 'kubectl-'))

  constructor({ url, ca }: ApiServer, token: string) {
    writeFileSync(this.file('config'), kubeconfigFor({ url, ca, token }))
  }

  file(name: string): string {
    return join(this.#home, name)
  }

  #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.#home, KUBECONFIG: this.file('config'), NO_PROXY: '*' }
  }

  /** What it printed, and, where there was any, what it complained about. */
  run(...args: readonly string[]): Promise<string> {
    return new Promise(resolve => {
      execFile(program, args, { env: this.#environment(), timeout: 60_000 }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      )
    })
  }

  /** The lines that it prints for as long as it runs; it ends when the loop is left. */
  async *lines(...args: readonly string[]): AsyncGenerator<string> {
    const child = spawn(program, args, { env: this.#environment(), stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      for await (const line of createInterface({ input: child.stdout })) yield line
    } finally {
      child.kill()
    }
  }

  close(): void {
    rmSync(this.#home, { recursive: true, force: true })
  }
}
