#!/usr/bin/env node
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect } from "effect"
import { commandLine } from "../layers/commands/CommandLine.ts"

/** The command line: `start` serves, every other command does one thing and ends. */
NodeRuntime.runMain(
  commandLine(process.argv.slice(2), process.env).pipe(
    Effect.tapError(({ message }) => Console.error(message)),
  ),
  { disableErrorReporting: true },
)
