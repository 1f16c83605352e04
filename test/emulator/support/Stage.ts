import { afterAll, afterEach } from "vitest"
import { Emulator, type EmulatorOptions } from "../Emulator.ts"
import { type Client, trust } from "./Client.ts"

/**
 * An emulator for the tests of one file, trusted by this process. A test that made it answer 501, or made it throw,
 * fails; clients handed to `closing` are ended behind the last test.
 */
export const stage = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const emulator = await Emulator.start(options)
  trust(emulator)
  afterEach(() => {
    try {
      emulator.assertClean()
    } finally {
      emulator.unsupported.length = 0
      emulator.failures.length = 0
    }
  })
  afterAll(async () => {
    const ending = clients.splice(0).map((client) => client.end())
    await Promise.all([...ending, emulator.stop()])
  })
  return emulator
}

const clients: Array<Client> = []

/** Ends the client after the last test of the file. */
export const closing = <A extends Client>(client: A): A => {
  clients.push(client)
  return client
}

/** Waits until the question has an answer; for what no client event announces. */
export const eventually = async <A>(question: () => A | undefined, what: string): Promise<A> => {
  const deadline = Date.now() + 5_000
  for (;;) {
    const answer = question()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`${what} did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** What a call was refused with, as Baileys reports it. */
export const refusal = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call
  } catch (failure) {
    return (failure as { data?: unknown }).data
  }
  throw new Error("the call was not refused")
}
