import { runCli } from './cli/run-cli.ts'

// The reader of the output may exit first; the service keeps running.
process.stdout.on('error', () => undefined)

const code = await runCli(
  process.argv.slice(2),
  process.env,
  (line) => process.stdout.write(`${line}\n`),
  (line) => process.stderr.write(`${line}\n`),
)
if (code !== null) process.exitCode = code
