import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Ends what is left of the cluster when this process ends without doing so itself: the pipe to it closes then. */
const SCRIPT = `
  pids=
  while read -r what pid; do
    case $what in
      add) pids="$pids $pid" ;;
      drop) pids=$(for one in $pids; do [ "$one" = "$pid" ] || printf ' %s' "$one"; done) ;;
    esac
  done
  for pid in $pids; do kill -CONT "$pid" 2>/dev/null; kill -TERM "$pid" 2>/dev/null; done
  [ -z "$pids" ] || sleep 2
  for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
  rm -rf "$FOLDER"
`

/** Watches over a folder and the processes that live in it. */
export type Keeper = {
  add(pid: number): void
  drop(pid: number): void
  /** Remove the folder. */
  close(): Promise<void>
}

/** Start watching. */
export const startKeeper = (folder: string): Keeper => {
  const child = spawn('sh', ['-c', SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, FOLDER: folder },
    // Out of reach of Ctrl-C, which goes to everybody in the terminal's group.
    detached: true,
  })
  child.stdin.on('error', () => undefined)
  child.unref()
  return {
    add: (pid) => void child.stdin.write(`add ${pid}\n`),
    drop: (pid) => void child.stdin.write(`drop ${pid}\n`),
    async close() {
      // Nothing else may keep this process going.
      child.ref()
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    },
  }
}
