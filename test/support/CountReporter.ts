import type { Reporter, TestModule } from "vitest/node"

type Counts = { passed: number; failed: number; skipped: number }

/** Prints `N passed, N failed` as the very last line; a file that fails to load counts as failed. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown> = []) {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) count(module, counts)
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""
    process.once("exit", () =>
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`),
    )
  }
}

const count = (module: TestModule, counts: Counts) => {
  const failedBefore = counts.failed
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    if (state === "passed" || state === "failed") counts[state] += 1
    else counts.skipped += 1
  }
  // What broke then is the file itself, or a set-up: its tests were never reached.
  if (module.state() === "failed" && counts.failed === failedBefore) counts.failed += 1
}
