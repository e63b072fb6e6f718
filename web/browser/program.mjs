import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url))
mkdirSync(SCREENSHOTS, { recursive: true })
export const BINARY = process.env.LIVEHAND_BINARY ?? `${ROOT}target/debug/livehand`

/** Starts the program and waits until `ready` finds what it looks for in its output. */
export async function start(args, ready, env = {}) {
  const child = spawn(BINARY, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const found = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk
      const result = ready(output)
      if (result) resolve(result)
    })
    child.on('exit', (code) => reject(new Error(`the program ended with ${code}:\n${output}`)))
  })
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit')
      child.on('exit', resolve)
      child.kill('SIGINT')
    })
  return { found, stop, pid: child.pid }
}

/** A browser of the system. */
export async function openBrowser() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** The first person of a program that was just started: its link is opened and an account made. */
export async function createOwner(page, link) {
  await page.goto(link)
  await page.getByLabel('姓名').fill('店长阿青')
  await page.getByLabel('密码').fill('a long enough password')
  await page.getByRole('button', { name: '创建账号' }).click()
  await page.waitForURL(/\/shows$/)
}

/** Calls of the interface with the session of a browser context: `call` gives what came of it, `done` demands that it did. */
export function callerOf(context, address) {
  async function call(path, data, method = 'POST') {
    const response = await context.request.fetch(new URL(`/api/v1${path}`, address).href, { method, data })
    const text = await response.text()
    return { status: response.status(), body: text === '' ? null : JSON.parse(text) }
  }
  async function done(path, data, method) {
    const answer = await call(path, data, method)
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  return { call, done }
}

/** What must not happen on a page: a script that fails, a dialog, something that the content policy had to stop. */
export function watchErrors(page, errors) {
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('dialog', (dialog) => {
    errors.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) errors.push(message.text())
  })
}

/** Waits until `check` is true; the condition is asked again and again, never guessed with a pause. */
export async function until(check, what, timeoutMs = 30_000) {
  const end = Date.now() + timeoutMs
  for (;;) {
    const result = await check()
    if (result) return result
    if (Date.now() > end) throw new Error(`timed out: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
