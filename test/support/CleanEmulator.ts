import { Effect } from "effect"
import { Emulator, type EmulatorOptions } from "../emulator/Emulator.ts"

/**
 * An emulated WhatsApp; closing its scope fails whoever asked it for what it does not know.
 * Who asks on purpose empties `unsupported` in time.
 */
export const cleanEmulator = (options: EmulatorOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(() => Emulator.start(options)),
    (emulator) =>
      Effect.andThen(
        Effect.promise(() => emulator.stop()),
        Effect.sync(() => emulator.assertClean()),
      ),
  )
