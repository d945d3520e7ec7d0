import { runCli } from './cli/run-cli.ts'

// Whoever read the output may go away first; that is no reason to stop serving.
process.stdout.on('error', () => undefined)

const code = await runCli(
  process.argv.slice(2),
  process.env,
  (line) => process.stdout.write(`${line}\n`),
  (line) => process.stderr.write(`${line}\n`),
)
if (code !== null) process.exitCode = code
